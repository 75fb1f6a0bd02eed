package store

// RowsOf counts the rows that a unit writes, for the test of the row budget.
func (s *Store) RowsOf(u Unit) int {
	w := s.encoder.unit(Hub, u)
	return len(w.guards) + len(w.rows) + len(w.facts)
}

// CommitStatement is what the commit is called on PostgreSQL's wire.
var CommitStatement = opCommit.name()

// RestartAt is how long the WAL may grow before it begins anew.
const RestartAt = restartAt

// SchemaVersion is the number of the last migration.
const SchemaVersion = len(migrations)
