package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Hours is a schedule made ready to be asked. It is immutable and safe for concurrent
// use. Everything goes by the clock on the wall: an hour that the clock leaps over is
// not there, and one that it shows twice counts twice.
type Hours struct {
	zone   *time.Location
	week   [7][]span         // from Monday; each sorted and without overlap
	dates  map[date][]span   // of a single year
	yearly map[[2]int][]span // by month and day
	easter map[int][]span    // by days from Easter Sunday
}

// span is a part of a day in minutes since midnight, as the wall clock counts them.
type span struct{ from, to int }

type date struct {
	year  int
	month time.Month
	day   int
}

// lookAhead is how far NextChange and NextOpening look, in days: two years.
const lookAhead = 2*365 + 1

// New makes a schedule ready. Zone is the business unit's, for a schedule that names
// none; nil means UTC. Where holidays meet on a day, one of a single year comes before
// one of every year, that before one that moves with Easter, and then the first of the
// list. What Check refuses may be an error here, too.
func New(s Schedule, zone *time.Location) (*Hours, error) {
	h := &Hours{zone: zone, dates: make(map[date][]span), yearly: make(map[[2]int][]span), easter: make(map[int][]span)}
	if h.zone == nil {
		h.zone = time.UTC
	}
	if s.TimeZone != "" {
		var err error
		if h.zone, err = time.LoadLocation(s.TimeZone); err != nil {
			return nil, fmt.Errorf("read the time zone of a schedule: %w", err)
		}
	}
	for _, p := range s.Week {
		if p.Day < 0 || p.Day > 6 {
			return nil, fmt.Errorf("day %d of a schedule is none of a week", p.Day)
		}
		one, err := spanOf(p.From, p.To)
		if err != nil {
			return nil, err
		}
		h.week[p.Day] = append(h.week[p.Day], one)
	}
	for i := range h.week {
		h.week[i] = joined(h.week[i])
	}
	for _, day := range s.Holidays {
		if err := h.add(day); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// add takes a holiday, unless one before it has the same day.
func (h *Hours) add(day Holiday) error {
	spans := make([]span, 0, len(day.Periods))
	for _, p := range day.Periods {
		one, err := spanOf(p.From, p.To)
		if err != nil {
			return err
		}
		spans = append(spans, one)
	}
	spans = joined(spans)
	switch {
	case day.Easter != nil:
		keepFirst(h.easter, *day.Easter, spans)
	case day.Yearly:
		// Any leap year will do to read the 29th of February, too.
		at, err := time.Parse(time.DateOnly, "2000-"+day.Date)
		if err != nil {
			return fmt.Errorf("read the date of a holiday: %w", err)
		}
		keepFirst(h.yearly, [2]int{int(at.Month()), at.Day()}, spans)
	default:
		at, err := time.Parse(time.DateOnly, day.Date)
		if err != nil {
			return fmt.Errorf("read the date of a holiday: %w", err)
		}
		keepFirst(h.dates, dateOf(at), spans)
	}
	return nil
}

func keepFirst[K comparable](m map[K][]span, key K, spans []span) {
	if _, ok := m[key]; !ok {
		m[key] = spans
	}
}

func spanOf(from, to string) (span, error) {
	begin, okFrom := Minutes(from)
	end, okTo := Minutes(to)
	if !okFrom || !okTo || begin >= end {
		return span{}, fmt.Errorf("%q to %q is no part of a day", from, to)
	}
	return span{begin, end}, nil
}

// joined sorts spans and makes one of those that touch.
func joined(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Zone is where the clock hangs.
func (h *Hours) Zone() *time.Location { return h.zone }

// Open reports whether it is open at an instant.
func (h *Hours) Open(at time.Time) bool {
	at = at.In(h.zone)
	minute := at.Hour()*60 + at.Minute()
	for _, s := range h.of(dateOf(at)) {
		if s.from <= minute && minute < s.to {
			return true
		}
	}
	return false
}

// Holiday reports whether the day of an instant is one of the holidays, open or not.
func (h *Hours) Holiday(at time.Time) bool {
	_, ok := h.holiday(dateOf(at.In(h.zone)))
	return ok
}

// of gives the hours of a day.
func (h *Hours) of(d date) []span {
	if spans, ok := h.holiday(d); ok {
		return spans
	}
	return h.week[d.weekday()]
}

// holiday gives the hours of a day on which the week does not count.
func (h *Hours) holiday(d date) (hours []span, ok bool) {
	if spans, ok := h.dates[d]; ok {
		return spans, true
	}
	if spans, ok := h.yearly[[2]int{int(d.month), d.day}]; ok {
		return spans, true
	}
	for year := d.year - 1; len(h.easter) > 0 && year <= d.year+1; year++ { // the distance may reach into another year
		if spans, ok := h.easter[d.number()-easterSunday(year).number()]; ok {
			return spans, true
		}
	}
	return nil, false
}

// NextChange gives the first instant after at from which it is open and was closed, or
// the other way about; ok is false when there is none within two years.
func (h *Hours) NextChange(at time.Time) (change time.Time, ok bool) {
	open := h.Open(at)
	at = at.In(h.zone)
	for end := at.AddDate(0, 0, lookAhead); at.Before(end); {
		if at = h.nextMark(at); h.Open(at) != open {
			return at, true
		}
	}
	return time.Time{}, false
}

// NextOpening gives the first instant from at on when it is open, which is at itself
// when it is open then; ok is false when there is none within two years.
func (h *Hours) NextOpening(at time.Time) (opening time.Time, ok bool) {
	if h.Open(at) {
		return at, true
	}
	return h.NextChange(at)
}

// nextMark gives the first instant after at when something may change: where a period
// begins or ends, at midnight, or where the clock is moved. Up to there, the time on
// the wall runs as time does.
func (h *Hours) nextMark(at time.Time) time.Time {
	since := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute +
		time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
	midnight := at.Add(-since) // by the clock as it is set now
	next := midnight.Add(minutesDay * time.Minute)
	for _, s := range h.of(dateOf(at)) {
		for _, minute := range [...]int{s.from, s.to} {
			mark := midnight.Add(time.Duration(minute) * time.Minute)
			if mark.After(at) && mark.Before(next) {
				next = mark
			}
		}
	}
	if _, moved := at.ZoneBounds(); !moved.IsZero() && moved.Before(next) {
		next = moved
	}
	return next
}

func dateOf(at time.Time) date {
	year, month, day := at.Date()
	return date{year, month, day}
}

// number counts days, so that dates can be subtracted.
func (d date) number() int {
	return int(time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// weekday is 0 on Mondays.
func (d date) weekday() int {
	return (int(time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Weekday()) + 6) % 7
}

// easterSunday of a year, by the Gregorian calendar: the anonymous algorithm that
// Nature published in 1876.
func easterSunday(year int) date {
	golden, century, rest := year%19, year/100, year%100
	moon := (19*golden + century - century/4 - (century-(century+8)/25+1)/3 + 15) % 30
	sunday := (32 + 2*(century%4) + 2*(rest/4) - moon - rest%4) % 7
	late := (golden + 11*moon + 22*sunday) / 451
	n := moon + sunday - 7*late + 114
	return date{year, time.Month(n / 31), n%31 + 1}
}
