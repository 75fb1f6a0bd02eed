// Package phone brings telephone numbers into the form in which they are compared:
// as they are dialled from abroad. It is pure: no I/O, no clock.
package phone

import (
	_ "embed"
	"maps"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// zones has a line for each time zone with the country that it belongs to first, from
// the time zone database (public domain).
//
//go:embed zones.txt
var zones string

// Country gives the country (ISO 3166-1, such as DE) in which numbers are dialled: the
// chosen one, else that of the time zone; empty where neither tells.
func Country(chosen, zone string) string {
	if chosen != "" {
		return strings.ToUpper(chosen)
	}
	_, rest, found := strings.Cut("\n"+zones, "\n"+zone+" ")
	if !found || zone == "" {
		return ""
	}
	country, _, _ := strings.Cut(rest, "\n")
	return country
}

// Known reports whether numbers of a country (ISO 3166-1) can be told from others.
func Known(country string) bool {
	return phonenumbers.GetCountryCodeForRegion(strings.ToUpper(country)) != 0
}

// International gives a number as it is dialled from abroad, such as +49 30 123456 for
// 030 123456 in DE. A text that is no valid number there is given back as it is.
func International(country, text string) string {
	if country == "" || len(text) > 40 || strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("+0123456789 \u00a0-–/().", r) }) {
		return text
	}
	number, err := phonenumbers.Parse(text, country)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return text
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// In gives contact data with the number that they hold as it is dialled from abroad; the
// data themselves stay as they are.
func In(country string, data map[string]string) map[string]string {
	number := International(country, data["phone"])
	if number == data["phone"] {
		return data
	}
	data = maps.Clone(data)
	data["phone"] = number
	return data
}
