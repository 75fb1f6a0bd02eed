package talk

import (
	"testing"

	"portico/acd"
)

// The closest signature counts: the address's, then the agent's in the queue, the agent's,
// the queue's, the standard one. It speaks the contact's language, else the one for all
// others, and never is another unit's.
func TestSignature(t *testing.T) {
	unit, other := acd.UnitID{1}, acd.UnitID{2}
	ben, eve := acd.AgentID{1}, acd.AgentID{2}
	sales, help := acd.QueueID{1}, acd.QueueID{2}
	one := func(text string, agents []acd.AgentID, queues []acd.QueueID, standard bool) UnitSignature {
		return UnitSignature{unit, Signature{Texts: map[string]SignatureText{"": {Text: text}}, Agents: agents, Queues: queues, Standard: standard}}
	}
	foreign := one("foreign", nil, nil, true)
	foreign.Unit = other
	spoken := one("any", []acd.AgentID{eve}, nil, false)
	spoken.Texts["deutsch"] = SignatureText{Text: "Gruß"}
	s := &MailSetup{Units: map[acd.UnitID]string{unit: "english"}, Signatures: map[SignatureID]UnitSignature{
		{1}: one("brand", nil, nil, false), {2}: one("ben in sales", []acd.AgentID{ben}, []acd.QueueID{sales}, false), {3}: one("ben", []acd.AgentID{ben}, nil, false),
		{4}: one("sales", nil, []acd.QueueID{sales}, false), {5}: one("standard", nil, nil, true), {6}: foreign, {7}: spoken,
	}, Accounts: []MailBox{{Unit: unit, MailAccount: MailAccount{MailAccountBody: MailAccountBody{Aliases: []MailAlias{{Address: "Brand@example.com", Signature: SignatureID{1}}}}}}}}
	for _, c := range []struct {
		of   Signed
		want string
	}{
		{Signed{Unit: unit, Agent: ben, Queue: sales, Alias: s.SignatureOf(unit, "brand@EXAMPLE.com")}, "brand"},
		{Signed{Unit: unit, Agent: ben, Queue: sales}, "ben in sales"},
		{Signed{Unit: unit, Agent: ben, Queue: help}, "ben"},
		{Signed{Unit: unit, Agent: acd.AgentID{9}, Queue: sales}, "sales"},
		{Signed{Unit: unit, Agent: acd.AgentID{9}, Queue: help}, "standard"},
		{Signed{Unit: unit, Agent: eve, Language: "deutsch"}, "Gruß"},
		{Signed{Unit: unit, Agent: eve, Language: "francais"}, "any"},
		{Signed{Unit: other, Agent: ben, Queue: sales, Alias: SignatureID{1}}, "foreign"},
		{Signed{Unit: acd.UnitID{3}}, ""},
	} {
		if got := s.Signature(c.of); got.Text != c.want {
			t.Errorf("%+v: %q, want %q", c.of, got.Text, c.want)
		}
	}
}

// Places are filled in both forms, and what fills them is no markup; a signature without
// HTML of its own has that of its text.
func TestSignatureFilled(t *testing.T) {
	values := map[string]string{"agent": "Ben & Co <b>", "company": "Acme"}
	plain := SignatureText{Text: "{agent}\n{company} > all"}.Filled(values)
	if plain.Text != "Ben & Co <b>\nAcme > all" || plain.HTML != "Ben &amp; Co &lt;b&gt;<br>Acme &gt; all" {
		t.Errorf("%+v", plain)
	}
	rich := SignatureText{Text: "{agent}", HTML: "<i>{agent}</i>"}.Filled(values)
	if rich.HTML != "<i>Ben &amp; Co &lt;b&gt;</i>" {
		t.Errorf("%+v", rich)
	}
}
