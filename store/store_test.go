package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"portico/acd"
	"portico/mint"
	"portico/store"
	"portico/store/pgtest"
)

// cluster serves all tests of this package that do not break theirs.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	code := m.Run()
	cluster.Close()
	os.Exit(code)
}

var ids = mint.New(7, time.Now)

// engines runs a test on both engines, each with a store of its own.
func engines(t *testing.T, test func(t *testing.T, o store.Options)) {
	t.Run("postgres", func(t *testing.T) {
		test(t, store.Options{Dir: t.TempDir(), DSN: cluster.Database(t), Site: 7, Log: quiet(t)})
	})
	t.Run("sqlite", func(t *testing.T) { test(t, store.Options{Dir: t.TempDir(), Site: 7, Log: quiet(t)}) })
}

func quiet(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func save(t testing.TB, s *store.Store, rows ...store.Row) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return s.Save(ctx, store.Unit{Rows: rows})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A contact and its first message are one unit, and are read back as they were saved.
func TestContactReadBack(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := store.Contact{ID: acd.ContactID(ids.ID()), Unit: acd.UnitID(ids.ID()), Medium: "webchat", At: 12345,
			ClientID: "c1", Source: "a@b", Name: "Ann O’Neil", Caption: "Where is my parcel?", Details: json.RawMessage(`{"a":1}`)}
		m := store.Message{Unit: c.Unit, Contact: c.ID, Seq: 1, ClientID: "m1", At: 12345, Author: store.AuthorCustomer,
			Kind: "text", Text: "Hello"}
		must(t, save(t, s, m, c))
		got, err := s.Contact(t.Context(), c.Unit, c.ID)
		must(t, err)
		if fmt.Sprint(got) != fmt.Sprint(c) {
			t.Errorf("got %v, want %v", got, c)
		}
		if err := save(t, s, m); !errors.Is(err, store.ErrExists) {
			t.Errorf("again: %v", err)
		}
		o1 := store.Object{Unit: c.Unit, Kind: "queue", ID: ids.ID(), Name: "Sales", Body: json.RawMessage(`{}`)}
		must(t, save(t, s, store.PutObject{Object: o1}))
		o1.Name = "Sales 2"
		must(t, save(t, s, store.PutObject{Object: o1, Expect: 1}))
		if err := save(t, s, store.PutObject{Object: o1, Expect: 1}); !errors.Is(err, store.ErrChanged) {
			t.Errorf("changed: %v", err)
		}
		list, err := s.Objects(t.Context(), c.Unit, "queue", store.ObjectQuery{})
		must(t, err)
		if len(list) != 1 || list[0].Version != 2 {
			t.Errorf("list %v", list)
		}
	})
}
