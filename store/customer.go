package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/acd"
)

type (
	// Customer is somebody whom the company knows. Names may be shared; an address is
	// one customer's of the unit alone.
	Customer struct {
		ID        [16]byte
		Unit      acd.UnitID
		Name      string // 1–200 characters
		Version   uint32 // counts the changes from 1
		ChangedAt acd.Time
		ChangedBy acd.AgentID
		CustomerBody
	}

	// CustomerBody is what is kept of a customer beside the name. Its limits are the
	// doors'; the addresses are at most AddressesMax.
	CustomerBody struct {
		Company   string            `json:"company,omitempty"`
		Language  string            `json:"language,omitempty"`
		Addresses []Address         `json:"addresses,omitempty"`
		Note      string            `json:"note,omitempty"`
		Fields    map[string]string `json:"fields,omitempty"`
		Agent     acd.AgentID       `json:"agent,omitzero"` // who looks after the customer; zero: nobody in particular
	}

	// Address is where a customer is reached: of the kind email, phone or other.
	Address struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	}

	// PutCustomer creates a customer, or replaces Old, as it was read. It is a guard:
	// ErrChanged when Old is no longer what is kept, ErrTaken when an address is
	// another customer's. The version is one more than Old's.
	PutCustomer struct {
		Customer Customer
		Old      Customer // zero: the customer is new
	}

	// RemoveCustomer takes a customer away, with the links to the contacts. It is a
	// guard: ErrChanged when Old is no longer what is kept.
	RemoveCustomer struct{ Old Customer }

	// CustomerLink says whose contact it is; the zero Customer: nobody's. A customer who
	// is not there any more is passed over.
	CustomerLink struct {
		Unit     acd.UnitID
		Contact  acd.ContactID
		Customer [16]byte
		At       acd.Time // of the contact's arrival
	}
)

func (PutCustomer) row()    {}
func (RemoveCustomer) row() {}
func (CustomerLink) row()   {}

// The kinds of address.
const (
	AddressEmail = "email"
	AddressPhone = "phone"
	AddressOther = "other"
)

const (
	// AddressesMax is how many addresses a customer may have.
	AddressesMax = 20
	// AddressMax is how long an address may be, in characters.
	AddressMax = 320
	// digitsMin is how many digits a telephone number has at least: shorter ones are of
	// a house's own, and would join strangers.
	digitsMin = 5
)

// Key gives the address as addresses are compared: e-mail addresses and others
// without case, telephone numbers by their digits, with + for what is dialled first
// abroad. It is empty for what is no address of its kind.
func (a Address) Key() string {
	value := strings.TrimSpace(a.Value)
	if value == "" || utf8.RuneCountInString(value) > AddressMax || !utf8.ValidString(value) ||
		strings.ContainsFunc(value, unicode.IsControl) {
		return ""
	}
	switch a.Kind {
	case AddressEmail:
		at := strings.LastIndexByte(value, '@')
		if at < 1 || at == len(value)-1 || strings.ContainsFunc(value, unicode.IsSpace) {
			return ""
		}
		return fold(value)
	case AddressPhone:
		number, digits := phoneKey(value)
		if digits < digitsMin {
			return ""
		}
		return number
	case AddressOther:
		return fold(value)
	}
	return ""
}

// phoneKey gives the digits of a telephone number, and how many they are; none for
// a text that is no number.
func phoneKey(text string) (number string, digits int) {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" \u00a0-–/().", r):
		default:
			return "", 0
		}
	}
	number = b.String()
	if abroad, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + abroad
	}
	return number, len(strings.TrimPrefix(number, "+"))
}

// ContactAddresses gives the addresses by which a contact tells whose it is, the surest
// first: what its data say of e-mail and telephone, then where it came from.
func ContactAddresses(source string, data map[string]string) []Address {
	var out []Address
	for _, a := range [...]Address{{AddressEmail, data["email"]}, {AddressPhone, data["phone"]}, {AddressEmail, source},
		{AddressPhone, source}, {AddressOther, source}} {
		if a.Key() != "" {
			out = append(out, a)
		}
	}
	return out
}

// words gives the words by which a customer is found: those of the name and the
// company, and what stands before the @ of an e-mail address.
func (c Customer) words() []string {
	texts := []string{c.Name, c.Company}
	for _, a := range c.Addresses {
		switch a.Kind {
		case AddressEmail:
			local, _, _ := strings.Cut(a.Value, "@")
			texts = append(texts, local)
		case AddressOther:
			texts = append(texts, a.Value)
		}
	}
	return splitWords(wordsMax, texts...)
}

// spaced gives all that finds a customer, each behind a space.
func (c Customer) spaced() string {
	var b strings.Builder
	for _, word := range c.words() {
		b.WriteString(" " + word)
	}
	for _, a := range c.Addresses {
		b.WriteString(" " + a.Key())
	}
	return b.String()
}

// customerRow appends the ops of what changes customers.
func (e encoder) customerRow(w *work, row Row) {
	switch r := row.(type) {
	case PutCustomer:
		e.customer(w, r)
	case RemoveCustomer:
		unit, id := e.known(w, r.Old.Unit), e.known(w, r.Old.ID)
		w.guard(opCustomerDone, e.site, unit, id, int64(r.Old.Version))
		e.forget(w, r.Old, Customer{})
		w.add(opCustomerLinksDone, e.site, unit, id)
	case CustomerLink:
		e.link(w, r)
	}
}

