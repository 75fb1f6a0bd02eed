package webchat

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// inFlight is how many requests the benchmarks keep under way.
const inFlight = 64

func (h *house) client() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
}

// post sends one request and reports whether it was answered as wanted.
func post(client *http.Client, url, session string, body []byte, want int) error {
	r, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if session != "" {
		r.Header.Set("Authorization", "Bearer "+session)
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != want {
		err = fmt.Errorf("answered %d %s", response.StatusCode, raw)
	}
	return err
}

// BenchmarkMessages is customers' messages over HTTP into a real store, client included.
func BenchmarkMessages(b *testing.B) {
	h := newHouse(b)
	chats := make([]*customer, inFlight)
	for i := range chats {
		chats[i] = h.arrive("Hello")
	}
	client := h.client()
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	b.ResetTimer()
	h.spread(b, func(worker, n int) error {
		c := chats[worker]
		body := fmt.Appendf(nil, `{"client_id":"b-%d","text":"a message of ordinary length, as people write them"}`, n)
		return post(client, h.server.URL+"/web/api/chats/"+c.contact.String()+"/messages", c.session, body, http.StatusOK)
	})
}

// BenchmarkChats is new chats over HTTP into a real hub and store, client included.
func BenchmarkChats(b *testing.B) {
	h := newHouse(b)
	client := h.client()
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	b.ResetTimer()
	h.spread(b, func(_, n int) error {
		body := fmt.Appendf(nil, `{"client_id":"c-%d","name":"Carla","caption":"Where is my parcel?"}`, n)
		return post(client, h.server.URL+"/web/api/chats", "", body, http.StatusCreated)
	})
}

// spread does b.N things, inFlight at a time, and reports how many a second.
func (h *house) spread(b *testing.B, do func(worker, n int) error) {
	var next atomic.Int64
	done := make(chan error, inFlight)
	began := time.Now()
	for worker := range inFlight {
		go func() {
			for {
				n := int(next.Add(1))
				if n > b.N {
					done <- nil
					return
				}
				if err := do(worker, n); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range inFlight {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "per_s")
}
