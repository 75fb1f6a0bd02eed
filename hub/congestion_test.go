package hub

import (
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
)

// Above its rate a unit's medium is refused, with bursts of a second's worth; other units
// and media are not touched, and what is known already is answered as ever.
func TestCongestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.hub.o.Congestion = func(unit acd.UnitID, medium string) int {
			if unit == sales && medium == "webchat" {
				return 10
			}
			return 0
		}
		refused := func(from, to int) (n int) {
			for i := from; i < to; i++ {
				if _, err := d.hub.Ask(within(time.Minute), Command{Arrival: arrival(i)}); err != nil {
					if f := wantCode(t, err, "congested"); f.Values["number"] != "1013" {
						t.Errorf("the refusal has the number %q", f.Values["number"])
					}
					n++
				}
			}
			return n
		}
		if n := refused(0, 100); n != 90 {
			t.Errorf("of 100 at once %d were refused, want 90", n)
		}
		if n := refused(0, 10); n != 0 {
			t.Errorf("%d of 10 who asked again were refused", n)
		}
		time.Sleep(500 * time.Millisecond)
		if n := refused(100, 120); n != 15 {
			t.Errorf("half a second later %d of 20 were refused, want 15", n)
		}
		time.Sleep(time.Minute)
		if n := refused(200, 300); n != 90 {
			t.Errorf("after a quiet minute %d of 100 were refused, want 90", n)
		}
		other := arrival(400)
		other.Medium = "email"
		if _, err := d.hub.Ask(within(time.Minute), Command{Arrival: other}); err != nil {
			t.Errorf("another medium: %v", err)
		}
	})
}

// The rate holds over time whatever comes, and a clock that was set back closes nothing.
func TestGates(t *testing.T) {
	g := gates{next: map[stream]time.Time{}}
	s, now, in := stream{medium: "webchat"}, time.Unix(1000, 0), 0
	for range 20_000 { // 20 s, a thousand a second
		if g.enter(s, 105, now) {
			in++
		}
		now = now.Add(time.Millisecond)
	}
	if in < 20*105 || in > 21*105 {
		t.Errorf("in 20 s %d were let in, want 105 a second and a second's worth", in)
	}
	if !g.enter(s, 105, now.Add(-time.Hour)) {
		t.Error("after the clock was set back nobody was let in")
	}
}
