package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkRequest shows what one request costs, client and server together, by the
// door and by net/http: the reason for the door.
func BenchmarkRequest(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"seq":1}`) }))
	defer server.Close()
	const body = `{"client_id":"b-1/2","text":"b-1/2 And another thing."}`
	b.Run("door", func(b *testing.B) {
		door, err := Open(server.URL)
		if err != nil {
			b.Fatal(err)
		}
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if _, err := door.Do(context.Background(), http.MethodPost, "/", Bearer("s"), []byte(body)); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("net-http", func(b *testing.B) {
		client := server.Client()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				response, err := client.Post(server.URL, "application/json", strings.NewReader(body))
				if err != nil {
					b.Error(err)
					continue
				}
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	})
}
