package store_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"portico/acd"
	"portico/store"
)

func customer(unit acd.UnitID, name string, addresses ...store.Address) store.Customer {
	return store.Customer{ID: ids.ID(), Unit: unit, Name: name, ChangedAt: 5, ChangedBy: agentID(),
		CustomerBody: store.CustomerBody{Company: "Ships & Co", Language: "deutsch", Addresses: addresses, Note: "calls\noften",
			Fields: map[string]string{"tariff": "ü 7"}}}
}

func email(value string) store.Address { return store.Address{Kind: "email", Value: value} }
func phone(value string) store.Address { return store.Address{Kind: "phone", Value: value} }

// found gives the names of the customers that a text finds.
func found(t testing.TB, s *store.Store, unit acd.UnitID, find string) []string {
	t.Helper()
	page, _, err := s.CustomerPage(t.Context(), unit, find, "", 100)
	must(t, err)
	return texts(page, func(c store.Customer) string { return c.Name })
}

// What is kept of a customer is read back as it was, by unit; each change names what it
// replaces; an address is one customer's alone, however it is written, and is free again
// when it is given up.
func TestCustomers(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit := unitID()
		ada := customer(unit, "Ada Größe", email("Ada@Example.com"), phone("0049 30/12345"))
		must(t, save(t, s, store.PutCustomer{Customer: ada}))
		ada.Version = 1
		got, err := s.Customer(ctx, unit, ada.ID)
		must(t, err)
		want(t, "customer", got, ada)
		none[store.Customer](t, "foreign customer")(s.Customer(ctx, unitID(), ada.ID))

		for _, same := range []store.Address{email("ada@EXAMPLE.com"), phone("+49 (30) 123-45")} {
			bob := customer(unit, "Bob", email("bob@example.com"), same)
			audit := store.Audit{ID: ids.ID(), Unit: unit, Action: "refused"}
			if err := save(t, s, store.PutCustomer{Customer: bob}, audit); !errors.Is(err, store.ErrTaken) {
				t.Errorf("%v is another's: %v", same, err)
			}
			none[store.Customer](t, "refused customer")(s.Customer(ctx, unit, bob.ID))
			id, err := s.CustomerOf(ctx, unit, email("nobody@example.com"), email("no address"), same)
			must(t, err)
			want(t, "whose address", id, ada.ID)
		}
		none[[16]byte](t, "refused address")(s.CustomerOf(ctx, unit, email("bob@example.com")))
		none[[16]byte](t, "foreign address")(s.CustomerOf(ctx, unitID(), email("ada@example.com")))
		none[[16]byte](t, "no address")(s.CustomerOf(ctx, unit))

		now := ada
		now.Name, now.Addresses, now.Version = "Ada Smith", []store.Address{email("ada@example.com"), phone("030 99999")}, 2
		stale := ada
		stale.Version = 2
		if err := save(t, s, store.PutCustomer{Customer: now, Old: stale}); !errors.Is(err, store.ErrChanged) {
			t.Errorf("a change of another version: %v", err)
		}
		must(t, save(t, s, store.PutCustomer{Customer: now, Old: ada}))
		got, err = s.Customer(ctx, unit, ada.ID)
		must(t, err)
		want(t, "changed customer", got, now)
		want(t, "by the old name", found(t, s, unit, "größe"), nil)
		want(t, "by the new name", found(t, s, unit, "SMITH"), []string{"Ada Smith"})
		must(t, save(t, s, store.PutCustomer{Customer: customer(unit, "Bob", phone("+493012345"))}))

		if err := save(t, s, store.RemoveCustomer{Old: ada}); !errors.Is(err, store.ErrChanged) {
			t.Errorf("a removal of another version: %v", err)
		}
		must(t, save(t, s, store.RemoveCustomer{Old: now}))
		none[store.Customer](t, "removed customer")(s.Customer(ctx, unit, ada.ID))
		want(t, "rows of Bob", rowsOf(t, o, "customer", "customer_address", "customer_word"),
			map[string]int{"customer": 1, "customer_address": 1, "customer_word": 3})
		if err := save(t, s, store.PutCustomer{Customer: customer(unit, "x", email("no"))}); !errors.Is(err, store.ErrBadUnit) {
			t.Errorf("what is no address: %v", err)
		}
	})
}

