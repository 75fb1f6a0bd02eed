package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
)

// Kind sorts findings.
type Kind string

const (
	// Lost: it was answered or pushed, and is not there.
	Lost Kind = "lost"
	// Doubled: it is there more than once.
	Doubled Kind = "duplicated"
	// Reordered: it is there, but not in the order in which it was answered.
	Reordered Kind = "reordered"
	// Contradiction: it is there, but not as it was answered or pushed, or against
	// the rules of a contact's life.
	Contradiction Kind = "contradiction"
)

// Finding is one thing that is not as it was said to be.
type Finding struct {
	Kind   Kind   `json:"kind"`
	What   string `json:"what"` // contact, message, push, fact, owner
	Chat   string `json:"chat"`
	Detail string `json:"detail"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s %s (%s): %s", f.Kind, f.What, f.Chat, f.Detail)
}

// Pages is what the server says afterwards. Safe for concurrent use.
type Pages interface {
	// Contacts gives every contact, open or ended, whose name begins with prefix.
	Contacts(ctx context.Context, prefix string) ([]ContactView, error)
	Contact(ctx context.Context, id string) (ContactView, error)
	Messages(ctx context.Context, contact string) ([]MessageView, error)
	Facts(ctx context.Context, contact string) ([]FactView, error)
}

// checkers is how many contacts are read at the same time.
const checkers = 8

// Check holds chats of the log against the pages. The chats must be quiet: nothing
// of theirs is under way. Findings come in order of the chats' names.
func Check(ctx context.Context, log *Log, chats []*Chat, pages Pages) ([]Finding, error) {
	contacts, err := pages.Contacts(ctx, log.Run)
	if err != nil {
		return nil, fmt.Errorf("reading the contacts: %w", err)
	}
	have := map[string][]ContactView{}
	for _, c := range contacts {
		have[c.Name] = append(have[c.Name], c)
	}
	var found []Finding
	for name := range have {
		if log.Find(name) == nil {
			found = append(found, Finding{Contradiction, "contact", name, "nobody asked for it"})
		}
	}
	results, errs := make([][]Finding, len(chats)), make([]error, checkers)
	var group sync.WaitGroup
	for w := range checkers {
		group.Go(func() {
			for i := w; i < len(chats) && errs[w] == nil; i += checkers {
				results[i], errs[w] = chats[i].check(ctx, have[chats[i].Name], pages)
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for _, r := range results {
		found = append(found, r...)
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Chat < found[j].Chat })
	return found, nil
}

// CheckOpen holds one chat, whose life may go on meanwhile, against its pages. What
// only the end can show (doubles among the contacts, pushes still to come) is left
// to Check.
func CheckOpen(ctx context.Context, c *Chat, pages Pages) ([]Finding, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := verdict{chat: c}
	if c.contact == "" {
		return nil, nil
	}
	is, err := pages.Contact(ctx, c.contact)
	var refused *Refused
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		v.add(Lost, "contact", "answered as "+c.contact)
		return v.found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the contact %s: %w", c.contact, err)
	}
	err = v.inside(ctx, is, pages)
	return v.found, err
}

// Heard reports whether all lines of a chat that are in the pages were also pushed
// to those who watch it.
func (c *Chat) Heard(ctx context.Context, pages Pages) (bool, error) {
	c.mu.Lock()
	contact, watched := c.contact, false
	for _, s := range c.streams {
		watched = watched || s.open
	}
	c.mu.Unlock()
	if contact == "" || !watched {
		return true, nil
	}
	have, err := pages.Messages(ctx, contact)
	if err != nil {
		return false, fmt.Errorf("reading the messages of %s: %w", contact, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	v := verdict{chat: c}
	for _, s := range c.streams {
		if s.open && v.ours(have, s.next) > 0 {
			return false, nil
		}
	}
	return true, nil
}

// check holds one chat against its pages, at the end.
func (c *Chat) check(ctx context.Context, have []ContactView, pages Pages) ([]Finding, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := verdict{chat: c, found: append([]Finding(nil), c.wrong...), final: true}
	seen := map[string]bool{}
	var one *ContactView
	for i, h := range have {
		if seen[h.ID] {
			v.add(Doubled, "contact", "listed twice: "+h.ID)
			continue
		}
		if seen[h.ID] = true; one == nil || h.ID == c.contact {
			one = &have[i]
		}
	}
	if len(seen) > 1 {
		for range len(seen) - 1 {
			v.add(Doubled, "contact", "more than one contact for the same client id")
		}
	}
	switch {
	case one == nil && c.contact != "":
		v.add(Lost, "contact", "answered as "+c.contact)
		return v.found, nil
	case one == nil:
		return v.found, nil
	case c.contact != "" && one.ID != c.contact:
		v.add(Lost, "contact", "answered as "+c.contact+", there is "+one.ID)
	case c.refused:
		v.add(Contradiction, "contact", "refused, and there all the same")
	}
	err := v.inside(ctx, *one, pages)
	return v.found, err
}

// inside reads what belongs to the contact and holds the log against it.
func (v *verdict) inside(ctx context.Context, is ContactView, pages Pages) error {
	messages, err := pages.Messages(ctx, is.ID)
	if err != nil {
		return fmt.Errorf("reading the messages of %s: %w", is.ID, err)
	}
	v.messages(messages)
	v.pushes(messages)
	if len(v.chat.offers)+len(v.chat.deeds) == 0 {
		return nil
	}
	facts, err := pages.Facts(ctx, is.ID)
	if err != nil {
		return fmt.Errorf("reading the facts of %s: %w", is.ID, err)
	}
	v.facts(facts)
	return v.owner(ctx, facts, pages)
}

type verdict struct {
	chat  *Chat
	final bool // nothing goes on any more
	found []Finding
}

func (v *verdict) add(kind Kind, what, detail string) {
	v.found = append(v.found, Finding{kind, what, v.chat.Name, detail})
}

// messages: every answered line is there once, under the number that was answered,
// in the order of each author; numbers have no gap; nothing is there that nobody sent.
func (v *verdict) messages(have []MessageView) {
	places := map[string][]uint64{}
	for i, m := range have {
		if m.Seq != uint64(i+1) {
			v.add(Contradiction, "message", fmt.Sprintf("number %d stands at place %d", m.Seq, i+1))
		}
		if name := firstWord(m.Text); strings.HasPrefix(name, v.chat.Name+"/") {
			places[name] = append(places[name], m.Seq)
		}
	}
	last := map[string]uint64{}
	inverted := map[string]bool{}
	for _, l := range v.chat.lines {
		at := places[l.name]
		delete(places, l.name)
		if len(at) == 0 {
			if l.acked {
				v.add(Lost, "message", l.name)
			}
			continue
		}
		for range len(at) - 1 {
			v.add(Doubled, "message", l.name)
		}
		if !l.acked {
			continue
		}
		if at[0] < last[l.by] {
			v.add(Reordered, "message", l.name+" stands before the one that was answered before it")
			inverted[l.by] = true
			continue
		}
		last[l.by] = at[0]
		if l.seq != 0 && l.seq != at[0] && len(at) == 1 && !inverted[l.by] {
			v.renumbered(l, at[0], have)
		}
	}
	for name := range places {
		v.add(Contradiction, "message", "nobody sent "+name)
	}
}

// renumbered tells of a line that stands under another number than was answered,
// unless the place that was answered is held by a line of the same author: then
// the two changed places, which is told once, as reordered.
func (v *verdict) renumbered(l *line, at uint64, have []MessageView) {
	if l.seq >= 1 && l.seq <= uint64(len(have)) {
		there := firstWord(have[l.seq-1].Text)
		for _, other := range v.chat.lines {
			if other.name == there && other.by == l.by {
				return
			}
		}
	}
	v.add(Contradiction, "message", fmt.Sprintf("%s was answered as number %d and stands at %d", l.name, l.seq, at))
}

// pushes: what was pushed stands in the pages as it was pushed; each recipient got
// every number once and in order.
func (v *verdict) pushes(have []MessageView) {
	for to, s := range v.chat.streams {
		for seq, text := range s.texts {
			if seq == 0 || seq > uint64(len(have)) {
				v.add(Lost, "message", fmt.Sprintf("number %d was pushed to %s and is not there", seq, to))
			} else if stands := have[seq-1].mark(); stands != text {
				v.add(Contradiction, "message", fmt.Sprintf("number %d was pushed to %s as %s and stands as %s", seq, to, text, stands))
			}
		}
		lost := len(s.missing)
		if s.open && v.final {
			lost += v.ours(have, s.next)
		}
		for range lost {
			v.add(Lost, "push", "a message never reached "+to)
		}
		for range s.doubled {
			v.add(Doubled, "push", "a message reached twice "+to)
		}
		for range s.late {
			v.add(Reordered, "push", "a message came after a later one to "+to)
		}
	}
}

// ours counts the lines of the bench from a number on. What the server itself adds
// at the end, such as a farewell, may come after the listener went away.
func (v *verdict) ours(have []MessageView, from uint64) (n int) {
	for _, m := range have {
		if m.Seq >= from && strings.HasPrefix(firstWord(m.Text), v.chat.Name+"/") {
			n++
		}
	}
	return n
}
