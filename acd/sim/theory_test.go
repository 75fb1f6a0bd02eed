package sim

import (
	"math"
	"testing"
	"time"
)

func near(t *testing.T, what string, got, want, off float64) {
	t.Helper()
	if math.Abs(got-want) > off {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// The formulas give the published tables, so that what the core is held against
// is itself held against something.
func TestErlangC(t *testing.T) {
	for _, row := range []struct {
		a                float64
		n                int
		handling, target time.Duration
		wait, within     float64
		mean             float64 // seconds
	}{
		{10, 11, 180, 20, .682118, .389614, 122.781},
		{10, 12, 180, 20, .449388, .640158, 40.445},
		{10, 13, 180, 20, .285270, .795595, 17.116},
		{10, 14, 180, 20, .174132, .888350, 7.836},
		{10, 15, 180, 20, .102042, .941453, 3.674},
		{200 * 240 / 1800., 28, 240, 20, .726036, .350315, 130.686},
		{200 * 240 / 1800., 30, 240, 20, .427692, .676039, 30.794},
		{200 * 240 / 1800., 32, 240, 20, .236264, .848512, 10.632},
		{200 * 240 / 1800., 34, 240, 20, .121717, .933938, 3.984},
		{24, 25, 240, 15, .778545, .268625, 186.851},
		{24, 28, 240, 15, .333139, .740551, 19.988},
		{24, 30, 240, 15, .172862, .881194, 6.915},
		{48, 50, 60, 0, 0, 0, 20.8337},
	} {
		got := ErlangC(row.a, row.n, row.handling*time.Second, row.target*time.Second)
		near(t, "mean wait", got.Mean.Seconds(), row.mean, .0006)
		if row.wait > 0 {
			near(t, "share who wait", got.Wait, row.wait, 6e-7)
			near(t, "share within", got.Within, row.within, 6e-7)
		}
	}
	fourteen := ErlangC(10, 14, 180*time.Second, 20*time.Second)
	near(t, "service level of 14", fourteen.Within, 0.8883500191794669, 1e-12)
	near(t, "wait of 14", fourteen.Wait, 0.1741319335950498, 1e-12)
	near(t, "C(25,20)", ErlangC(20, 25, time.Second, 0).Wait, .2091028266, 6e-11)
	near(t, "B(25,20)", ErlangB(20, 25), .0502217779, 6e-11)
	near(t, "B(200,180)", ErlangB(180, 200), .0103249952, 6e-11)
	near(t, "C(200,180)", ErlangC(180, 200, time.Second, 0).Wait, .0944712182, 6e-11)
	near(t, "in queue", ErlangC(48, 50, time.Minute, 0).InQueue, 16.667, .0005)
}

// Erlang A gives the published figures, and Erlang C for endless patience.
func TestErlangA(t *testing.T) {
	for _, row := range []struct {
		a                  float64
		n                  int
		handling, patience time.Duration
		wait, giveUp, mean float64
	}{
		{10, 10, 180, 60, .423418, .157527, 9.4516},
		{10, 12, 180, 60, .240426, .075902, 4.5541},
		{10, 14, 180, 60, .111527, .030322, 1.8193},
		{24, 24, 240, 120, .446883, .094927, 11.3913},
		{24, 26, 240, 120, .313706, .058469, 7.0162},
		{24, 28, 240, 120, .200744, .033089, 3.9707},
	} {
		got := ErlangA(row.a, row.n, row.handling*time.Second, row.patience*time.Second)
		near(t, "share who wait", got.Wait, row.wait, 6e-7)
		near(t, "share who give up", got.GiveUp, row.giveUp, 6e-7)
		near(t, "mean wait", got.Mean.Seconds(), row.mean, .00006)
	}
	known := ErlangA(48, 50, time.Minute, 2*time.Minute)
	near(t, "known give up", known.GiveUp, .030912, 6e-7)
	near(t, "known wait", known.Mean.Seconds(), 3.7095, .00006)
	near(t, "known queue", known.InQueue, 2.9676, .00006)
	near(t, "known use", known.Busy, .930324, 6e-7)
	patient := ErlangA(10, 14, 180*time.Second, 1e6*time.Hour)
	near(t, "endless patience", patient.Mean.Seconds(), 7.836, .001)
}

// One class alone waits as Erlang C says, and the classes' waits, weighed by
// their loads, add up to the wait without priorities (Kleinrock's conservation).
func TestCobham(t *testing.T) {
	near(t, "one class", Cobham([]float64{10}, 14, 180*time.Second)[0].Seconds(), 7.836, .0006)
	two := Cobham([]float64{3, 7}, 12, 180*time.Second)
	near(t, "conservation", .3*two[0].Seconds()+.7*two[1].Seconds(), 40.445, .0006)
	if two[0] >= two[1] {
		t.Errorf("the urgent wait %v, the others %v", two[0], two[1])
	}
}
