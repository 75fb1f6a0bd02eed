package api

import (
	"context"
	"net/http"
	"time"

	"portico/acd"
	"portico/store"
)

// QuarterHour is what happened in a queue, or in all, within a quarter of an hour.
type QuarterHour struct {
	Start          acd.Time `json:"start"`
	Offered        uint32   `json:"offered" doc:"entered the queue"`
	Answered       uint32   `json:"answered"`
	AnsweredInTime uint32   `json:"answered_in_time" doc:"within the objective"`
	Abandoned      uint32   `json:"abandoned"`
	LeftInTime     uint32   `json:"abandoned_in_time" doc:"within the objective"`
	NotAnswered    uint32   `json:"not_answered" doc:"offers that ran out"`
	WaitMs         uint64   `json:"wait_ms" doc:"of the answered, together"`
	HandleMs       uint64   `json:"handle_ms" doc:"active and wrap-up, together"`
}

// DayFigures compare today with two days before, in the unit's time zone. Every quarter
// of an hour is there, of today up to the present one.
type DayFigures struct {
	Today     []QuarterHour `json:"today" nullable:"false"`
	Yesterday []QuarterHour `json:"yesterday" nullable:"false"`
	WeekAgo   []QuarterHour `json:"week_ago" nullable:"false" doc:"the same day of the week before"`
	Now       acd.Time      `json:"now" doc:"the server's time"`
}

// AgentDay is an agent's day in three numbers.
type AgentDay struct {
	Handled     uint32   `json:"handled" doc:"contacts that I have ended or transferred today"`
	MeanHandleS *int     `json:"mean_handle_s,omitempty" doc:"time in conversation and wrap-up for each of them; absent: there were none"`
	WorkedS     int      `json:"worked_s" doc:"how long I have been signed in today"`
	Now         acd.Time `json:"now" doc:"the server's time"`
}

type dayInput struct {
	Scope
	Queue acd.QueueID `query:"queue" doc:"absent: all queues together"`
}

func (s *Server) registerDay() {
	register(s, operation{id: "day-figures", method: http.MethodGet, path: "/real-time/day",
		summary: "Today, yesterday and the same weekday a week ago, by quarters of an hour", tag: "real-time", roles: rolesSupervisor}, s.dayFigures)
	register(s, operation{id: "read-agent-day", method: http.MethodGet, path: "/agent/day", summary: "My day in three numbers",
		tag: "agent", roles: rolesDesk, person: true}, s.agentDay)
}

const quarterHour = 15 * time.Minute

func (s *Server) dayFigures(ctx context.Context, c call, in *dayInput) (*Answer[DayFigures], error) {
	if !in.Queue.IsZero() && s.names().queues[in.Queue].Unit != c.unit {
		return nil, errMissing.On("queue")
	}
	zone := s.configuration.Zone(c.unit)
	if zone == nil {
		zone = time.UTC
	}
	now := s.now().In(zone)
	out := DayFigures{Now: acd.At(now)}
	for _, day := range []struct {
		back int
		into *[]QuarterHour
	}{{0, &out.Today}, {1, &out.Yesterday}, {7, &out.WeekAgo}} {
		from, to := acd.At(dayBegins(now, -day.back)), acd.At(dayBegins(now, 1-day.back))
		rows, err := s.store.Day(ctx, c.unit, in.Queue, from, to)
		if err != nil {
			return nil, err
		}
		*day.into = quarters(rows, from, min(to, out.Now+1))
	}
	return &Answer[DayFigures]{out}, nil
}

// dayBegins gives the first instant of a day so many days from an instant's.
func dayBegins(at time.Time, days int) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, at.Location())
}

// quarters gives every quarter of an hour that begins before an instant; those in
// which nothing happened are all zero.
func quarters(rows []store.Interval, from, to acd.Time) []QuarterHour {
	out := []QuarterHour{}
	for start := from; start < to; start = start.Add(quarterHour) {
		q := QuarterHour{Start: start}
		for len(rows) > 0 && rows[0].Start < start.Add(quarterHour) {
			r := rows[0]
			q = QuarterHour{start, q.Offered + r.Offered, q.Answered + r.Answered, q.AnsweredInTime + r.AnsweredInTime,
				q.Abandoned + r.Abandoned, q.LeftInTime + r.AbandonedInTime, q.NotAnswered + r.NotAnswered, q.WaitMs + r.WaitMs, q.HandleMs + r.HandleMs}
			rows = rows[1:]
		}
		out = append(out, q)
	}
	return out
}

func (s *Server) agentDay(_ context.Context, c call, _ *Nothing) (*Answer[AgentDay], error) {
	day, _ := s.picture.AgentDay(c.unit, c.caller.User) // who has no capacity has done nothing
	out := AgentDay{Handled: day.Handled, WorkedS: int(day.Worked / time.Second), Now: s.at()}
	if day.Handled > 0 {
		mean := int((day.Handle / time.Duration(day.Handled)).Round(time.Second) / time.Second)
		out.MeanHandleS = &mean
	}
	return &Answer[AgentDay]{out}, nil
}