// customer appends the guards of a customer, and takes away what the old one had.
func (e encoder) customer(w *work, r PutCustomer) {
	c := r.Customer
	w.limits(limit{"name", c.Name, 1, 200})
	if len(c.Addresses) > AddressesMax {
		w.spoil(errors.New("a customer has too many addresses"))
	}
	body, err := json.Marshal(c.CustomerBody)
	if err != nil {
		w.spoil(err)
	}
	unit, id, by, version := e.known(w, c.Unit), e.known(w, c.ID), e.orNull(c.ChangedBy), int64(r.Old.Version)+1
	if r.Old.Version == 0 {
		w.guard(opCustomerNew, e.site, unit, id, c.Name, fold(c.Name), c.spaced(), version, int64(c.ChangedAt), by, w.json(body))
	} else {
		w.guard(opCustomerPut, c.Name, fold(c.Name), c.spaced(), version, int64(c.ChangedAt), by, w.json(body), e.site, unit, id,
			int64(r.Old.Version))
	}
	for _, a := range c.Addresses {
		key := a.Key()
		if key == "" {
			w.spoil(fmt.Errorf("%q is no address of the kind %s", a.Value, a.Kind))
		}
		w.guard(opCustomerAddress, e.site, unit, a.Kind, key, id)
	}
	e.forget(w, r.Old, c)
	for _, word := range c.words() {
		w.add(opCustomerWord, e.site, unit, word, id)
	}
}

// forget takes away the addresses and words of a customer that the new one has no more.
func (e encoder) forget(w *work, old, new Customer) {
	if old.Version == 0 {
		return
	}
	unit, id := e.id(old.Unit), e.id(old.ID)
	for _, a := range old.Addresses {
		if !slices.ContainsFunc(new.Addresses, func(b Address) bool { return a.Kind == b.Kind && a.Key() == b.Key() }) {
			w.add(opCustomerAddressDone, e.site, unit, a.Kind, a.Key(), id)
		}
	}
	words := new.words()
	for _, word := range old.words() {
		if !slices.Contains(words, word) {
			w.add(opCustomerWordDone, e.site, unit, word, id)
		}
	}
}

func (e encoder) link(w *work, r CustomerLink) {
	unit, contact := e.known(w, r.Unit), e.known(w, r.Contact)
	if r.Customer == ([16]byte{}) {
		w.add(opCustomerLinkDone, e.site, unit, contact)
		return
	}
	w.add(opCustomerLink, contact, int64(r.At), e.site, unit, e.id(r.Customer))
}

const customerColumns = `c.unit, c.id, c.name, c.version, c.changed_at, c.changed_by, c.body`

func scanCustomer(rows *sql.Rows, c *Customer) error {
	var body []byte
	if err := rows.Scan((*scanID)(&c.Unit), (*scanID)(&c.ID), &c.Name, &c.Version, &c.ChangedAt, (*scanID)(&c.ChangedBy),
		&body); err != nil {
		return err
	}
	return json.Unmarshal(body, &c.CustomerBody)
}

// Customer gives a customer of a unit.
func (s *Store) Customer(ctx context.Context, unit acd.UnitID, id [16]byte) (Customer, error) {
	return one(ctx, s, scanCustomer, `select `+customerColumns+` from customer c where c.site = ? and c.unit = ? and c.id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// addressesAtOnce is how many addresses one query looks for.
const addressesAtOnce = 4

type addressRow struct {
	kind, key string
	customer  [16]byte
}

func scanAddress(rows *sql.Rows, a *addressRow) error {
	return rows.Scan(&a.kind, &a.key, (*scanID)(&a.customer))
}

// CustomerOf gives the customer who has the first of these addresses that is anybody's;
// ErrNone for none. What is no address is passed over.
func (s *Store) CustomerOf(ctx context.Context, unit acd.UnitID, addresses ...Address) ([16]byte, error) {
	for len(addresses) > 0 {
		some := addresses[:min(addressesAtOnce, len(addresses))]
		addresses = addresses[len(some):]
		args := []any{s.encoder.site, s.engine.id(unit)}
		for i := range addressesAtOnce { // the same query for any number
			a := some[min(i, len(some)-1)]
			args = append(args, a.Kind, a.Key())
		}
		found, err := list(ctx, s, scanAddress, `select kind, fold, customer from customer_address
			where site = ? and unit = ? and (kind, fold) in ((?, ?), (?, ?), (?, ?), (?, ?))`, args...)
		if err != nil {
			return [16]byte{}, err
		}
		for _, a := range some {
			for _, f := range found {
				if f.kind == a.Kind && f.key == a.Key() {
					return f.customer, nil
				}
			}
		}
	}
	return [16]byte{}, ErrNone
}

// CustomerContacts gives the contacts of a customer, open and ended, the newest first,
// and the key of the next page, empty after the last.
func (s *Store) CustomerContacts(ctx context.Context, unit acd.UnitID, customer [16]byte, after string, limit int,
) ([]HistoryRow, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	limit = limited(limit)
	// The page is cut before it is joined, whatever the engine believes of the tables.
	rows, err := list(ctx, s, scanHistory, `select `+contactColumns+`, h.ended_at, coalesce(h.state, o.state) from (
		select * from contact_customer where site = ? and unit = ? and customer = ? and (at, contact) < (?, ?)
		order by at desc, contact desc limit ?) l
		join contact c on c.site = l.site and c.unit = l.unit and c.id = l.contact
		left join history h on h.site = l.site and h.unit = l.unit and h.id = l.contact
		left join open_contact o on o.site = l.site and o.unit = l.unit and o.id = l.contact
		order by l.at desc, l.contact desc`,
		s.encoder.site, s.engine.id(unit), s.engine.id(customer), int64(key.at), s.engine.id(key.id), limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(h HistoryRow) pageKey { return pageKey{h.Contact.At, h.Contact.ID} })
	return rows, after, nil
}
