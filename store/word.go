package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"portico/acd"
)

// words are the words of a contact, for the search. The store submits them itself,
// behind the commits, with a wordMark that says how far it has come.
type (
	words struct {
		unit    acd.UnitID
		contact acd.ContactID
		words   []string
	}
	wordMark struct{ batch uint64 }
)

func (words) row()    {}
func (wordMark) row() {}

const (
	wordsMax  = 32 // words that are kept of a contact
	wordMax   = 40 // bytes of a word that are kept
	searchMax = 8  // words of a search that are looked at
	// indexPause is how long new contacts are let gather before they are indexed.
	indexPause = time.Second
	// indexMax is how many contacts are indexed before the progress is saved and waited
	// for, so that other trifles need not wait long behind them.
	indexMax = 50
)

// splitWords gives the different words of texts, folded, at most max of them.
func splitWords(max int, texts ...string) []string {
	var out []string
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(fold(text), isNoWord) {
			word = cutWord(word)
			if len(out) < max && !slices.Contains(out, word) {
				out = append(out, word)
			}
		}
	}
	return out
}

// contactWords gives the words by which a contact is found.
func contactWords(c Contact) []string { return splitWords(wordsMax, c.Name, c.Source, c.Caption) }

// index adds the words of new contacts and mails as long as the store is open. It goes
// on from where it was, so that the end of a process loses nothing.
func (s *Store) index(came <-chan struct{}) {
	for {
		if err := cmp.Or(s.indexNew(), s.indexMails()); err != nil {
			if errors.Is(err, ErrClosed) || errors.Is(err, ErrFenced) {
				return // the next process goes on
			}
			s.log.Warn("new contacts cannot be indexed yet", "err", err)
		} else {
			select {
			case <-s.closing:
				return
			case <-came:
			}
		}
		select {
		case <-s.closing:
			return
		case <-time.After(indexPause):
		}
	}
}

// indexNew indexes the contacts of all batches after the progress.
func (s *Store) indexNew() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	at, err := s.progress(ctx, progressWord)
	if err != nil {
		return err
	}
	var found []FactRow
	err = s.FactsSince(ctx, at, func(f FactRow) error {
		if len(found) >= indexMax && f.Key.Batch != at {
			if err := s.indexContacts(ctx, found, at); err != nil {
				return err
			}
			found = found[:0]
		}
		at = f.Key.Batch
		if f.Kind == acd.FactArrived {
			found = append(found, f)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		return err
	}
	return s.indexContacts(ctx, found, at)
}

// indexContacts saves the words of the contacts that these facts brought, and then
// the progress. Lazy units are saved in their order.
func (s *Store) indexContacts(ctx context.Context, facts []FactRow, batch uint64) error {
	for _, f := range facts {
		c, err := s.Contact(ctx, f.Unit, f.Contact)
		if errors.Is(err, ErrNone) {
			continue // pruned
		}
		if err != nil {
			return err
		}
		row := words{c.Unit, c.ID, contactWords(c)}
		if err := s.Submit(Lazy, Unit{Rows: []Row{row}}, nil); err != nil {
			return err
		}
	}
	saved := make(chan error, 1)
	if err := s.Submit(Lazy, Unit{Rows: []Row{wordMark{batch}}}, func(o Outcome) { saved <- o.Err }); err != nil {
		return err
	}
	return <-saved // the writer answers everybody before it ends
}
