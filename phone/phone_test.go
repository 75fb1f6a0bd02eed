package phone_test

import (
	"strings"
	"testing"

	"portico/phone"
)

// However people write a number of their country, it is one number; what is none stays
// as it was typed.
func TestNationalFormsAreOneNumber(t *testing.T) {
	for _, row := range []struct{ country, text, want string }{
		{"DE", "030 2345678", "+49 30 2345678"},
		{"DE", "(030) 234-5678", "+49 30 2345678"},
		{"DE", "0049 30 2345678", "+49 30 2345678"},
		{"DE", "+49 (0)30 2345678", "+49 30 2345678"},
		{"FR", "01 42 68 53 00", "+33 1 42 68 53 00"},
		{"PT", "213 456 789", "+351 21 345 6789"},
		{"US", "(212) 555-2368", "+1 212-555-2368"},
		{"", "030 2345678", "030 2345678"},
		{"DE", "12", "12"},
		{"DE", "anna@example.org", "anna@example.org"},
		{"DE", "", ""},
		{"XX", "030 2345678", "030 2345678"},
	} {
		if got := phone.International(row.country, row.text); got != row.want {
			t.Errorf("%s in %q is %q, want %q", row.text, row.country, got, row.want)
		}
	}
}

// The time zone tells the country, unless one is chosen.
func TestCountry(t *testing.T) {
	for _, row := range [][3]string{{"", "Europe/Berlin", "DE"}, {"", "Europe/Lisbon", "PT"}, {"fr", "Europe/Berlin", "FR"}, {"", "UTC", ""}, {"", "", ""}} {
		if got := phone.Country(row[0], row[1]); got != row[2] {
			t.Errorf("%q in %q is %q, want %q", row[0], row[1], got, row[2])
		}
	}
	if phone.Known("XX") || !phone.Known("de") {
		t.Error("known countries are others")
	}
}

// Data are compared by their number, and kept as they came.
func TestDataStay(t *testing.T) {
	data := map[string]string{"phone": "030 2345678", "name": "Ada"}
	if got := phone.In("DE", data); got["phone"] != "+49 30 2345678" || got["name"] != "Ada" || data["phone"] != "030 2345678" {
		t.Errorf("%v of %v", got, data)
	}
	if got := phone.In("DE", nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// No text brings it down, and what comes out is a number or the text itself.
func FuzzInternational(f *testing.F) {
	for _, seed := range []string{"030 2345678", "+", "00", "((((", "+49(0)30", "９９９"} {
		f.Add("DE", seed)
	}
	f.Fuzz(func(t *testing.T, country, text string) {
		if got := phone.International(country, text); got != text && !strings.HasPrefix(got, "+") {
			t.Errorf("%q in %q is %q", text, country, got)
		}
	})
}
