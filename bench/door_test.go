package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// The door reads what net/http's server writes: lengths, chunks, empty answers,
// refusals, and keeps the connection where it may.
func TestDoorReadsAnswers(t *testing.T) {
	var connections sync.Map
	mux := http.NewServeMux()
	mux.HandleFunc("/length", func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr, true)
		fmt.Fprint(w, "hello")
	})
	mux.HandleFunc("/chunks", func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr, true)
		for i := range 3 {
			fmt.Fprint(w, strings.Repeat(fmt.Sprint(i), 3000))
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/nothing", func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr, true)
		w.WriteHeader(204)
	})
	mux.HandleFunc("/close", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprint(w, "bye")
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "2")
		w.Header().Set("Set-Cookie", "a=b; Path=/")
		w.WriteHeader(503)
		fmt.Fprint(w, `{"code":1013,"name":"busy","message":"Come again."}`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	door, err := Open(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	ctx := context.Background()
	for path, size := range map[string]int{"/length": 5, "/chunks": 9000, "/nothing": 0, "/close": 3} {
		for range 2 {
			if a, err := door.Do(ctx, http.MethodGet, path, "", nil); err != nil || len(a.Body) != size || a.Status >= 300 {
				t.Errorf("%s: %d, %d bytes, %v; want %d", path, a.Status, len(a.Body), err, size)
			}
		}
	}
	used := 0
	connections.Range(func(any, any) bool { used++; return true })
	if used > 3 {
		t.Errorf("%d connections were used for requests in a row", used)
	}
	err = door.JSON(ctx, http.MethodPost, "/busy", "", struct{}{}, nil)
	var refused *Refused
	if !errors.As(err, &refused) || refused.Code != "1013 busy" || refused.RetryAfter != "2" || !Later(err) {
		t.Errorf("a refusal was read as %v", err)
	}
}

// A request ends with its context, though the server never answers.
func TestDoorEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	door, err := Open(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := door.Do(ctx, http.MethodGet, "/", "", nil); err == nil || !Later(err) {
		t.Errorf("the answer that never came was %v", err)
	}
}

// Whatever a peer sends, reading it ends, within the limits, without a panic.
func FuzzAnswer(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
	f.Add("HTTP/1.1 503 \r\nRetry-After: 2\r\nConnection: close\r\n\r\n{}")
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		l := &link{in: bufio.NewReaderSize(strings.NewReader(text), 4096)}
		a, _, err := l.answer()
		if err == nil && len(a.Body) > len(text) {
			t.Errorf("%d bytes out of %d", len(a.Body), len(text))
		}
	})
}

// A line that is under way when the load ends is waited for: what the server saves of
// it afterwards would look like a push that was lost.
func TestSayIsWaitedFor(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-release
		fmt.Fprint(w, `{"seq":7}`)
	}))
	defer server.Close()
	door, err := Open(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	ctx, cancel := context.WithCancel(context.Background())
	log := NewLog("r")
	chat := log.New("r-1", time.Now())
	said := make(chan error)
	go func() { said <- (&Agent{Door: door, ID: "ann"}).Say(ctx, "c", chat) }()
	<-began
	cancel()
	select {
	case err := <-said:
		t.Errorf("it was given up: %v", err)
		close(release)
	case <-time.After(50 * time.Millisecond): // as long as an end by the context would take at most
		close(release)
		if err := <-said; err != nil || !chat.lines[len(chat.lines)-1].acked {
			t.Errorf("the answer was not taken: %v", err)
		}
	}
}
