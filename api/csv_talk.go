package api

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"portico/fault"
	"portico/schedule"
	"portico/talk"
)

// The tables of hours, chat languages and business units.

var (
	errWeek     = fault.New(fault.Invalid, "cell_week", "Hours are written as day>from>to with 0 for Monday, such as 0>08:00>18:00. With several, put ; between them.")
	errHolidays = fault.New(fault.Invalid, "cell_holidays", "A holiday is written as name>day>hours: the day is 2026-12-24, 12-24 for every year, or easter-2; the hours are such as 08:00>12:00, or nothing. With several, put ; between them.")
	errPairs    = fault.New(fault.Invalid, "cell_pairs", "Two texts with > between them are wanted, such as :-)>🙂. With several, put ; between them.")
)

func scheduleColumns() []column[schedule.Schedule] {
	return []column[schedule.Schedule]{
		textColumn("time_zone", func(b *schedule.Schedule) *string { return &b.TimeZone }),
		{name: "week", get: func(_ *namer, b schedule.Schedule) string { return week(b.Week) },
			set: func(_ *namer, cell string, b *schedule.Schedule) (err error) { b.Week, err = weekOf(cell); return err }},
		{name: "holidays", get: func(_ *namer, b schedule.Schedule) string { return holidays(b.Holidays) },
			set: func(_ *namer, cell string, b *schedule.Schedule) (err error) {
				b.Holidays, err = holidaysOf(cell)
				return err
			}},
	}
}

func week(all []schedule.Opening) string {
	parts := make([]string, len(all))
	for i, o := range all {
		parts[i] = joinList('>', []string{strconv.Itoa(o.Day), inList(o.From), inList(o.To)})
	}
	return joinList(';', parts)
}

func weekOf(cell string) ([]schedule.Opening, error) {
	all := []schedule.Opening{}
	for _, text := range splitList(';', cell) {
		parts := splitList('>', text)
		if len(parts) != 3 {
			return nil, errWeek
		}
		day, err := strconv.Atoi(parts[0])
		if err != nil {
			return nil, errWeek
		}
		all = append(all, schedule.Opening{Day: day, From: unescaped(parts[1]), To: unescaped(parts[2])})
	}
	return all, nil
}

// easterMark begins the day of a holiday that goes by Easter Sunday.
const easterMark = "easter"

func holidays(all []schedule.Holiday) string {
	parts := make([]string, len(all))
	for i, h := range all {
		day := h.Date
		if h.Easter != nil {
			day = fmt.Sprintf("%s%+d", easterMark, *h.Easter)
		}
		fields := []string{inList(h.Name), day}
		for _, p := range h.Periods {
			fields = append(fields, inList(p.From), inList(p.To))
		}
		parts[i] = joinList('>', fields)
	}
	return joinList(';', parts)
}

func holidaysOf(cell string) ([]schedule.Holiday, error) {
	all := []schedule.Holiday{}
	for _, text := range splitList(';', cell) {
		parts := splitList('>', text)
		if len(parts) < 2 || len(parts)%2 != 0 {
			return nil, errHolidays
		}
		h := schedule.Holiday{Name: unescaped(parts[0]), Date: parts[1], Yearly: len(parts[1]) == len("12-24")}
		if days, ok := strings.CutPrefix(parts[1], easterMark); ok {
			n, err := strconv.Atoi(days)
			if err != nil {
				return nil, errHolidays
			}
			h.Date, h.Yearly, h.Easter = "", false, &n
		}
		for hours := parts[2:]; len(hours) > 0; hours = hours[2:] {
			h.Periods = append(h.Periods, schedule.Period{From: unescaped(hours[0]), To: unescaped(hours[1])})
		}
		all = append(all, h)
	}
	return all, nil
}

func languageColumns() []column[talk.ChatLanguage] {
	columns := []column[talk.ChatLanguage]{
		wordColumn("pages", func(b *talk.ChatLanguage) *string { return &b.Pages }, "english", "deutsch", "francais", "portugues"),
		{name: "emoticons", get: func(_ *namer, b talk.ChatLanguage) string {
			parts := make([]string, len(b.Emoticons))
			for i, e := range b.Emoticons {
				parts[i] = inList(e.Code) + ">" + inList(e.Shows)
			}
			return joinList(';', parts)
		}, set: func(_ *namer, cell string, b *talk.ChatLanguage) error {
			b.Emoticons = []talk.Emoticon{}
			for _, text := range splitList(';', cell) {
				pair := splitList('>', text)
				if len(pair) != 2 {
					return errPairs
				}
				b.Emoticons = append(b.Emoticons, talk.Emoticon{Code: unescaped(pair[0]), Shows: unescaped(pair[1])})
			}
			return nil
		}},
	}
	for _, key := range talk.Messages() {
		columns = append(columns, column[talk.ChatLanguage]{name: "message:" + key,
			get: func(_ *namer, b talk.ChatLanguage) string { return b.Messages[key] },
			set: func(_ *namer, cell string, b *talk.ChatLanguage) error {
				b.Messages = maps.Clone(b.Messages)
				if cell == "" {
					delete(b.Messages, key)
				} else {
					b.Messages[key] = cell
				}
				return nil
			}})
	}
	return slices.Clip(columns)
}

func blockedColumns() []column[talk.BlockedSender] {
	return []column[talk.BlockedSender]{
		textColumn("sender", func(b *talk.BlockedSender) *string { return &b.Sender }),
		textColumn("note", func(b *talk.BlockedSender) *string { return &b.Note }),
	}
}

func unitColumns() []column[BusinessUnit] {
	return []column[BusinessUnit]{
		textColumn("time_zone", func(b *BusinessUnit) *string { return &b.TimeZone }),
		textColumn("country", func(b *BusinessUnit) *string { return &b.Country }),
		textColumn("language", func(b *BusinessUnit) *string { return &b.Language }),
		boolColumn("disabled", func(b *BusinessUnit) *bool { return &b.Disabled }),
		numberColumn("quota_users", func(b *BusinessUnit) *int { return &b.Quota.Users }),
		numberColumn("quota_queues", func(b *BusinessUnit) *int { return &b.Quota.Queues }),
		boolColumn("pick_by_permission", func(b *BusinessUnit) *bool { return &b.PickByPermission }),
	}
}
