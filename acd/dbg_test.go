package acd

import (
	"fmt"
	"testing"
	"time"
)

func TestDbg(t *testing.T) {
	for _, n := range []int{100000, 0} {
		w := newWorld(referenceSet(n), 1).warm(1_000_000)
		w.timing = true
		cnt := map[string]int{}
		se := map[string]int{}
		ref := map[string]int{}
		tm := map[string]time.Duration{}
		fk := map[FactKind]int{}
		for range 1000000 {
			s := w.c.searches
			l := len(w.took)
			w.turn()
			k := fmt.Sprintf("%T", w.last)
			cnt[k]++
			se[k] += int(w.c.searches - s)
			for ; l < len(w.took); l++ {
				tm[k] += time.Duration(w.took[l])
			}
			if w.c.out.Refusal.Code != 0 {
				ref[k]++
			}
			for _, f := range w.c.out.Facts {
				fk[f.Kind]++
			}
		}
		for k := range cnt {
			fmt.Println(n, k, cnt[k], "searches", se[k], "refused", ref[k], "ns", int(tm[k])/cnt[k])
		}
		fmt.Println(fk)
	}
}
