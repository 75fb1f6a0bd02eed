package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"portico/acd"
)

func wholeSignature(s *side) map[string]any {
	return map[string]any{"texts": map[string]any{"": map[string]any{"text": "{agent}\n{company}"}}, "standard": true,
		"queues": []any{s.mail()}, "agents": []any{s.users["ben"]}}
}

func warnedMailAccount(s *side) map[string]any {
	body := wholeMailAccount(s)
	for _, name := range []string{"secrets", "aliases", "main"} {
		delete(body, name)
	}
	return body
}

func wholeBlocked(*side) map[string]any {
	return map[string]any{"sender": "@spam.example", "note": "of old"}
}

func wholeMailAccount(s *side) map[string]any {
	s.n++
	return map[string]any{"address": fmt.Sprintf("info%d@%s.example", s.n, s.unit), "main": true, "preset": "other",
		"imap": map[string]any{"host": "127.0.0.1", "port": 9, "tls": "none", "user": "info"},
		"smtp": map[string]any{"host": "127.0.0.1", "port": 9, "tls": "none", "auth": "none"}, "secrets": map[string]any{"imap_password": "open sesame"},
		"aliases": []any{map[string]any{"address": "help@example.com", "unit": s.unit, "queue": s.mail(), "signature": s.spare("signatures").ID}}}
}

// mailed is a contact of Ben's that began with a mail of his.
func (s *side) mailed() string {
	s.w.t.Helper()
	s.spare("mail-accounts")
	s.n++
	var sent struct{ Contact string }
	s.agents["ben"].want(201, "POST", "/mails", s.newMail()).into(s.w.t, &sent)
	s.w.until("the contact is Ben's", func() bool { return s.pa.contact(sent.Contact).Agent == s.users["ben"] })
	return sent.Contact
}

func (s *side) newMail() map[string]any {
	s.n++
	return map[string]any{"client_id": fmt.Sprintf("new mail %d", s.n), "queue": s.mail(), "subject": "Your order", "text": "It is on its way.",
		"to": []any{map[string]any{"address": "ada@example.com"}}}
}

// attached is a file that Ben has brought to a contact.
func (s *side) attachedTo(contact string) string {
	s.w.t.Helper()
	sender := *s.agents["ben"]
	sender.headers = map[string]string{"Content-Type": "image/png"}
	sender.want(201, "POST", "/contacts/"+contact+"/attachments?client_id=f&name=a.png", drawing)
	files, err := s.w.store.MessageAttachments(s.w.t.Context(), parseUnit(s), parseContact(s, contact), 1, 1000)
	s.w.must(err)
	return fmt.Sprintf("%x-%x-%x-%x-%x", files[0].ID[0:4], files[0].ID[4:6], files[0].ID[6:8], files[0].ID[8:10], files[0].ID[10:16])
}

// brought is a file of Ben's for a mail that is not sent yet.
func (s *side) brought(mail string) string {
	s.w.t.Helper()
	sender := *s.agents["ben"]
	sender.headers = map[string]string{"Content-Type": "image/png"}
	var file struct{ ID string }
	sender.want(201, "POST", "/mail-files?name=a.png&mail="+url.QueryEscape(mail), drawing).into(s.w.t, &file)
	return file.ID
}

// Of the addresses of a mailbox those of a queue are for the agents who serve it, and for
// supervisors; whatever is asked for, mails leave from an own address alone.
func TestMailAddresses(t *testing.T) {
	w := newWorld(t)
	s := w.east
	var closed struct{ ID string }
	body := queue(s.spare("skills").ID, 50)
	body["domain"] = "email"
	s.pa.want(201, "POST", "/queues", map[string]any{"name": "Nobody's", "body": body}).into(t, &closed)
	account := wholeMailAccount(s)
	account["aliases"] = []any{map[string]any{"address": "help@example.com", "queue": s.mail()}, map[string]any{"address": "fairs@example.com"},
		map[string]any{"address": "board@example.com", "queue": closed.ID}}
	s.pa.want(201, "POST", "/mail-accounts", map[string]any{"name": "Ours", "body": account})
	of := func(c *client) (all []string) {
		var page struct{ Items []struct{ Address string } }
		c.want(200, "GET", "/mail-addresses?queue="+s.mail(), nil).into(t, &page)
		for _, item := range page.Items {
			all = append(all, item.Address)
		}
		return all
	}
	ben := s.agents["ben"]
	w.until("the addresses", func() bool { return len(of(ben)) > 1 })
	if got := of(ben); !slices.Equal(got, []string{"help@example.com", "fairs@example.com", fmt.Sprint(account["address"])}) {
		t.Errorf("Ben may use %v", got)
	}
	for from, want := range map[string]int{"fairs@example.com": 201, "board@example.com": 403, "boss@elsewhere.com": 403, "": 201} {
		mail := s.newMail()
		mail["from"] = from
		ben.want(want, "POST", "/mails", mail)
	}
}

func (s *side) mailText(contact string) map[string]any {
	return map[string]any{"mode": "reply", "subject": "Re: Your order", "text": "Tomorrow.", "to": []any{map[string]any{"address": "ada@example.com"}},
		"attachments": []any{s.attachedTo(contact)}}
}

func (s *side) approveAll(is bool) {
	s.w.t.Helper()
	var have map[string]any
	s.pa.want(200, "GET", "/mail-settings", nil).into(s.w.t, &have)
	settings := have["settings"].(map[string]any)
	settings["approve_all"] = is
	settings["approve_queues"], settings["approve_agents"] = []any{}, []any{}
	s.pa.want(200, "PUT", "/mail-settings", map[string]any{"version": have["version"], "settings": settings})
}

