package api_test

import (
	"fmt"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// dayRows are those of the tenant matrix.
var dayRows = map[string]tenantRow{
	"day-figures": {by: "sven", ask: func(s *side) asked {
		return asked{query: map[string]string{"queue": s.queues["Quiet"]}}
	}},
	"read-agent-day": simple("ben"),
}

type quarterHour struct {
	Start, Offered, Answered, Abandoned int64
	Wait                                int64 `json:"wait_ms"`
}

// Today, yesterday and the day a week ago are told by every quarter of an hour of the
// unit's own days, of one queue or of all together.
func TestDayFigures(t *testing.T) {
	w := newWorld(t)
	east := w.east
	berlin, err := time.LoadLocation("Europe/Berlin")
	w.must(err)
	now := w.now().In(berlin)
	noon := func(back int) acd.Time {
		return acd.At(time.Date(now.Year(), now.Month(), now.Day()-back, 12, 0, 0, 0, berlin))
	}
	unit := parse[acd.UnitID](w.house, east.unit)
	counted := func(queue string, start acd.Time, offered uint32) {
		row := store.Interval{Unit: unit, Queue: parse[acd.QueueID](w.house, queue), Start: start, Offered: offered, Answered: offered, WaitMs: 1000}
		saved := make(chan error, 1)
		w.must(w.store.Submit(store.Lazy, store.Unit{Rows: []store.Row{row}}, func(o store.Outcome) { saved <- o.Err }))
		w.must(<-saved)
	}
	counted(east.queues["Quiet"], noon(1), 3)
	counted(east.queues["Support"], noon(1), 4)
	counted(east.queues["Quiet"], noon(7), 5)
	counted(east.queues["Quiet"], noon(2), 9)
	var got struct {
		Today, Yesterday []quarterHour
		WeekAgo          []quarterHour `json:"week_ago"`
		Now              int64
	}
	sum := func(day []quarterHour) (n int64) {
		for i, q := range day {
			n += q.Offered
			if i > 0 && q.Start != day[i-1].Start+15*60*1000 {
				t.Errorf("a quarter begins at %d, the one before at %d", q.Start, day[i-1].Start)
			}
		}
		return n
	}
	for query, want := range map[string]string{"": "7 5", "?queue=" + east.queues["Quiet"]: "3 5", "?queue=" + east.queues["Support"]: "4 0"} {
		east.sv.want(200, "GET", "/real-time/day"+query, nil).into(t, &got)
		if have := fmt.Sprint(sum(got.Yesterday), " ", sum(got.WeekAgo)); have != want {
			t.Errorf("%q: yesterday and a week ago %s, want %s", query, have, want)
		}
		if n := len(got.Yesterday); n != 92 && n != 96 && n != 100 { // summer time begins and ends
			t.Errorf("%d quarters yesterday", n)
		}
		if got.Yesterday[48].Start != int64(noon(1)) && len(got.Yesterday) == 96 {
			t.Errorf("noon was at %d, want %d", got.Yesterday[48].Start, noon(1))
		}
		if last := got.Today[len(got.Today)-1].Start; last > got.Now || got.Now-last > 15*60*1000 {
			t.Errorf("today ends with %d, it is %d", last, got.Now)
		}
	}
	quarter := acd.At(w.now()) / 900_000 * 900_000
	counted(east.queues["Quiet"], quarter, 2)
	east.sv.want(200, "GET", "/real-time/day", nil).into(t, &got)
	if sum(got.Today) != 2 || got.Today[len(got.Today)-1].Start < int64(quarter) {
		t.Errorf("today %+v", got.Today)
	}
}

// An agent's day counts what the agent has ended, and how long that took.
func TestAgentDay(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	var day struct {
		Handled int
		Mean    *int `json:"mean_handle_s"`
		Worked  int  `json:"worked_s"`
	}
	ben.want(200, "GET", "/agent/day", nil).into(t, &day)
	if day.Handled != 0 || day.Mean != nil {
		t.Errorf("before: %+v", day)
	}
	w.mu.Lock()
	w.skew = 90 * time.Second
	w.mu.Unlock()
	w.east.bring("ended")
	ben.want(200, "GET", "/agent/day", nil).into(t, &day)
	if day.Handled != 1 || day.Mean == nil || day.Worked < 80 {
		t.Errorf("after one contact: %+v", day)
	}
	w.east.agents["carla"].want(200, "GET", "/agent/day", nil).into(t, &day)
	if day.Handled != 0 {
		t.Errorf("another agent: %+v", day)
	}
}
