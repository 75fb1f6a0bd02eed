package systemtest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"

	"portico/bench"
)

// factBook keeps the facts that a checker reads.
type factBook struct {
	bench.Pages
	mu    sync.Mutex
	facts map[string][]bench.FactView // by contact
}

// Facts reads and keeps the facts of a contact.
func (b *factBook) Facts(ctx context.Context, contact string) ([]bench.FactView, error) {
	facts, err := b.Pages.Facts(ctx, contact)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.facts[contact] = facts
	return facts, err
}

// inOrder asserts that the contacts of each queue were first offered in the order
// in which they arrived: they are equal in all but that.
func (b *factBook) inOrder(t *testing.T) {
	t.Helper()
	type first struct{ arrived, offered bench.FactView }
	var all []first
	for _, facts := range b.facts {
		i := slices.IndexFunc(facts, func(f bench.FactView) bool { return f.Kind == "offered" })
		if i > 0 {
			all = append(all, first{facts[0], facts[i]})
		}
	}
	slices.SortFunc(all, func(a, b first) int {
		return cmp.Or(cmp.Compare(a.offered.Batch, b.offered.Batch), cmp.Compare(a.offered.N, b.offered.N))
	})
	last := map[string]first{}
	for _, one := range all {
		before, other := last[one.offered.Queue]
		if other && before.arrived.At > one.arrived.At {
			t.Errorf("%s arrived at %d and was first offered after %s, which arrived at %d",
				one.arrived.Contact, one.arrived.At, before.arrived.Contact, before.arrived.At)
		}
		last[one.offered.Queue] = one
	}
}
