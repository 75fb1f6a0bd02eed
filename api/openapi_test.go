package api

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write web/openapi.json anew")

// The document that the front end's client is made from is that of this program:
// go test ./api -run Fresh -update writes it.
func TestDocumentIsFresh(t *testing.T) {
	path := filepath.Join("..", "web", "openapi.json")
	want, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("web/openapi.json is stale: go test ./api -run Fresh -update, then make the client anew")
	}
}
