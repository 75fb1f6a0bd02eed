package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A card's number is nowhere in what is kept, by whatever door it came: neither in the
// store nor in its journal. What only looks like one is.
func TestCardsAreNowhere(t *testing.T) {
	const card, parted, order = "4111111111111111", "4111 1111 1111 1111", "4111111111111112"
	w := newWorld(t)
	doors := httptest.NewServer(w.chats.Handler())
	defer doors.Close()
	customer := func(method, path, session, mediaType, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, doors.URL+"/web"+path, strings.NewReader(body))
		w.must(err)
		r.Header.Set("Content-Type", mediaType)
		r.Header.Set("Authorization", "Bearer "+session)
		resp, err := http.DefaultClient.Do(r)
		w.must(err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		w.must(err)
		if resp.StatusCode >= 300 {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, text)
		}
		return string(text)
	}
	text := "My card " + card + " or " + parted + ", order " + order
	arrival, err := json.Marshal(map[string]any{"client_id": "card", "unit": w.east.unit, "queue": "Support", "name": text, "caption": text, "text": text,
		"source": card, "destination": card, "data": map[string]string{"card": card, card: "x", "order": order}})
	w.must(err)
	w.east.settle()
	w.chats.Configured()
	var begun struct{ Contact, Session string }
	w.must(json.Unmarshal([]byte(customer("POST", "/api/chats", "", "application/json", string(arrival))), &begun))
	chat := "/api/chats/" + begun.Contact
	customer("POST", chat+"/messages", begun.Session, "application/json", `{"client_id":"m1","text":"`+text+`"}`)
	customer("POST", chat+"/attachments?client_id=f1&name="+card+".png", begun.Session, "image/png", drawing)
	form := url.Values{"varUserRequest": {"REQ_WEBCHAT_MAIN"}, "varUserLanguage": {"english"}, "varHPPCLanguage": {"english"}, "varSessionPriority": {"50"},
		"varCustomerName": {text}, "varCaption": {text}, "varBusinessUnitName": {"East"}, "extra": {text}}
	customer("POST", "/hppcwis.dll", "", "application/x-www-form-urlencoded", form.Encode())

	offline, err := json.Marshal(map[string]any{"client_id": "offline", "unit": w.east.unit, "fields": map[string]string{"name": text,
		"email": "eve@example.com", "question": text}, "data": map[string]string{"card": card}})
	w.must(err)
	customer("POST", "/api/offline", "", "application/json", string(offline))

	ben := w.east.agents["ben"]
	w.until("an offer", func() bool { return ben.contact(begun.Contact).State == "offered" })
	f := ben.live()
	defer f.close()
	f.say(map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": "conversation/" + begun.Contact}}})
	path := "/contacts/" + begun.Contact
	ben.want(200, "POST", path+"/accept", map[string]any{"offer": ben.contact(begun.Contact).Offer})
	ben.want(201, "POST", path+"/messages", map[string]any{"client_id": "a1", "text": text})
	ben.want(201, "POST", path+"/messages", map[string]any{"client_id": "a2", "kind": "note", "text": text})
	ben.want(204, "PUT", path+"/draft", map[string]any{"text": text})
	ben.want(204, "PUT", path+"/draft", map[string]any{"text": "half of one: 4111 1111 1111 111"})
	ben.attach(begun.Contact, "a3", card+".png", "image/png", drawing)
	got := f.until("the note", func(v liveFrame) bool { return v.Kind == "messages" && strings.Contains(string(v.Body), `"note"`) })
	if strings.Contains(string(got.Body), card) || !strings.Contains(string(got.Body), order) {
		t.Errorf("told live: %s", got.Body)
	}
	ben.want(200, "POST", path+"/finish", nil)
	ben.want(200, "POST", path+"/wrap-up", map[string]any{"client_id": "a4", "disposition": w.east.reasons["Solved"], "note": text})
	customer("POST", chat+"/satisfaction", begun.Session, "application/json", `{"score":3,"comment":"`+text+`"}`)
	passed := w.east.bring("active").ID
	ben.want(200, "POST", "/contacts/"+passed+"/transfer", map[string]any{"client_id": "t", "queue": w.east.queues["Quiet"], "note": text})
	w.east.sv.want(201, "POST", "/contacts", map[string]any{"client_id": "mail", "queue": w.east.mail(), "name": text, "caption": text,
		"source": card, "details": map[string]any{"card": card, card: "x"}})
	ben.want(201, "POST", "/customers", map[string]any{"name": text, "note": text, "fields": map[string]any{"card": card}})

	found := 0
	w.must(filepath.WalkDir(w.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		for _, never := range []string{card, parted, "4111 1111 1111 1"} {
			if i := bytes.Index(content, []byte(never)); i >= 0 {
				t.Errorf("%s holds %q, behind %q", filepath.Base(name), never, content[max(0, i-60):i])
			}
		}
		found += bytes.Count(content, []byte(order))
		return err
	}))
	if found < 10 {
		t.Errorf("the order number is found %d times: what was kept is not where the test looks", found)
	}
}
