// Package schedule holds when something is open: a week, and holidays that come
// before it. It is pure: no I/O, no clock; whoever asks brings the moment and the
// business unit's time zone.
package schedule

import (
	"fmt"
	"strconv"
	"time"

	"portico/fault"
)

// Limits of a schedule.
const (
	PeriodsMax  = 100 // of a week
	HolidaysMax = 500 // movable and yearly ones count once
	HolidayMax  = 10  // periods of one holiday
	NameMax     = 100 // bytes of a holiday's name
	EasterMax   = 200 // days from Easter Sunday, before and after
	minutesDay  = 24 * 60
)

// Schedule says when something is open. Times are of the wall clock in its time
// zone; where a clock is put forward, a time that does not exist is the moment of
// the change.
type Schedule struct {
	TimeZone string    `json:"time_zone" maxLength:"64" doc:"IANA name, such as Europe/Berlin; empty: the unit's"`
	Week     []Opening `json:"week" nullable:"false" maxItems:"100" doc:"when it is open in a week without holidays"`
	Holidays []Holiday `json:"holidays" nullable:"false" maxItems:"500" doc:"days on which the week does not count"`
}

// Opening is a period of each week.
type Opening struct {
	Day  int    `json:"day" minimum:"0" maximum:"6" doc:"0: Monday … 6: Sunday"`
	From string `json:"from" maxLength:"5" doc:"HH:MM"`
	To   string `json:"to" maxLength:"5" doc:"HH:MM, later than from; 24:00 is the end of the day"`
}

// Period is a part of one day.
type Period struct {
	From string `json:"from" maxLength:"5" doc:"HH:MM"`
	To   string `json:"to" maxLength:"5" doc:"HH:MM, later than from; 24:00 is the end of the day"`
}

// Holiday is a day on which its own periods count in place of the week's. It is
// named by a date, a day of each year, or its distance from Easter Sunday.
type Holiday struct {
	Name    string   `json:"name" maxLength:"100"`
	Date    string   `json:"date,omitempty" maxLength:"10" doc:"YYYY-MM-DD, or MM-DD with yearly"`
	Yearly  bool     `json:"yearly" required:"false" default:"false" doc:"every year on this day; the date is MM-DD"`
	Easter  *int     `json:"easter,omitempty" minimum:"-200" maximum:"200" doc:"days after Easter Sunday of each year, in place of a date; -2 is Good Friday"`
	Periods []Period `json:"periods,omitempty" nullable:"false" maxItems:"10" doc:"when it is open on that day; none: closed all day"`
}

// Check gives the fault invalid, with the field, when a value is out of range or
// periods of a day overlap.
func (s Schedule) Check() error {
	if s.TimeZone == "Local" {
		return wrong("time_zone", "There is no such time zone. Use a name such as Europe/Berlin.")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		return wrong("time_zone", "There is no such time zone. Use a name such as Europe/Berlin.")
	}
	if len(s.Week) > PeriodsMax {
		return wrong("week", fmt.Sprintf("A week may have at most %d periods.", PeriodsMax))
	}
	var days [7]day
	for i, o := range s.Week {
		at := index("week", i)
		if o.Day < 0 || o.Day > 6 {
			return wrong(at+".day", "The day must be from 0, Monday, to 6, Sunday.")
		}
		if err := days[o.Day].add(at, o.From, o.To); err != nil {
			return err
		}
	}
	if len(s.Holidays) > HolidaysMax {
		return wrong("holidays", fmt.Sprintf("There may be at most %d holidays.", HolidaysMax))
	}
	for i, h := range s.Holidays {
		if err := h.check(index("holidays", i)); err != nil {
			return err
		}
	}
	return nil
}

func (h Holiday) check(at string) error {
	if h.Name == "" || len(h.Name) > NameMax {
		return wrong(at+".name", fmt.Sprintf("A holiday needs a name of at most %d bytes.", NameMax))
	}
	switch {
	case h.Easter != nil && (h.Date != "" || h.Yearly):
		return wrong(at+".easter", "A holiday has a date or a distance from Easter, not both.")
	case h.Easter != nil && (*h.Easter < -EasterMax || *h.Easter > EasterMax):
		return wrong(at+".easter", fmt.Sprintf("A holiday is at most %d days before or after Easter Sunday.", EasterMax))
	case h.Easter == nil && h.Yearly:
		// 2024 has a 29 February: such a holiday is kept in leap years.
		if _, err := time.Parse(time.DateOnly, "2024-"+h.Date); err != nil {
			return wrong(at+".date", "A yearly holiday needs a month and a day, such as 12-25.")
		}
	case h.Easter == nil:
		if _, err := time.Parse(time.DateOnly, h.Date); err != nil {
			return wrong(at+".date", "A holiday needs a date such as 2026-12-25.")
		}
	}
	if len(h.Periods) > HolidayMax {
		return wrong(at+".periods", fmt.Sprintf("A holiday may have at most %d periods.", HolidayMax))
	}
	var d day
	for i, p := range h.Periods {
		if err := d.add(index(at+".periods", i), p.From, p.To); err != nil {
			return err
		}
	}
	return nil
}

// day gathers the periods of one day, in minutes.
type day [][2]int

func (d *day) add(at, from, to string) error {
	begin, ok := Minutes(from)
	if !ok || begin == minutesDay {
		return wrong(at+".from", "A time is written as 08:30, from 00:00 to 23:59.")
	}
	end, ok := Minutes(to)
	if !ok {
		return wrong(at+".to", "A time is written as 17:30, to 24:00 at most.")
	}
	if end <= begin {
		return wrong(at+".to", "A period must end later than it begins. One over midnight is two: until 24:00, and from 00:00 of the next day.")
	}
	for _, have := range *d {
		if begin < have[1] && have[0] < end {
			return wrong(at, "Two periods of the same day overlap.")
		}
	}
	*d = append(*d, [2]int{begin, end})
	return nil
}

// Minutes reads HH:MM as minutes since midnight, 24:00 included.
func Minutes(text string) (minutes int, ok bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	h, err := strconv.ParseUint(text[:2], 10, 8)
	if err != nil {
		return 0, false
	}
	m, err := strconv.ParseUint(text[3:], 10, 8)
	if err != nil || m > 59 {
		return 0, false
	}
	minutes = int(h)*60 + int(m)
	return minutes, minutes <= minutesDay
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func wrong(field, sentence string) error {
	return fault.New(fault.Invalid, "invalid", sentence).On(field)
}
