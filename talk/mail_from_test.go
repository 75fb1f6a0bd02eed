package talk

import (
	"slices"
	"testing"

	"portico/acd"
)

// A mail leaves from the address of its conversation, else of its queue, else from the
// unit's main account; only addresses of the same account are offered, and never another
// unit's.
func TestSenders(t *testing.T) {
	global, unit, other := acd.UnitID{9}, acd.UnitID{1}, acd.UnitID{2}
	sales, help := acd.QueueID{1}, acd.QueueID{2}
	account := func(id byte, of acd.UnitID, main bool, address string, aliases ...MailAlias) MailBox {
		return MailBox{ID: [16]byte{id}, Unit: of, MailAccount: MailAccount{MailAccountBody: MailAccountBody{Main: main, Address: address, FromName: "Acme", Aliases: aliases}}}
	}
	s := &MailSetup{Accounts: []MailBox{
		account(1, other, true, "box@other", MailAlias{Address: "help@other"}),
		account(2, unit, false, "box2@acme", MailAlias{Address: "sales@acme", Queue: sales, FromName: "Sales"}, MailAlias{Address: "fairs@acme"}),
		account(3, unit, true, "box@acme", MailAlias{Address: "info@acme"}, MailAlias{Address: "BOX@acme", Queue: help}),
		account(4, global, false, "box@site", MailAlias{Address: "shared@acme", Unit: unit}, MailAlias{Address: "shared@other", Unit: other}),
	}}
	for name, c := range map[string]struct {
		unit  acd.UnitID
		came  string
		queue acd.QueueID
		want  []string
	}{
		"of the conversation": {unit, "FAIRS@acme", help, []string{"fairs@acme", "box2@acme", "sales@acme"}},
		"of the queue":        {unit, "", sales, []string{"sales@acme", "fairs@acme", "box2@acme"}},
		"the main account":    {unit, "gone@acme", acd.QueueID{7}, []string{"BOX@acme", "info@acme"}},
		"of a shared mailbox": {unit, "shared@acme", sales, []string{"shared@acme"}},
		"another unit's":      {other, "info@acme", sales, []string{"box@other", "help@other"}},
		"nobody's":            {acd.UnitID{3}, "info@acme", sales, nil},
	} {
		var got []string
		for _, from := range s.Senders(c.unit, global, c.came, c.queue) {
			got = append(got, from.Address)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := s.Senders(unit, global, "", sales)[0]; got.Name != "Sales" || got.Account != [16]byte{2} {
		t.Errorf("the sender is %+v", got)
	}
}
