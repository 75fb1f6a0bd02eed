package webchat

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/texts"
)

// A chat that finds as many before it as may wait for routing is refused at once, with
// 1013; nothing of it is kept.
func TestFullInbox(t *testing.T) {
	h := newHouse(t)
	// A hub that never starts takes arrivals and decides none.
	full := hub.New(hub.Options{Store: h.store, NewID: h.mint.ID, Now: time.Now, Log: h.chats.log})
	catalogue, err := texts.Load()
	h.must(err)
	chats, err := New(Options{Hub: full, Store: h.store, Picture: h.picture, Texts: catalogue, NewID: h.mint.ID, Now: time.Now, Log: h.chats.log,
		Key: key, Pages: filepath.Join(t.TempDir(), "html")})
	h.must(err)
	h.must(chats.Start(t.Context()))
	server := httptest.NewServer(chats.Handler())
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	defer func() {
		cancel()
		waiting.Wait()
		server.Close()
		h.must(chats.Stop(context.Background()))
		h.must(full.Stop(context.Background()))
	}()
	refused := make(chan error, hub.ArrivalsMax+1)
	for i := range hub.ArrivalsMax + 1 {
		waiting.Go(func() {
			_, err := full.Ask(ctx, hub.Command{Lane: hub.Arrivals, Unit: h.unit, Arrival: &hub.Arrival{Contact: acd.ContactID(h.mint.ID()),
				Unit: h.unit, ClientID: fmt.Sprint("w", i), Medium: medium, Queue: h.queue, Priority: 50}})
			refused <- err
		})
	}
	if f := fault.Of(<-refused); f == nil || f.Code != "busy" { // one too many: the others wait
		t.Fatalf("the inbox is not full: %v", f)
	}
	h.server, server = server, h.server
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: "late", Name: "Carla", Caption: "Hello"})
	h.server, server = server, h.server
	if status != http.StatusTooManyRequests || !contains(body, `"code":1013`) {
		t.Errorf("answered %d %s", status, body)
	}
	if _, err := h.store.ContactByClient(t.Context(), h.unit, "late"); err == nil {
		t.Error("the refused chat is kept")
	}
}
