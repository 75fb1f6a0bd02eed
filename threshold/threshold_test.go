package threshold

import (
	"testing"

	"portico/acd"
	"portico/fault"
)

func limit(n int) *int { return &n }

// A figure is beyond a limit that it reaches, from above or from below.
func TestLevel(t *testing.T) {
	above := Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(5), Critical: limit(10)}
	below := Threshold{Table: Queues, Measure: "level_today", Warn: limit(80), Critical: limit(60)}
	tests := []struct {
		t     Threshold
		value float64
		want  Level
	}{
		{above, 4, Good}, {above, 5, Warning}, {above, 9, Warning}, {above, 10, Critical},
		{below, 80.1, Good}, {below, 80, Warning}, {below, 60.1, Warning}, {below, 60, Critical},
		{Threshold{Table: Queues, Measure: "waiting", Above: true, Critical: limit(3)}, 2, Good},
		{Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(3)}, 99, Warning},
	}
	for _, test := range tests {
		if got := test.t.Level(test.value); got != test.want {
			t.Errorf("%+v of %v: %v, want %v", test.t, test.value, got, test.want)
		}
	}
}

// A level is left only when the figure is better than the limit by a twentieth of it; a
// count of few is so as soon as it is better, and no limit holds for ever.
func TestEased(t *testing.T) {
	wait := Threshold{Table: Queues, Measure: "longest_wait", Above: true, Warn: limit(100), Critical: limit(200)}
	tests := []struct {
		t      Threshold
		before Level
		value  float64
		want   Level
	}{
		{wait, Warning, 99, Warning}, {wait, Warning, 95.1, Warning}, {wait, Warning, 95, Good}, {wait, Good, 99, Good},
		{wait, Critical, 191, Critical}, {wait, Critical, 190, Warning}, {wait, Critical, 40, Good}, {wait, Warning, 200, Critical},
		{Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(1)}, Warning, 0, Good},
		{Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(5)}, Warning, 4, Good},
		{Threshold{Table: Queues, Measure: "level_today", Warn: limit(80)}, Warning, 83.9, Warning},
		{Threshold{Table: Queues, Measure: "level_today", Warn: limit(80)}, Warning, 84, Good},
		{Threshold{Table: Queues, Measure: "level_today", Warn: limit(99)}, Warning, 100, Good},
		{Threshold{Table: Queues, Measure: "active", Warn: limit(0)}, Warning, 1, Good},
	}
	for _, test := range tests {
		if got := test.t.Eased(test.before, test.value); got != test.want {
			t.Errorf("%+v of %v after %v: %v, want %v", test.t, test.value, test.before, got, test.want)
		}
	}
}

// What makes no sense is refused with its field: a limit that everything reaches, a
// critical one before the warning's, a figure of another table, queues of agents.
func TestCheck(t *testing.T) {
	tests := []struct {
		field string
		t     Threshold
	}{
		{"", Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(5), Critical: limit(5)}},
		{"", Threshold{Table: Queues, Measure: "level_today", Warn: limit(80), Critical: limit(60), Queues: []acd.QueueID{{1}}}},
		{"table", Threshold{Table: "rooms", Measure: "waiting", Warn: limit(5)}},
		{"measure", Threshold{Table: Agents, Measure: "waiting", Warn: limit(5)}},
		{"warn", Threshold{Table: Queues, Measure: "waiting", Above: true}},
		{"warn", Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(0)}},
		{"warn", Threshold{Table: Queues, Measure: "level_today", Warn: limit(100)}},
		{"critical", Threshold{Table: Queues, Measure: "level_today", Above: true, Critical: limit(101)}},
		{"critical", Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(5), Critical: limit(4)}},
		{"critical", Threshold{Table: Queues, Measure: "level_today", Warn: limit(60), Critical: limit(80)}},
		{"queues", Threshold{Table: Agents, Measure: "contacts", Above: true, Warn: limit(5), Queues: []acd.QueueID{{1}}}},
		{"queues", Threshold{Table: Queues, Measure: "waiting", Above: true, Warn: limit(5), Queues: make([]acd.QueueID, QueuesMax+1)}},
	}
	for _, test := range tests {
		var got string
		if f := fault.Of(test.t.Check()); f != nil {
			got = f.Field
		}
		if got != test.field {
			t.Errorf("%+v: the fault is of %q, want %q", test.t, got, test.field)
		}
	}
	if refs := tests[1].t.References(); len(refs) != 1 || refs[0].Kind != "queue" || refs[0].ID != [16]byte{1} {
		t.Errorf("references %v", refs)
	}
}

// Every figure is measured of something, and written with the sign of what it counts.
func TestWritten(t *testing.T) {
	for _, test := range []struct {
		table Table
		of    Measure
		value float64
		want  string
	}{{Queues, "waiting", 12, "12"}, {Queues, "longest_wait", 75.6, "75 s"}, {Queues, "level_today", 79.9, "79 %"}, {Agents, "handling", 600, "600 s"}} {
		if got := Written(test.table, test.of, test.value); got != test.want {
			t.Errorf("%s: %q, want %q", test.of, got, test.want)
		}
	}
}
