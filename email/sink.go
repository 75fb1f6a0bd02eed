package email

import (
	"context"
	"errors"
	"fmt"

	"portico/acd"
	"portico/letter"
	"portico/mailbox"
	"portico/store"
)

// sink takes what arrives in the mailboxes.
type sink struct{ *Channel }

var _ mailbox.Sink = sink{}

// Position says where intake goes on.
func (s sink) Position(ctx context.Context, account mailbox.ID, validity uint32) (mailbox.Position, error) {
	p, err := s.o.Store.MailPosition(ctx, account)
	switch {
	case err == nil && p.UIDValidity == validity:
		return mailbox.Position{Next: max(p.Next, 1)}, nil
	case err == nil:
		return mailbox.Position{Next: 1, Changed: true}, nil
	case !errors.Is(err, store.ErrNone):
		return mailbox.Position{}, fmt.Errorf("reading how far a mailbox was read: %w", err)
	}
	last, err := s.o.Store.LedgerValidity(ctx, account)
	switch {
	case errors.Is(err, store.ErrNone):
		return mailbox.Position{}, nil
	case err != nil:
		return mailbox.Position{}, fmt.Errorf("reading the ledger: %w", err)
	}
	return mailbox.Position{Next: 1, Changed: last != validity}, nil
}

// Known gives what became of messages that were taken before: under their own numbers, or,
// after the mailbox has numbered them anew, by all else that they are known by.
func (s sink) Known(ctx context.Context, account mailbox.ID, validity uint32, prints []mailbox.Print) (map[uint32]mailbox.Outcome, error) {
	out := make(map[uint32]mailbox.Outcome, len(prints))
	entries := map[uint32][]store.MailLedger{}
	const span = 400 // UIDs at a time: each may have entries of several units
	for at := 0; at < len(prints); {
		first, last := prints[at].UID, prints[at].UID
		end := at
		for end < len(prints) && prints[end].UID >= first && prints[end].UID-first < span {
			last = max(last, prints[end].UID)
			end++
		}
		found, err := s.o.Store.LedgerRange(ctx, account, validity, first, last)
		if err != nil {
			return nil, fmt.Errorf("reading the ledger: %w", err)
		}
		for _, e := range found {
			entries[e.UID] = append(entries[e.UID], e)
		}
		at = end
	}
	for _, p := range prints {
		of := entries[p.UID]
		if len(of) == 0 && p.HeaderHash != ([32]byte{}) {
			var err error
			if of, err = s.renumbered(ctx, account, validity, p); err != nil {
				return nil, err
			}
		}
		if isWhole(of) {
			out[p.UID] = s.outcome(of)
		}
	}
	return out, nil
}

// twinOf is what a message is known by whatever its number.
func twinOf(p mailbox.Print) store.Twin {
	t := store.Twin{Message: store.KeyOf(p.MessageID), InternalAt: acd.At(p.InternalDate), Size: p.Size}
	if p.HeaderHash != ([32]byte{}) {
		t.Header = [16]byte(p.HeaderHash[:16])
	}
	return t
}

// renumbered looks for a message under a number of before the mailbox numbered its
// messages anew. Two that are the same by all that they are known by are told apart by
// how many there are.
func (s sink) renumbered(ctx context.Context, account [16]byte, validity uint32, p mailbox.Print) ([]store.MailLedger, error) {
	twin := twinOf(p)
	twins, err := s.o.Store.LedgerTwins(ctx, account, twin)
	if err != nil {
		return nil, fmt.Errorf("looking for a message of before: %w", err)
	}
	var before uint32 // the UIDVALIDITY of the last one before
	taken := map[uint32]bool{}
	for _, t := range twins {
		if t.UIDValidity == validity {
			taken[t.UID] = true
		} else {
			before = t.UIDValidity
		}
	}
	olds := map[uint32][]store.MailLedger{}
	var order []uint32
	for _, t := range twins {
		if t.UIDValidity != before || before == 0 || t.Header != twin.Header && t.Header != ([16]byte{}) {
			continue
		}
		if olds[t.UID] == nil {
			order = append(order, t.UID)
		}
		olds[t.UID] = append(olds[t.UID], t)
	}
	if len(taken) >= len(order) {
		return nil, nil
	}
	old := olds[order[len(taken)]]
	var rows []store.Row
	for i := range old {
		old[i].UIDValidity, old[i].UID = validity, p.UID
		rows = append(rows, old[i])
	}
	return old, s.save(ctx, rows...)
}

// outcome says where a message belongs.
func (s sink) outcome(entries []store.MailLedger) mailbox.Outcome {
	place := mailbox.Done
	for _, e := range entries {
		switch e.State {
		case store.LedgerNoAlias, store.LedgerHeld, store.LedgerRefused:
			return mailbox.Outcome{Place: mailbox.Exceptions}
		case store.LedgerRouted:
			if _, open := s.open(e.Unit, e.Contact); open {
				place = mailbox.Working
			}
		}
	}
	return mailbox.Outcome{Place: place}
}

var errAccountGone = errors.New("the account is not there any more")

// Take makes contacts of a message.
func (s sink) Take(ctx context.Context, in *mailbox.Incoming) (mailbox.Outcome, error) {
	setup := s.o.Setup()
	account, ok := setup.Account(in.Account)
	if !ok {
		return mailbox.Outcome{}, errAccountGone
	}
	if in.Mail == nil {
		in.Mail = &letter.Mail{Broken: "The message could not be read.", Text: "The message could not be read."}
	}
	entries, err := s.take(ctx, incoming{account: &account, setup: setup, mail: in.Mail, twin: twinOf(in.Print()),
		place: store.MailPlace{Folder: in.Folder, UIDValidity: in.UIDValidity, UID: in.Ref.UID}})
	if err != nil {
		return mailbox.Outcome{}, err
	}
	return s.outcome(entries), nil
}

// Moved notes where messages went.
func (s sink) Moved(ctx context.Context, moves []mailbox.Move) error {
	const most = 100
	for len(moves) > 0 {
		n := min(most, len(moves))
		rows := make([]store.Row, n)
		for i, m := range moves[:n] {
			rows[i] = store.MailMoved{Account: m.From.Account, From: placeOf(m.From), To: placeOf(m.To)}
		}
		if err := s.save(ctx, rows...); err != nil {
			return err
		}
		moves = moves[n:]
	}
	return nil
}

// placeOf gives the place as it is kept.
func placeOf(r mailbox.Ref) store.MailPlace {
	return store.MailPlace{Folder: r.Folder, UIDValidity: r.UIDValidity, UID: r.UID}
}

// Advance notes that everything below next is done with.
func (s sink) Advance(_ context.Context, account mailbox.ID, validity, next uint32) error {
	return s.o.Store.Submit(store.Lazy, store.Unit{Rows: []store.Row{store.MailPosition{Account: account, UIDValidity: validity, Next: next}}}, nil)
}