// Two who want an address in the same commit do not both get it.
func TestAddressIsOneCustomers(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, unit := open(t, o), unitID()
		const together = 20
		answers := make(chan error, together)
		for i := range together {
			put := store.PutCustomer{Customer: customer(unit, fmt.Sprint("c", i), email(fmt.Sprintf("%d@example.com", i)), phone("+4930 12345"))}
			must(t, s.Submit(store.Channel, store.Unit{Rows: []store.Row{put}}, func(o store.Outcome) { answers <- o.Err }))
		}
		saved := 0
		for range together {
			if err := <-answers; err == nil {
				saved++
			} else if !errors.Is(err, store.ErrTaken) {
				t.Error(err)
			}
		}
		want(t, "saved", saved, 1)
		want(t, "rows", rowsOf(t, o, "customer", "customer_address"), map[string]int{"customer": 1, "customer_address": 2})
	})
}

// Customers are listed by name, page by page, each once; they are found by the beginnings
// of words of name, company and address.
func TestCustomerPages(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, unit := open(t, o), unitID()
		var names []string
		for i := range 25 {
			name := fmt.Sprintf("%c Meier", 'Z'-i%3)
			names = append(names, name)
			must(t, save(t, s, store.PutCustomer{Customer: customer(unit, name, email(fmt.Sprintf("anna.meier%d@example.com", i)),
				phone(fmt.Sprintf("+49 30 12 34 %02d", i)))}))
		}
		must(t, save(t, s, store.PutCustomer{Customer: customer(unitID(), "Foreign Meier")}))
		slices.Sort(names)
		for _, find := range []string{"", "mei", "meier anna", "ships", "anna.meier", "ANNA.M", "anna.meier1@", "+49 30", "0049301234", "4930"} {
			var got []string
			seen := map[[16]byte]bool{}
			for after := ""; ; {
				page, next, err := s.CustomerPage(t.Context(), unit, find, after, 7)
				must(t, err)
				for _, c := range page {
					got = append(got, c.Name)
					seen[c.ID] = true
				}
				if after = next; after == "" {
					break
				}
			}
			wanted := names
			if find == "anna.meier1@" {
				wanted = []string{"Y Meier"}
			}
			want(t, "found by "+find, got, wanted)
			want(t, "different ones", len(seen), len(wanted))
		}
		for _, find := range []string{"eier", "zacharias", "example", "anna.meier@", "+49 31", "…", "%"} {
			want(t, "found by "+find, found(t, s, unit, find), nil)
		}
		for _, after := range []string{"x", "!", strings.Repeat("A", 20) + "\n"} {
			if _, _, err := s.CustomerPage(t.Context(), unit, "", after, 7); !errors.Is(err, store.ErrPage) {
				t.Errorf("a page after %q: %v", after, err)
			}
		}
	})
}

