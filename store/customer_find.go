package store

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/acd"
)

// customerKey is where a list of customers goes on: behind this name and id.
type customerKey struct {
	fold string
	id   [16]byte
}

func (k customerKey) String() string {
	return base64.RawURLEncoding.EncodeToString(append(k.id[:], k.fold...))
}

func parseCustomerKey(text string) (customerKey, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 16 || !utf8.Valid(b[16:]) || slices.Contains(b[16:], 0) || strings.ContainsAny(text, "\r\n") {
		return customerKey{}, ErrPage
	}
	return customerKey{string(b[16:]), [16]byte(b)}, nil
}

// commonMin is from how many customers on a part of a search is common: it is then
// quicker to walk them by name until the page is full than to sort all that it finds.
const commonMin = 2000

// term is one part of a search: customers have to match any of its beginnings.
type term struct {
	kind     string   // of address; empty: words
	prefixes []string // folded
}

// terms gives the parts of a search: an e-mail address or a telephone number by its
// beginning, all else by the beginnings of its words.
func terms(find string) []term {
	number, digits := phoneKey(find)
	switch {
	case strings.ContainsRune(find, '@'):
		return []term{{AddressEmail, []string{fold(find)}}}
	case digits > 0 && number[0] != '+':
		return []term{{AddressPhone, []string{number, "+" + number}}}
	case digits > 0:
		return []term{{AddressPhone, []string{number}}}
	}
	var out []term
	for _, word := range splitWords(searchMax, find) {
		out = append(out, term{"", []string{word}})
	}
	return out
}

// query gives the query of the ids of those whom the term finds.
func (t term) query(s *Store, unit acd.UnitID) (text string, args []any) {
	for i, prefix := range t.prefixes {
		if i > 0 {
			text += ` union all `
		}
		if t.kind == "" {
			text += `select customer from customer_word where site = ? and unit = ? and word >= ? and word < ?`
			args = append(args, s.encoder.site, s.engine.id(unit))
		} else {
			text += `select customer from customer_address where site = ? and unit = ? and kind = ? and fold >= ? and fold < ?`
			args = append(args, s.encoder.site, s.engine.id(unit), t.kind)
		}
		args = append(args, prefix, prefix+string(unicode.MaxRune))
	}
	return text, args
}

// condition gives what a customer's words must be like.
func (t term) condition() (text string, args []any) {
	for i, prefix := range t.prefixes {
		if i > 0 {
			text += ` or `
		}
		text += `c.words like ? escape '\'`
		args = append(args, "% "+likeText(prefix)+"%")
	}
	return `(` + text + `)`, args
}

// likeText gives a text as a part of a pattern.
func likeText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// rarest gives the term that finds the fewest customers, or -1 when all are common.
func (s *Store) rarest(ctx context.Context, unit acd.UnitID, all []term) (int, error) {
	best, least := -1, int64(commonMin)
	for i, t := range all {
		text, args := t.query(s, unit)
		n, err := one(ctx, s, scanNumber, `select count(*) from (select 1 from (`+text+`) q limit ?) n`, append(args, commonMin)...)
		if err != nil {
			return 0, err
		}
		if n < least {
			best, least = i, n
		}
	}
	return best, nil
}

// CustomerPage gives the unit's customers by name, and the key of the next page, empty
// after the last. Find keeps those whose name, company or address begins so, each word
// for itself; empty: all.
func (s *Store) CustomerPage(ctx context.Context, unit acd.UnitID, find, after string, limit int) ([]Customer, string, error) {
	var key customerKey
	if after != "" {
		var err error
		if key, err = parseCustomerKey(after); err != nil {
			return nil, "", err
		}
	}
	limit = limited(limit)
	find = strings.TrimSpace(find)
	all := terms(find)
	if find != "" && len(all) == 0 {
		return nil, "", nil
	}
	rare, err := s.rarest(ctx, unit, all)
	if err != nil {
		return nil, "", err
	}
	from, where, args := `customer c`, ``, []any(nil)
	if rare >= 0 {
		var query string
		query, args = all[rare].query(s, unit)
		// A cross join: SQLite then begins with the few that are found.
		from, where = `(select distinct customer from (`+query+`) q) f cross join customer c`, ` and c.id = f.customer`
	}
	args = append(args, s.encoder.site, s.engine.id(unit))
	for i, t := range all {
		if i != rare {
			condition, more := t.condition()
			where, args = where+` and `+condition, append(args, more...)
		}
	}
	rows, err := list(ctx, s, scanCustomer, `select `+customerColumns+` from `+from+` where c.site = ? and c.unit = ?`+where+`
		and (c.fold, c.id) > (?, ?) order by c.fold, c.id limit ?`, append(args, key.fold, s.engine.id(key.id), limit+1)...)
	if err != nil {
		return nil, "", err
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	rows = slices.Clip(rows[:limit])
	last := rows[limit-1]
	return rows, customerKey{fold(last.Name), last.ID}.String(), nil
}
