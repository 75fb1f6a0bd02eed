package systemtest

import (
	"context"
	"slices"
	"testing"
)

// inOrder asserts that the contacts of the crowd's queue were first offered in the
// order in which they arrived: they are equal in all but that.
func inOrder(ctx context.Context, t *testing.T, c *crowd) {
	t.Helper()
	type first struct {
		batch     uint64
		n         uint32
		offeredAt int64
		arrivedAt int64
		contact   string
	}
	var offers []first
	for _, chat := range c.log.Chats() {
		contact, _ := chat.Contact()
		if contact == "" {
			continue
		}
		facts, err := c.admin.Facts(ctx, contact)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range facts {
			if f.Kind == "offered" {
				offers = append(offers, first{f.Batch, f.N, f.At, facts[0].At, contact + " " + f.Queue})
				break
			}
		}
	}
	slices.SortFunc(offers, func(a, b first) int {
		if a.batch != b.batch {
			return int(int64(a.batch) - int64(b.batch))
		}
		return int(int64(a.n) - int64(b.n))
	})
	last := map[string]first{}
	for _, o := range offers {
		queue := o.contact[37:]
		if before := last[queue]; before.arrivedAt > o.arrivedAt {
			t.Errorf("%s arrived at %d and was first offered at %d, after %s, which arrived at %d", o.contact, o.arrivedAt, o.offeredAt, before.contact, before.arrivedAt)
		}
		last[queue] = o
	}
}