// A contact tells whose it is: linked as it arrives, or later; the history of a customer
// holds open and ended ones, the newest first. Who is removed is nobody's customer.
func TestCustomerContacts(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx, unit := open(t, o), t.Context(), unitID()
		ada, bob := customer(unit, "Ada"), customer(unit, "Bob")
		must(t, save(t, s, store.PutCustomer{Customer: ada}))
		must(t, save(t, s, store.PutCustomer{Customer: bob}))
		ada.Version = 1
		var mine []acd.ContactID
		for i := range 5 {
			c := contact(unit, fmt.Sprint("c", i))
			c.At, c.Customer = acd.Time(10+i/2), ada.ID
			must(t, save(t, s, c, openRow(c, acd.Queued)))
			if i%2 == 0 {
				must(t, save(t, s, ended(c, 99)))
			}
			got, err := s.Contact(ctx, unit, c.ID)
			must(t, err)
			want(t, "whose it is", got.Customer, ada.ID)
			mine = append(mine, c.ID)
		}
		stranger := contact(unit, "stranger")
		stranger.Customer = customer(unit, "never kept").ID
		must(t, save(t, s, stranger, openRow(stranger, acd.Queued)))
		got, err := s.Contact(ctx, unit, stranger.ID)
		must(t, err)
		want(t, "whose it is", got.Customer, [16]byte{})
		must(t, s.OpenContacts(ctx, func(_ store.OpenContact, c store.Contact) error {
			if (c.Customer == ada.ID) == (c.ID == stranger.ID) {
				t.Errorf("the open contact %s is %v's", c.ClientID, c.Customer)
			}
			return nil
		}))
		history := func(id [16]byte) (all []acd.ContactID) {
			for after := ""; ; {
				page, next, err := s.CustomerContacts(ctx, unit, id, after, 2)
				must(t, err)
				for _, h := range page {
					all = append(all, h.ID)
					if (h.EndedAt == 0) != (h.State == acd.Queued) {
						t.Errorf("%s is %v, ended %d", h.Contact.ClientID, h.State, h.EndedAt)
					}
				}
				if after = next; after == "" {
					return all
				}
			}
		}
		slices.Reverse(mine)
		want(t, "history", history(ada.ID), mine)

		link := store.CustomerLink{Unit: unit, Contact: mine[0], Customer: bob.ID, At: 12}
		must(t, save(t, s, link))
		must(t, save(t, s, store.CustomerLink{Unit: unit, Contact: mine[1]}))
		must(t, save(t, s, store.CustomerLink{Unit: unitID(), Contact: mine[2]}))
		want(t, "history of the one", history(ada.ID), mine[2:])
		want(t, "history of the other", history(bob.ID), mine[:1])
		must(t, save(t, s, store.RemoveCustomer{Old: ada}))
		want(t, "history of who is removed", history(ada.ID), nil)
		must(t, s.Prune(ctx, store.Retention{Contacts: 100}))
		want(t, "links", rowsOf(t, o, "contact_customer"), map[string]int{"contact_customer": 0})
	})
}

// What is written of an address decides nothing: only what it is.
func TestAddressKey(t *testing.T) {
	for _, test := range []struct {
		kind, value, key string
	}{
		{"email", " Ann@Example.COM ", "ann@example.com"}, {"email", "a@b@c", "a@b@c"}, {"email", "ann", ""}, {"email", "@x", ""},
		{"email", "x@", ""}, {"email", "a b@c", ""}, {"phone", "+49 (30) 12-34/5.6", "+4930123456"}, {"phone", "0049 30 123456", "+4930123456"},
		{"phone", "030 123456", "030123456"}, {"phone", "1234", ""}, {"phone", "12+345", ""}, {"phone", "call me", ""}, {"phone", "", ""},
		{"other", " @Ann ", "@ann"}, {"other", "a\x00b", ""}, {"other", strings.Repeat("x", 321), ""}, {"fax", "12345", ""},
	} {
		if got := (store.Address{Kind: test.kind, Value: test.value}).Key(); got != test.key {
			t.Errorf("%s %q: %q, want %q", test.kind, test.value, got, test.key)
		}
	}
	all := store.ContactAddresses("030 123456", map[string]string{"email": "a@b", "phone": "x"})
	want(t, "addresses of a contact", all, []store.Address{{Kind: "email", Value: "a@b"}, {Kind: "phone", Value: "030 123456"},
		{Kind: "other", Value: "030 123456"}})
}

