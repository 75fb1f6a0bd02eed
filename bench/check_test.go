package bench

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// book is Pages with fixed content.
type book struct {
	contacts []ContactView
	messages []MessageView
	facts    []FactView
}

func (b *book) Contacts(context.Context, string) ([]ContactView, error) { return b.contacts, nil }
func (b *book) Contact(context.Context, string) (ContactView, error)    { return b.contacts[0], nil }
func (b *book) Messages(context.Context, string) ([]MessageView, error) { return b.messages, nil }
func (b *book) Facts(context.Context, string) ([]FactView, error)       { return b.facts, nil }
func told(seq uint64, text string) MessageView                          { return MessageView{Seq: seq, Text: text + " words"} }
func did(kind, agent string, number uint32) FactView {
	return FactView{Kind: kind, Agent: agent, Number: number}
}
func without[T any](list []T, i int) []T { return append(append([]T(nil), list[:i]...), list[i+1:]...) }

// A whole life that everybody saw: three lines of the customer, one of the agent, a
// word of the system between, one offer, all commands answered.
func wholeLife() (*Log, *book) {
	log := NewLog("r")
	c := log.New("r-1", time.Now())
	first := c.firstLine()
	c.Made("c1", "s")
	c.said(first, 0)
	for _, l := range []struct {
		by  string
		seq uint64
	}{{customerSide, 2}, {customerSide, 4}, {"ann", 5}} {
		c.said(c.nextLine(l.by), l.seq)
	}
	messages := []MessageView{told(1, "r-1/0"), told(2, "r-1/1"), told(3, "welcome"), told(4, "r-1/2"), told(5, "r-1/3")}
	c.Pushed(customerSide, messages)
	c.Watched(customerSide, true)
	c.Offered("ann", 1)
	for _, kind := range []string{"accepted", "finished", "ended"} {
		c.Did(kind, "ann")
	}
	return log, &book{contacts: []ContactView{{ID: "c1", Name: "r-1", State: "ended"}}, messages: messages,
		facts: []FactView{did("arrived", "", 0), did("offered", "ann", 1), did("accepted", "ann", 1), did("finished", "ann", 0), did("ended", "ann", 0)}}
}

// Each way in which pages can differ from what was said is found, under its name,
// and a page that does not differ is clean.
func TestEachDifferenceIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		harm func(*Log, *book)
		want string // kinds and places of the findings
	}{
		"nothing":           {func(*Log, *book) {}, ""},
		"contact gone":      {func(_ *Log, b *book) { b.contacts = nil }, "lost contact"},
		"contact twice":     {func(_ *Log, b *book) { b.contacts = append(b.contacts, ContactView{ID: "c2", Name: "r-1"}) }, "duplicated contact"},
		"stranger":          {func(_ *Log, b *book) { b.contacts = append(b.contacts, ContactView{ID: "c3", Name: "r-9"}) }, "contradiction contact"},
		"two answers":       {func(l *Log, _ *book) { l.Find("r-1").Made("c2", "s") }, "duplicated contact"},
		"refused, yet made": {func(l *Log, _ *book) { l.Find("r-1").Refused() }, "contradiction contact"},
		"last message gone": {func(_ *Log, b *book) { b.messages = without(b.messages, 4) }, "lost message,lost message"}, // answered, and pushed
		"message twice":     {func(_ *Log, b *book) { b.messages = append(b.messages, told(6, "r-1/1")) }, "duplicated message,lost push"},
		"gap":               {func(_ *Log, b *book) { b.messages[4].Seq = 6 }, "contradiction message,lost push"},
		"unknown message":   {func(_ *Log, b *book) { b.messages = append(b.messages, told(6, "r-1/77")) }, "contradiction message,lost push"},
		"two numbers":       {func(l *Log, _ *book) { c := l.Find("r-1"); c.said(c.lines[1], 9) }, "duplicated message"},
		"other text pushed": {func(l *Log, _ *book) { l.Find("r-1").Pushed("ann", []MessageView{told(1, "r-1/1")}) }, "contradiction message"},
		"pushed, not saved": {func(l *Log, _ *book) { l.Find("r-1").Pushed(customerSide, []MessageView{told(6, "bye")}) }, "lost message"},
		"push twice":        {func(l *Log, _ *book) { l.Find("r-1").Pushed(customerSide, []MessageView{told(5, "r-1/3")}) }, "duplicated push"},
		"push late": {func(l *Log, _ *book) {
			l.Find("r-1").Pushed("ann", []MessageView{told(1, "r-1/0"), told(3, "welcome"), told(2, "r-1/1")})
		}, "reordered push"},
		"push never came": {func(l *Log, _ *book) { l.Find("r-1").Pushed("ann", []MessageView{told(2, "r-1/1")}) }, "lost push"},
		"swapped": {func(_ *Log, b *book) {
			b.messages[1].Text, b.messages[3].Text = b.messages[3].Text, b.messages[1].Text
		}, "contradiction message,contradiction message,reordered message"}, // pushed otherwise, twice
		"offer not saved":   {func(_ *Log, b *book) { b.facts[1].Number = 2 }, "lost fact"},
		"offer saved twice": {func(_ *Log, b *book) { b.facts = append(b.facts[:2], b.facts[1:]...) }, "contradiction fact,duplicated fact"},
		"end not saved":     {func(_ *Log, b *book) { b.facts = without(b.facts, 4) }, "contradiction owner,lost fact"},
		"two owners": {func(_ *Log, b *book) {
			b.facts = append(b.facts[:4], did("accepted", "bob", 1), did("ended", "ann", 0))
		}, "contradiction fact"},
		"life after the end": {func(_ *Log, b *book) { b.facts = append(b.facts, did("offered", "ann", 2)) }, "contradiction fact"},
	} {
		t.Run(name, func(t *testing.T) {
			log, pages := wholeLife()
			test.harm(log, pages)
			found, err := Check(context.Background(), log, log.Chats(), pages)
			if err != nil {
				t.Fatal(err)
			}
			if have := kinds(found); have != test.want {
				t.Errorf("found %q, want %q: %v", have, test.want, found)
			}
		})
	}
}

func kinds(found []Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, string(f.Kind)+" "+f.What)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// A request whose outcome is not known may be there or not, but not twice.
func TestUnknownOutcomesMayGoEitherWay(t *testing.T) {
	log := NewLog("r")
	log.New("r-1", time.Now()).firstLine()
	for n, want := range map[int]string{0: "", 1: "", 2: "duplicated contact"} {
		pages := &book{contacts: []ContactView{{ID: "a", Name: "r-1"}, {ID: "b", Name: "r-1"}}[:n], messages: []MessageView{told(1, "r-1/0")}}
		found, err := Check(context.Background(), log, log.Chats(), pages)
		if err != nil || kinds(found) != want {
			t.Errorf("%d times there: %v %v, want %q", n, found, err, want)
		}
	}
}
