package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"

	"portico/acd"
)

// mailWords are the words of one mail, for the search. Lazy: the store submits them
// itself, behind the commits.
type mailWords struct {
	mailAt
	words string // parted by spaces
}

// mailAt names the message of a mail.
type mailAt struct {
	unit    acd.UnitID
	contact acd.ContactID
	seq     int64
}

func (mailWords) row() {}

const (
	// mailWordsMax is how many different words of a mail are found.
	mailWordsMax = 5000
	// mailsIndexed is how many mails are read before what was found out is waited for:
	// a slice of the class Lazy.
	mailsIndexed = lazyRows
)

// unitWord stands among the words of each mail of a unit, so that the index itself finds
// next to no others. A customer may write it too: the search asks for the unit besides.
func unitWord(unit acd.UnitID) string { return "u" + hex.EncodeToString(unit[:]) }

// textWords gives the different words of texts, folded, at most mailWordsMax of them,
// parted by spaces.
func textWords(first string, texts ...string) string {
	var out strings.Builder
	out.WriteString(first)
	seen := map[string]bool{}
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(fold(text), isNoWord) {
			word = cutWord(word)
			if seen[word] {
				continue
			}
			if seen[word] = true; len(seen) > mailWordsMax {
				return out.String()
			}
			out.WriteByte(' ')
			out.WriteString(word)
		}
	}
	return out.String()
}

// isNoWord reports whether a character parts words.
func isNoWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// cutWord gives what is kept of a word.
func cutWord(word string) string { return strings.ToValidUTF8(word[:min(len(word), wordMax)], "") }

// indexMails reads the words of mails that came, until there is none left.
func (s *Store) indexMails() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		found, err := list(ctx, s, func(rows *sql.Rows, m *mailAt) error {
			return rows.Scan((*scanID)(&m.unit), (*scanID)(&m.contact), &m.seq)
		}, `select unit, contact, seq from mail_text where site = ? and words is null order by unit, contact, seq limit ?`, s.encoder.site, mailsIndexed)
		if err != nil || len(found) == 0 {
			return err
		}
		saved := make(chan error, len(found))
		for _, m := range found {
			row := mailWords{mailAt: m}
			if row.words, err = s.wordsOfMail(ctx, m); err != nil {
				return err
			}
			if err := s.Submit(Lazy, Unit{Rows: []Row{row}}, func(o Outcome) { saved <- o.Err }); err != nil {
				return err
			}
		}
		for range found { // the writer answers everybody before it ends
			if err := <-saved; err != nil {
				return err
			}
		}
		if len(found) < mailsIndexed {
			return nil
		}
	}
}

// wordsOfMail reads what a mail is found by: who it is of, its subject and its text.
func (s *Store) wordsOfMail(ctx context.Context, at mailAt) (string, error) {
	type texts struct{ name, source, caption, subject, text string }
	t, err := one(ctx, s, func(rows *sql.Rows, t *texts) error {
		return rows.Scan(&t.name, &t.source, &t.caption, &t.subject, &t.text)
	}, `select c.name, c.source, c.caption, m.subject, coalesce(t.text, '') from mail m
		join contact c on c.site = m.site and c.unit = m.unit and c.id = m.contact
		left join message t on t.site = m.site and t.unit = m.unit and t.contact = m.contact and t.seq = m.seq
		where m.site = ? and m.unit = ? and m.contact = ? and m.seq = ?`, s.encoder.site, s.engine.id(at.unit), s.engine.id(at.contact), at.seq)
	if errors.Is(err, ErrNone) { // pruned meanwhile
		return unitWord(at.unit), nil
	}
	return textWords(unitWord(at.unit), t.name, t.source, t.caption, t.subject, t.text), err
}

// foundMax is how many mails are found for a search, the newest.
const foundMax = 20_000

// mailsWith gives the query of the contacts with a mail that holds words beginning so.
func (s *Store) mailsWith(unit acd.UnitID, find []string) (text string, args []any) {
	condition, match := s.engine.mailsWith(unitWord(unit), find)
	return `select contact from mail_text ` + condition, []any{match, foundMax}
}
