package store_test

import (
	"testing"

	"portico/store"
)

// How far an erasure has come, and what is still in mailboxes, is read back as it was on
// both engines, by its own unit alone; what is done is under way no more.
func TestErasures(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit, foreign := unitID(), unitID()
		x := store.Erasure{Unit: unit, ID: ids.ID(), Customer: ids.ID(), At: 5, By: agentID(), State: store.ErasureRunning, ChangedAt: 5}
		m := store.ErasureMail{Unit: unit, Erasure: x.ID, Account: ids.ID(), Item: ids.ID(), Place: store.MailPlace{Folder: "Done", UIDValidity: 1 << 31, UID: 7}, MessageID: "<a@b>"}
		must(t, save(t, s, x, m, m))
		under, err := s.ErasuresUnderWay(t.Context())
		must(t, err)
		want(t, "under way", under, []store.Erasure{x})
		x.State, x.Contacts, x.Last, x.ChangedAt = store.ErasureMailboxes, 3, contactID(), 9
		must(t, save(t, s, x))
		all, next, err := s.Erasures(t.Context(), unit, "", 10)
		must(t, err)
		want(t, "all", all, []store.Erasure{x})
		want(t, "the next page", next, "")
		others, _, err := s.Erasures(t.Context(), foreign, "", 10)
		must(t, err)
		want(t, "another unit's", len(others), 0)
		waiting, err := s.ErasureWaiting(t.Context(), unit, x.ID)
		must(t, err)
		want(t, "waiting", waiting, map[[16]byte]int{m.Account: 1})
		mails, err := s.ErasureMails(t.Context(), unit, x.ID, m.Account, 10)
		must(t, err)
		want(t, "mails", mails, []store.ErasureMail{m})
		x.State = store.ErasureDone
		must(t, save(t, s, store.ErasureMailDone{Unit: unit, Erasure: x.ID, Account: m.Account, Item: m.Item}, x))
		waiting, err = s.ErasureWaiting(t.Context(), unit, x.ID)
		must(t, err)
		want(t, "waiting at last", len(waiting), 0)
		under, err = s.ErasuresUnderWay(t.Context())
		must(t, err)
		want(t, "under way at last", len(under), 0)
	})
}

// What there is of a customer is counted and found on both engines: contacts, mails by
// mailbox, what was left outside the hours, what was set aside, and what waits to leave.
func TestReach(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit := unitID()
		ann := store.Address{Kind: store.AddressEmail, Value: "Ann@example.com"}
		customer := store.Customer{ID: ids.ID(), Unit: unit, Name: "Ann", ChangedAt: 1, CustomerBody: store.CustomerBody{Addresses: []store.Address{ann}}}
		must(t, save(t, s, store.PutCustomer{Customer: customer}))
		rows, stray := mailOf(unit, "m1", "Hers", "Hello"), mailOf(unit, "m2", "Nobody's", "Hello")
		c := rows[1].(store.Contact)
		mail := rows[3].(store.Mail)
		mail.Account, mail.Place = ids.ID(), store.MailPlace{Folder: "Working", UIDValidity: 1, UID: 2}
		mail.From, mail.To = store.MailAddress{Address: "us@example.com"}, []store.MailAddress{{Address: "ann@example.com"}}
		rows[3] = mail
		out := store.MailOut{Unit: unit, ID: ids.ID(), Contact: c.ID, Seq: 1, Account: mail.Account, At: 3, State: store.OutQueued, Attempts: 2, NextAt: 9, Error: "later"}
		must(t, save(t, s, append(rows, store.CustomerLink{Unit: unit, Contact: c.ID, Customer: customer.ID, At: c.At}, out)...))
		must(t, save(t, s, stray...))
		reach, err := s.CustomerReach(t.Context(), unit, customer.ID)
		must(t, err)
		want(t, "reach", reach, store.Reach{Contacts: 1, Open: 1, Mails: map[[16]byte]int{mail.Account: 1}})
		findsOf(t, s, unit, store.ContactQuery{Words: ann.Value}, 2)
		from, err := s.ContactsFrom(t.Context(), unit, ann)
		must(t, err)
		want(t, "from there", len(from), 1)
		want(t, "which", from[0].Contact.ID, stray[1].(store.Contact).ID)

		for _, q := range []store.WaitingQuery{{}, {Account: mail.Account}, {Delayed: true}, {Account: mail.Account, Delayed: true}} {
			waiting, err := s.WaitingMails(t.Context(), unit, q, [16]byte{}, 10)
			must(t, err)
			want(t, "what waits", waiting, []store.WaitingMail{{MailOut: out, Subject: mail.Subject, From: mail.From, To: mail.To}})
		}
		waiting, err := s.WaitingMails(t.Context(), unit, store.WaitingQuery{Account: ids.ID()}, [16]byte{}, 10)
		must(t, err)
		want(t, "of another mailbox", len(waiting), 0)

		must(t, save(t, s, offline(unit, "o1")))
		n, err := s.OfflineOf(t.Context(), unit, customer.Addresses)
		must(t, err)
		want(t, "left outside the hours", n, 1)
		n, err = s.EraseOffline(t.Context(), unit, customer.Addresses)
		must(t, err)
		want(t, "erased of it", n, 1)
		n, err = s.OfflineOf(t.Context(), unit, customer.Addresses)
		must(t, err)
		want(t, "left of it", n, 0)

		sender := store.KeyOf("ann@example.com")
		l := store.MailLedger{Account: mail.Account, UIDValidity: 1, UID: 3, Unit: unit, Parts: 1, Twin: store.Twin{Message: ids.ID()}, Sender: sender, At: 1,
			State: store.LedgerBlocked, Note: "Ann"}
		must(t, save(t, s, l))
		aside, err := s.LedgerOf(t.Context(), unit, sender)
		must(t, err)
		want(t, "set aside", aside, []store.MailLedger{l})
		must(t, save(t, s, store.LedgerForgotten{Account: l.Account, UIDValidity: 1, UID: 3, Unit: unit}))
		aside, err = s.LedgerOf(t.Context(), unit, sender)
		must(t, err)
		want(t, "set aside and forgotten", len(aside), 0)
	})
}