// Whatever is saved, changed and removed: addresses and words are those of the customers
// that are kept, and an address has one of them.
func TestCustomersAgreeWithTheirIndexes(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, unit := open(t, o), unitID()
		chance := rand.New(rand.NewPCG(1, 1))
		kept, whose := map[[16]byte]store.Customer{}, map[string][16]byte{}
		for range 150 {
			var old store.Customer
			if all := slices.SortedFunc(maps.Values(kept), func(a, b store.Customer) int { return strings.Compare(a.Name, b.Name) }); len(all) > 0 && chance.IntN(3) > 0 {
				old = all[chance.IntN(len(all))]
			}
			if old.Version > 0 && chance.IntN(4) == 0 {
				must(t, save(t, s, store.RemoveCustomer{Old: old}))
				delete(kept, old.ID)
				maps.DeleteFunc(whose, func(_ string, id [16]byte) bool { return id == old.ID })
				continue
			}
			c := customer(unit, fmt.Sprintf("n%d w%d", chance.IntN(1000), chance.IntN(5)))
			if old.Version > 0 {
				c.ID = old.ID
			}
			taken := false
			for range chance.IntN(4) {
				a := email(fmt.Sprintf("%d@example.com", chance.IntN(12)))
				if slices.Contains(c.Addresses, a) {
					continue
				}
				c.Addresses = append(c.Addresses, a)
				if id, ok := whose[a.Key()]; ok && id != c.ID {
					taken = true
				}
			}
			err := save(t, s, store.PutCustomer{Customer: c, Old: old})
			if taken != errors.Is(err, store.ErrTaken) || !taken && err != nil {
				t.Fatalf("taken %v: %v", taken, err)
			}
			if err != nil {
				continue
			}
			c.Version = old.Version + 1
			kept[c.ID] = c
			maps.DeleteFunc(whose, func(_ string, id [16]byte) bool { return id == c.ID })
			for _, a := range c.Addresses {
				whose[a.Key()] = c.ID
			}
		}
		for i := range 12 {
			a := email(fmt.Sprintf("%d@example.com", i))
			id, err := s.CustomerOf(t.Context(), unit, a)
			if want, ok := whose[a.Key()]; ok != (err == nil) || id != want {
				t.Errorf("%s is %x's, want %x (%v)", a.Value, id, want, err)
			}
		}
		for i := range 5 {
			word := fmt.Sprint("w", i)
			n := 0
			for _, c := range kept {
				if strings.HasSuffix(c.Name, word) {
					n++
				}
			}
			want(t, "found by "+word, len(found(t, s, unit, word)), n)
		}
	})
}

// No text makes an address whose key is another address's key once it is written anew.
func FuzzAddressKey(f *testing.F) {
	for _, seed := range []string{"ann@example.com", "+49 30 12345", "0049", "\u0130@x", "@"} {
		f.Add("email", seed)
		f.Add("phone", seed)
	}
	f.Fuzz(func(t *testing.T, kind, value string) {
		key := store.Address{Kind: kind, Value: value}.Key()
		if key == "" {
			return
		}
		if again := (store.Address{Kind: kind, Value: key}).Key(); len([]rune(key)) <= store.AddressMax && again != key {
			t.Errorf("%q has the key %q, which has %q", value, key, again)
		}
		if err := store.Check(store.PutCustomer{Customer: store.Customer{ID: [16]byte{1}, Unit: acd.UnitID{1}, Name: "n",
			CustomerBody: store.CustomerBody{Addresses: []store.Address{{Kind: kind, Value: value}}}}}); err != nil {
			t.Errorf("%q is an address that cannot be saved: %v", value, err)
		}
	})
}

// A search whose every word is common finds the same as one by a rare word: those who
// match, by name, each once.
func TestCommonWords(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, unit := open(t, o), unitID()
		const customers = 2200 // more than are sorted at once
		var rows []store.Row
		for i := range customers {
			c := customer(unit, fmt.Sprintf("Meier w%d", i%40), phone(fmt.Sprintf("+49 30 1%05d", i)), email(fmt.Sprintf("a_%d@example.com", i)))
			rows = append(rows, store.PutCustomer{Customer: c})
		}
		must(t, save(t, s, append(rows, store.PutCustomer{Customer: customer(unit, "Ax", email("axy@example.com"))})...))
		for find, count := range map[string]int{"meier": customers, "ships meier": customers, "w3 meier": customers / 40 * 11,
			"meier ships w39": customers / 40, "+49": customers, "49 30": customers, "a": customers + 1, "a_@": 0, "a_1@": 1} {
			n, last, seen := 0, "", map[[16]byte]bool{}
			for after := ""; ; {
				page, next, err := s.CustomerPage(t.Context(), unit, find, after, 700)
				must(t, err)
				for _, c := range page {
					if c.Name < last {
						t.Fatalf("%s after %s", c.Name, last)
					}
					n, last, seen[c.ID] = n+1, c.Name, true
				}
				if after = next; after == "" {
					break
				}
			}
			want(t, "found by "+find, n, count)
			want(t, "different ones by "+find, len(seen), count)
		}
	})
}
