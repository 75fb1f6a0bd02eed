package store_test

import (
	"fmt"
	"testing"

	"portico/store"
)

// What a desk asks of 100,000 customers: a page of all, those whom a text finds, and
// whose an address is.
func BenchmarkCustomers(b *testing.B) {
	run := func(b *testing.B, o store.Options) {
		s, unit := open(b, o), unitID()
		const customers = 100_000
		first := []string{"Ada", "Bob", "Carla", "Dino", "Anna", "Björn", "Zoë", "Luís"}
		var put []store.Row
		for i := range customers {
			name := fmt.Sprintf("%s Meier%d", first[i%len(first)], i%5000)
			put = append(put, store.PutCustomer{Customer: customer(unit, name, email(fmt.Sprintf("%s.meier%d@example.com", first[i%2], i)),
				phone(fmt.Sprintf("+49 30 %07d", i)))})
			if len(put) == 500 || i == customers-1 {
				must(b, save(b, s, put...))
				put = nil
			}
		}
		for name, ask := range map[string]func(i int) error{
			"list": func(int) error { _, _, err := s.CustomerPage(b.Context(), unit, "", "", 100); return err },
			"find-name": func(i int) error {
				page, _, err := s.CustomerPage(b.Context(), unit, fmt.Sprintf("ada meier%d", 1000+8*(i%200)), "", 100)
				return some(page, err)
			},
			"find-many": func(int) error {
				page, _, err := s.CustomerPage(b.Context(), unit, "a", "", 100)
				return some(page, err)
			},
			"find-all": func(int) error {
				page, _, err := s.CustomerPage(b.Context(), unit, "ships", "", 100)
				return some(page, err)
			},
			"find-mail": func(i int) error {
				page, _, err := s.CustomerPage(b.Context(), unit, fmt.Sprintf("ada.meier%d@", 2*(i%1000)), "", 100)
				return some(page, err)
			},
			"find-phone": func(i int) error {
				page, _, err := s.CustomerPage(b.Context(), unit, fmt.Sprintf("+49 30 %05d", i%1000), "", 100)
				return some(page, err)
			},
			"arrival": func(i int) error {
				_, err := s.CustomerOf(b.Context(), unit, store.ContactAddresses(fmt.Sprintf("ada.meier%d@example.com", 2*(i%1000)), nil)...)
				return err
			},
		} {
			b.Run(name, func(b *testing.B) {
				for i := range b.N {
					must(b, ask(i))
				}
			})
		}
	}
	b.Run("sqlite", func(b *testing.B) { run(b, store.Options{Dir: b.TempDir(), Site: 7, Log: quiet(b), ReadMax: patience}) })
	b.Run("postgres", func(b *testing.B) {
		run(b, store.Options{Dir: b.TempDir(), DSN: cluster.Database(b), Site: 7, Log: quiet(b), ReadMax: patience})
	})
}

// some is an error when nothing was found.
func some(page []store.Customer, err error) error {
	if err == nil && len(page) == 0 {
		err = store.ErrNone
	}
	return err
}