// held has every mail of the unit wait for approval.
func (s *side) held() string {
	s.w.t.Helper()
	s.approveAll(true)
	s.mailed()
	var page struct{ Items []struct{ ID string } }
	s.sv.want(200, "GET", "/mail-approvals", nil).into(s.w.t, &page)
	return page.Items[len(page.Items)-1].ID
}

// waits is a mail of Ben's that waits to leave.
func (s *side) waits() string {
	s.w.t.Helper()
	s.approveAll(false)
	s.mailed()
	var page struct{ Items []struct{ ID string } }
	s.sv.want(200, "GET", "/mail-queue/mails", nil).into(s.w.t, &page)
	return page.Items[len(page.Items)-1].ID
}

func (s *side) mailSettings() map[string]any {
	s.w.t.Helper()
	var have map[string]any
	s.pa.want(200, "GET", "/mail-settings", nil).into(s.w.t, &have)
	settings := have["settings"].(map[string]any)
	settings["approve_agents"], settings["approve_queues"] = []any{s.users["carla"]}, []any{s.mail()}
	return map[string]any{"version": have["version"], "settings": settings}
}

// mailRows are those of e-mail.
var mailRows = map[string]tenantRow{
	"check-mail-account":     oneOf("mail-accounts"),
	"mail-account-state":     oneOf("mail-accounts"),
	"warn-mail-account":      {by: "pa", ask: func(s *side) asked { return asked{body: warnedMailAccount(s)} }},
	"list-mail-exceptions":   simple("sven"),
	"hand-over-mail":         {none: "it needs a mailbox: TestHandOver of package email"},
	"dismiss-mail-exception": {none: "it needs a mailbox: TestHandOver of package email"},
	"read-mail-signature": {by: "ben", ask: func(s *side) asked {
		return asked{query: map[string]string{"contact": s.mailed(), "queue": s.mail()}}
	}},
	"read-mail-settings":     simple("pa"),
	"mail-settings-versions": simple("pa"),
	"change-mail-settings":   {by: "pa", ask: func(s *side) asked { return asked{body: s.mailSettings()} }},
	"revert-mail-settings": {by: "pa", ask: func(s *side) asked {
		var have map[string]any
		s.pa.want(200, "PUT", "/mail-settings", s.mailSettings()).into(s.w.t, &have)
		return asked{body: map[string]any{"version": have["version"], "to": have["version"]}}
	}},
	"list-mails":      {by: "ben", ask: func(s *side) asked { return asked{id: s.mailed()} }},
	"read-mail-part":  {none: "it needs a mailbox: TestForeignPart"},
	"list-mail-addresses": {by: "ben", ask: func(s *side) asked {
		return asked{query: map[string]string{"contact": s.mailed(), "queue": s.mail()}}
	}},
	"bring-mail-file": {by: "ben", ask: func(*side) asked { return asked{file: drawing, query: map[string]string{"mail": "m", "name": "a.png"}} }},
	"read-mail-file": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.brought("m"), query: map[string]string{"mail": "m"}}
	}},
	"read-raw-mail": {by: "ben", ask: func(s *side) asked { return asked{id: s.mailed(), second: "1"} }},
	"read-thread":     {by: "ben", ask: func(s *side) asked { return asked{id: s.mailed()} }},
	"read-mail-draft": {by: "ben", ask: func(s *side) asked { return asked{id: s.mailed()} }},
	"save-mail-draft": {by: "ben", ask: func(s *side) asked {
		id := s.mailed()
		return asked{id: id, body: map[string]any{"draft": s.mailText(id)}}
	}},
	"send-mail": {by: "ben", ask: func(s *side) asked {
		id := s.mailed()
		body := s.mailText(id)
		body["client_id"] = "answer"
		return asked{id: id, body: body}
	}},
	"create-mail": {by: "ben", ask: func(s *side) asked {
		s.mailed()
		mail := s.newMail()
		mail["attachments"] = []any{s.brought(mail["client_id"].(string))}
		return asked{body: mail}
	}},
	"defer-contact": {by: "ben", ask: func(s *side) asked { return asked{id: s.mailed(), body: map[string]any{"until": 4_000_000_000_000}} }},
	"consult-expert": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.mailed(), body: map[string]any{"client_id": "e", "to": map[string]any{"address": "expert@example.org"}, "note": "What is it?"}}
	}},
	"list-mail-approvals": {by: "sven", ask: func(s *side) asked { s.held(); return asked{} }},
	"decide-mail-approval": {by: "sven", ask: func(s *side) asked {
		return asked{id: s.held(), body: map[string]any{"approve": true}}
	}},
	"read-mail-queue": {by: "sven", ask: func(s *side) asked { s.mailed(); return asked{} }},
	"list-waiting-mails": {by: "sven", ask: func(s *side) asked {
		s.waits()
		return asked{query: map[string]string{"find": "order", "delayed": "true", "account": s.spare("mail-accounts").ID}}
	}},
	"try-waiting-mail": {by: "sven", ask: func(s *side) asked { return asked{id: s.waits()} }},
	"give-up-waiting-mail": {by: "sven", ask: func(s *side) asked {
		return asked{id: s.waits(), body: map[string]any{"note": "The address is wrong."}}
	}},
}

func parseUnit(s *side) acd.UnitID { return parse[acd.UnitID](s.w.house, s.unit) }

func parseContact(s *side, id string) acd.ContactID { return parse[acd.ContactID](s.w.house, id) }
