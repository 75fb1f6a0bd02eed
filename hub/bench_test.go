package hub

import (
	"context"
	"encoding/binary"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// instant is a store that is never in anybody's way.
type instant struct{ *memory }

func (i *instant) SubmitHub(units []store.Unit, done func(uint64, []store.Outcome)) {
	i.core.Batch++
	done(i.core.Batch, make([]store.Outcome, len(units)))
}

func (i *instant) ContactByClient(context.Context, acd.UnitID, string) (store.Contact, error) {
	return store.Contact{}, store.ErrNone
}

// Events through Ask with an instant store: arrivals that wait, each abandoned.
func BenchmarkHub(b *testing.B) {
	m := newMemory()
	h := New(Options{Store: &instant{m}, Now: time.Now, Log: quiet(), NewID: func() [16]byte { return [16]byte{} }})
	if err := h.Start(b.Context(), thePlan()); err != nil {
		b.Fatal(err)
	}
	var n atomic.Uint64
	b.SetParallelism(64)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			a := arrival(0)
			binary.BigEndian.PutUint64(a.Contact[8:], n.Add(1))
			a.ClientID = string(a.Contact[:])
			if _, err := h.Ask(context.Background(), Command{Arrival: a, Unit: sales}); err != nil {
				b.Error(err)
				return
			}
			if _, err := h.Ask(context.Background(), Command{Event: acd.Abandoned{Contact: a.Contact}, Lane: Progress, Unit: sales}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(2*float64(n.Load())/b.Elapsed().Seconds(), "events/s")
	if err := h.Stop(context.Background()); err != nil {
		b.Error(err)
	}
}
