package store_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"portico/mint"
	"portico/store"
	"portico/store/pgtest"
)

// cluster serves all tests of this package that do not break theirs.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	if argument := os.Getenv(childEnv); argument != "" {
		child(argument)
		return
	}
	code := m.Run()
	cluster.Close()
	os.Exit(code)
}

var ids = mint.New(7, time.Now)

// patience with reads on a busy machine, under the race detector.
const patience = 30 * time.Second

// engines runs a test on both engines, each with a store of its own.
func engines(t *testing.T, test func(t *testing.T, o store.Options)) {
	t.Run("postgres", func(t *testing.T) {
		test(t, store.Options{Dir: t.TempDir(), DSN: cluster.Database(t), Site: 7, Log: quiet(t), ReadMax: patience})
	})
	t.Run("sqlite", func(t *testing.T) {
		test(t, store.Options{Dir: t.TempDir(), Site: 7, Log: quiet(t), ReadMax: patience})
	})
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

// A data folder may be named from where the program stands, as "make run" does.
func TestRelativeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	for range 2 { // the second opening finds the first one's
		s, err := store.Open(t.Context(), store.Options{Dir: "./data"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join("data", "portico.db")); err != nil {
		t.Error(err)
	}
}
