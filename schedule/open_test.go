package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // as the program has it
)

// daily is open from Monday to Sunday at the same hours.
func daily(zone string, hours ...string) Schedule {
	s := Schedule{TimeZone: zone}
	for day := range 7 {
		for i := 0; i < len(hours); i += 2 {
			s.Week = append(s.Week, Opening{day, hours[i], hours[i+1]})
		}
	}
	return s
}

func ready(t *testing.T, s Schedule) *Hours {
	t.Helper()
	h, err := New(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// changes lists when it opens (+) and closes (-) after one instant and up to another, in UTC.
func changes(h *Hours, from, to time.Time) string {
	var out []string
	for at := from; ; {
		next, ok := h.NextChange(at)
		if !ok || next.After(to) {
			return fmt.Sprint(out)
		}
		sign := "-"
		if h.Open(next) {
			sign = "+"
		}
		out = append(out, sign+next.UTC().Format("15:04"))
		at = next
	}
}

// On the days when the clock is moved it is open by what the clock on the wall shows:
// an hour leapt over is not there, one shown twice counts twice, and a day may begin
// after midnight or not be there at all.
func TestClockMoves(t *testing.T) {
	for _, test := range []struct {
		name, zone string
		hours      []string
		from, to   string
		want       string
	}{
		{"Berlin leaps from 2 to 3 within the hours", "Europe/Berlin", []string{"01:00", "05:00"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "[+00:00 -03:00]"},
		{"Berlin opens within the hour that is not there", "Europe/Berlin", []string{"02:30", "05:00"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "[+01:00 -03:00]"},
		{"Berlin closes within the hour that is not there", "Europe/Berlin", []string{"00:30", "02:30"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "[+23:30 -01:00]"},
		{"Berlin's hours are within the hour that is not there", "Europe/Berlin", []string{"02:15", "02:45"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "[]"},
		{"Berlin shows 2 to 3 twice, open from 2:30", "Europe/Berlin", []string{"02:30", "05:00"}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "[+00:30 -01:00 +01:30 -04:00]"},
		{"Berlin shows 2 to 3 twice, open up to 2:30", "Europe/Berlin", []string{"01:00", "02:30"}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "[+23:00 -00:30 +01:00 -01:30]"},
		{"Berlin shows 2 to 3 twice within the hours", "Europe/Berlin", []string{"01:00", "05:00"}, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "[+23:00 -04:00]"},
		{"New York leaps", "America/New_York", []string{"02:30", "09:00"}, "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "[+07:00 -13:00]"},
		{"New York repeats", "America/New_York", []string{"01:30", "09:00"}, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "[+05:30 -06:00 +06:30 -14:00]"},
		{"Lord Howe moves by half an hour", "Australia/Lord_Howe", []string{"01:45", "03:00"}, "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", "[+14:45 -15:00 +15:15 -16:30]"},
		{"São Paulo's day began at one", "America/Sao_Paulo", []string{"00:00", "08:00"}, "2017-10-14T12:00:00Z", "2017-10-15T12:00:00Z", "[+03:00 -10:00]"},
		{"São Paulo's Saturday had 25 hours", "America/Sao_Paulo", []string{"23:30", "24:00"}, "2018-02-17T12:00:00Z", "2018-02-18T12:00:00Z", "[+01:30 -02:00 +02:30 -03:00]"},
		{"Kathmandu never moves", "Asia/Kathmandu", []string{"09:00", "17:00"}, "2026-03-28T18:15:00Z", "2026-03-29T18:15:00Z", "[+03:15 -11:15]"},
		{"São Paulo moves its clock no more", "America/Sao_Paulo", []string{"00:00", "08:00"}, "2026-10-17T12:00:00Z", "2026-10-18T12:00:00Z", "[+03:00 -11:00]"},
		{"Casablanca goes back for Ramadan", "Africa/Casablanca", []string{"02:30", "05:00"}, "2026-02-14T23:00:00Z", "2026-02-15T23:00:00Z", "[+01:30 -02:00 +02:30 -05:00]"},
		{"Casablanca leaps after Ramadan", "Africa/Casablanca", []string{"01:00", "05:00"}, "2026-03-22T00:00:00Z", "2026-03-22T23:00:00Z", "[+01:00 -04:00]"},
		{"Lord Howe leaps half an hour", "Australia/Lord_Howe", []string{"01:45", "03:00"}, "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", "[+15:15 -16:00]"},
		{"several periods around the hour that is not there", "Europe/Berlin", []string{"01:00", "01:30", "02:10", "02:20", "02:50", "03:10", "04:00", "05:00"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "[+00:00 -00:30 +01:00 -01:10 +02:00 -03:00]"},
		{"Troll leaps two hours", "Antarctica/Troll", []string{"00:30", "04:00"}, "2026-03-28T23:59:00Z", "2026-03-29T12:00:00Z", "[+00:30 -02:00]"},
	} {
		h := ready(t, daily(test.zone, test.hours...))
		if got := changes(h, instant(t, test.from), instant(t, test.to)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	// Samoa had no Friday, 30 December 2011.
	s := Schedule{TimeZone: "Pacific/Apia", Week: []Opening{{4, "08:00", "12:00"}, {5, "09:00", "10:00"}}}
	if got := changes(ready(t, s), instant(t, "2011-12-29T12:00:00Z"), instant(t, "2012-01-02T00:00:00Z")); got != "[+19:00 -20:00]" {
		t.Errorf("Samoa's week without a Friday: %s", got)
	}
}

// A holiday takes the place of its day's hours: closed, shortened or opened, once, every
// year, or as Easter moves; one of a single year comes first, then the first written.
func TestHolidays(t *testing.T) {
	days := func(n int) *int { return &n }
	s := daily("Europe/Berlin", "08:00", "12:00", "13:00", "18:00")
	s.Holidays = []Holiday{
		{Name: "Good Friday", Easter: days(-2)},
		{Name: "Easter Sunday", Easter: days(0)},
		{Name: "Christmas Eve", Date: "12-24", Yearly: true, Periods: []Period{{"08:00", "12:00"}}},
		{Name: "Christmas Eve, later written", Date: "12-24", Yearly: true},
		{Name: "Stocktaking", Date: "2026-12-24", Periods: []Period{{"20:00", "24:00"}}},
		{Name: "Leap day", Date: "02-29", Yearly: true},
		{Name: "New Year's Eve", Date: "12-31", Yearly: true, Periods: []Period{{"18:00", "24:00"}}},
		{Name: "New Year's Day", Date: "01-01", Yearly: true, Periods: []Period{{"00:00", "02:00"}}},
	}
	h := ready(t, s)
	for _, test := range []struct{ day, want string }{
		{"2026-04-02", "[+06:00 -10:00 +11:00 -16:00]"},
		{"2026-04-03", "[]"}, {"2026-04-05", "[]"}, {"2027-03-26", "[]"}, {"2027-04-02", "[+06:00 -10:00 +11:00 -16:00]"},
		{"2025-12-24", "[+07:00 -11:00]"}, {"2026-12-24", "[+19:00 -23:00]"},
		{"2028-02-29", "[]"}, {"2028-02-28", "[+07:00 -11:00 +12:00 -17:00]"},
		{"2027-12-31", "[+17:00]"}, {"2028-01-01", "[-01:00]"},
	} {
		at, err := time.ParseInLocation(time.DateOnly, test.day, h.Zone())
		if err != nil {
			t.Fatal(err)
		}
		if got := changes(h, at.Add(-time.Nanosecond), at.AddDate(0, 0, 1)); got != test.want {
			t.Errorf("%s: %s, want %s", test.day, got, test.want)
		}
	}
}

// The next opening is at once where it is open, and none where it never opens; periods
// that touch, overlap or go over midnight are one.
func TestNextOpening(t *testing.T) {
	at := instant(t, "2026-11-21T15:00:00+01:00") // a Saturday
	office := Schedule{TimeZone: "Europe/Berlin"}
	for day := range 5 {
		office.Week = append(office.Week, Opening{day, "08:00", "18:00"})
	}
	h := ready(t, office)
	if next, ok := h.NextOpening(at); !ok || !next.Equal(instant(t, "2026-11-23T08:00:00+01:00")) {
		t.Errorf("on a Saturday it opens at %v, %v", next, ok)
	}
	monday := instant(t, "2026-11-23T09:30:00+01:00")
	if next, ok := h.NextOpening(monday); !ok || !next.Equal(monday) {
		t.Errorf("while it is open it opens at %v, %v", next, ok)
	}
	if next, ok := ready(t, Schedule{}).NextOpening(at); ok {
		t.Errorf("what never opens opens at %v", next)
	}
	if next, ok := ready(t, daily("", "12:00", "24:00", "00:00", "12:00")).NextChange(at); ok {
		t.Errorf("what is always open changes at %v", next)
	}
	s := Schedule{Week: []Opening{{5, "22:00", "24:00"}, {6, "00:00", "03:00"}, {6, "02:00", "04:00"}}}
	if got := changes(ready(t, s), at, at.AddDate(0, 0, 3)); got != "[+22:00 -04:00]" {
		t.Errorf("the night from Saturday to Sunday: %s", got)
	}
}

// What cannot be read is refused, not passed over.
func TestNewRefuses(t *testing.T) {
	week := func(day int, from, to string) Schedule {
		return Schedule{Week: []Opening{{day, from, to}}}
	}
	for _, s := range []Schedule{
		{TimeZone: "Europe/Atlantis"}, week(7, "08:00", "09:00"), week(-1, "08:00", "09:00"), week(0, "09:00", "08:00"), week(0, "09:00", "09:00"),
		week(0, "9:00", "10:00"), week(0, "09:60", "10:00"), week(0, "09:00", "24:01"), week(0, "24:00", "24:00"), week(0, "0a:00", "10:00"), week(0, "", ""),
		{Holidays: []Holiday{{Date: "12-24"}}}, {Holidays: []Holiday{{Date: "2026-12-24", Yearly: true}}}, {Holidays: []Holiday{{Date: "2026-02-30"}}},
		{Holidays: []Holiday{{}}}, {Holidays: []Holiday{{Date: "2026-12-24", Periods: []Period{{"1", "2"}}}}},
	} {
		if _, err := New(s, nil); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	if h := ready(t, daily("", "08:00", "09:00")); h.Zone() != time.UTC {
		t.Errorf("without any zone it is %v", h.Zone())
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if h, err := New(daily("", "08:00", "09:00"), berlin); err != nil || h.Zone() != berlin {
		t.Errorf("in the unit's zone: %v, %v", h, err)
	}
}

// fullMoons are the ecclesiastical full moons of 1900 to 2199 by golden number, as
// church calendars print them: Easter is the Sunday after. Days of March.
var fullMoons = [19]int{45, 34, 23, 42, 31, 49, 39, 28, 47, 36, 25, 44, 33, 22, 41, 30, 48, 38, 27}

func easterByTable(year int) time.Time {
	at := time.Date(year, time.March, fullMoons[year%19]+1, 0, 0, 0, 0, time.UTC)
	for at.Weekday() != time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// Easter is the Sunday after the church's full moon, in each year of three centuries.
func TestEaster(t *testing.T) {
	for year := 1900; year < 2200; year++ {
		if got, want := easterSunday(year), dateOf(easterByTable(year)); got != want {
			t.Errorf("Easter %d is on %v, want %v", year, got, want)
		}
	}
	for _, want := range []date{{1818, 3, 22}, {2285, 3, 22}, {2038, 4, 25}, {2024, 3, 31}, {2026, 4, 5}} {
		if got := easterSunday(want.year); got != want {
			t.Errorf("Easter is on %v, want %v", got, want)
		}
	}
}

// openByText reads a schedule as a person would, a minute at a time: the clock's text
// against the texts of the periods. It shares nothing with the program's reading.
func openByText(s Schedule, zone *time.Location, at time.Time) bool {
	at = at.In(zone)
	day, clock := at.Format("2006-01-02"), at.Format("15:04")
	within := func(periods []Period) bool {
		for _, p := range periods {
			if p.From <= clock && clock < p.To {
				return true
			}
		}
		return false
	}
	for _, h := range s.Holidays {
		if h.Easter == nil && !h.Yearly && h.Date == day {
			return within(h.Periods)
		}
	}
	for _, h := range s.Holidays {
		if h.Yearly && h.Date == day[5:] {
			return within(h.Periods)
		}
	}
	for _, year := range []int{at.Year() - 1, at.Year(), at.Year() + 1} {
		for _, h := range s.Holidays {
			if h.Easter != nil && easterByTable(year).AddDate(0, 0, *h.Easter).Format("2006-01-02") == day {
				return within(h.Periods)
			}
		}
	}
	var periods []Period
	for _, p := range s.Week {
		if time.Weekday((p.Day+1)%7) == at.Weekday() {
			periods = append(periods, Period{p.From, p.To})
		}
	}
	return within(periods)
}

// Made-up schedules around days on which clocks move, in many zones, are open in each
// minute in which a person who reads clock and schedule would say so, and the next
// change is the first minute that differs.
func TestAgainstClockReader(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "Europe/Lisbon", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe",
		"Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "Antarctica/Troll", "Asia/Gaza", "Pacific/Chatham"}
	for seed := range uint64(120) {
		random := rand.New(rand.NewPCG(seed, 1))
		zone, err := time.LoadLocation(zones[random.IntN(len(zones))])
		if err != nil {
			t.Fatal(err)
		}
		around := time.Date(2005+random.IntN(30), time.Month(1+random.IntN(12)), 1+random.IntN(28), random.IntN(24), random.IntN(60), 0, 0, zone)
		if _, moved := around.ZoneBounds(); random.IntN(4) > 0 && !moved.IsZero() {
			around = moved.Add(-time.Duration(random.IntN(60*24)) * time.Minute).Truncate(time.Minute)
		}
		s := madeUp(random, zone, around)
		h := ready(t, s)
		const minutes = 3 * 24 * 60
		var states [minutes]bool
		for i := range states {
			at := around.Add(time.Duration(i) * time.Minute)
			states[i] = openByText(s, zone, at)
			if h.Open(at) != states[i] {
				t.Fatalf("seed %d: open %v at %v, want %v\n%+v", seed, h.Open(at), at, states[i], s)
			}
		}
		for range 40 {
			i := random.IntN(minutes)
			want := i + 1
			for want < minutes && states[want] == states[i] {
				want++
			}
			if want == minutes {
				continue
			}
			at := around.Add(time.Duration(i)*time.Minute + time.Duration(random.IntN(60))*time.Second)
			if got, ok := h.NextChange(at); !ok || !got.Equal(around.Add(time.Duration(want)*time.Minute)) {
				t.Fatalf("seed %d: after %v it changes at %v, want %v\n%+v", seed, at, got, around.Add(time.Duration(want)*time.Minute), s)
			}
		}
	}
}

// madeUp gives a schedule with hours that often lie at the same place, and holidays near
// an instant.
func madeUp(random *rand.Rand, zone *time.Location, around time.Time) Schedule {
	s := Schedule{TimeZone: zone.String()}
	periods := func() (out []Period) {
		for range random.IntN(4) {
			from := random.IntN(24 * 4)
			to := from + 1 + random.IntN(24*4-from)
			out = append(out, Period{fmt.Sprintf("%02d:%02d", from/4, from%4*15), fmt.Sprintf("%02d:%02d", to/4, to%4*15)})
		}
		return out
	}
	for day := range 7 {
		for _, p := range periods() {
			s.Week = append(s.Week, Opening{day, p.From, p.To})
		}
	}
	for range random.IntN(5) {
		day := around.AddDate(0, 0, random.IntN(4))
		holiday := Holiday{Name: "made up", Periods: periods()}
		switch random.IntN(3) {
		case 0:
			holiday.Date = day.Format(time.DateOnly)
		case 1:
			holiday.Date, holiday.Yearly = day.Format("01-02"), true
		default:
			n := int(math.Round(day.Sub(easterByTable(day.Year()+random.IntN(2))).Hours() / 24))
			holiday.Easter = &n
		}
		s.Holidays = append(s.Holidays, holiday)
	}
	return s
}

// thousand are schedules of 50 periods a week and 60 holidays each, in many zones.
func thousand(b *testing.B) []Schedule {
	b.Helper()
	zones := []string{"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca"}
	all := make([]Schedule, 1000)
	for n := range all {
		s := Schedule{TimeZone: zones[n%len(zones)]}
		for i := range 50 {
			from := i / 7 * 3 * 60
			s.Week = append(s.Week, Opening{i % 7, clockText(from + n%60), clockText(from + 60 + n%60)})
		}
		for i := range 60 {
			day := i - 30
			switch i % 3 {
			case 0:
				s.Holidays = append(s.Holidays, Holiday{Name: "moves", Easter: &day})
			case 1:
				s.Holidays = append(s.Holidays, Holiday{Name: "yearly", Yearly: true, Date: fmt.Sprintf("%02d-%02d", 1+i%12, 1+i%28)})
			default:
				s.Holidays = append(s.Holidays, Holiday{Name: "once", Date: fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i%28)})
			}
		}
		if err := s.Check(); err != nil {
			b.Fatal(err)
		}
		all[n] = s
	}
	return all
}

func clockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// A thousand schedules made ready, asked whether they are open, and when that changes:
// the time is for all thousand together.
func BenchmarkThousand(b *testing.B) {
	all := thousand(b)
	ready := make([]*Hours, len(all))
	make1000 := func() {
		for i, s := range all {
			h, err := New(s, nil)
			if err != nil {
				b.Fatal(err)
			}
			ready[i] = h
		}
	}
	make1000()
	at := time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			make1000()
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			at = at.Add(time.Minute)
			for _, h := range ready {
				h.Open(at)
			}
		}
	})
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			at = at.Add(time.Minute)
			for _, h := range ready {
				h.NextChange(at)
			}
		}
	})
}
