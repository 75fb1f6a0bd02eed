package systemtest

import (
	"testing"

	"portico/store/pgtest"
)

// onEachStore runs a test on SQLite, and on an empty database of PostgreSQL.
func onEachStore(t *testing.T, test func(t *testing.T, store string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		cluster := new(pgtest.Cluster)
		t.Cleanup(cluster.Close)
		test(t, cluster.Database(t))
	})
}
