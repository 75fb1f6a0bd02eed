package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// customerRows are those of the tenant matrix.
var customerRows = map[string]tenantRow{
	"list-customers": {by: "ben", ask: func(s *side) asked { s.customer(); return asked{query: map[string]string{"find": "cust"}} }},
	"create-customer": {by: "ben", ask: func(s *side) asked {
		s.n++
		body := customerBody(fmt.Sprintf("Customer %d", s.n))
		body["agent"] = s.users["ben"]
		return asked{body: body}
	}},
	"read-customer": {by: "ben", ask: func(s *side) asked { return asked{id: s.customer().ID} }},
	"change-customer": {by: "ben", ask: func(s *side) asked {
		body := customerBody("Customer anew")
		body["version"], body["agent"] = 1, s.users["ben"]
		return asked{id: s.customer().ID, body: body}
	}},
	"bulk-customers": {by: "pa", ask: func(s *side) asked {
		return asked{body: map[string]any{"items": []any{map[string]any{"id": s.customer().ID, "version": 1}}, "set": map[string]any{"company": "Other"}}}
	}},
	"remove-customer": {by: "pa", ask: func(s *side) asked {
		return asked{id: s.customer().ID, query: map[string]string{"version": "1"}}
	}},
	"list-customer-contacts": {by: "ben", ask: func(s *side) asked {
		v := s.customer()
		s.pa.want(200, "PUT", "/contacts/"+s.bring("ended").ID+"/customer", map[string]any{"customer": v.ID})
		return asked{id: v.ID}
	}},
	"link-contact": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.bring("active").ID, body: map[string]any{"customer": s.customer().ID}}
	}},
}

type customer struct {
	ID        string
	Version   int
	ChangedBy string `json:"changed_by"`
	Name      string
	Company   string
	Addresses []struct{ Kind, Value string }
	Fields    map[string]string
}

func customerBody(name string, addresses ...string) map[string]any {
	list := []any{}
	for _, a := range addresses {
		kind, value, _ := strings.Cut(a, " ")
		list = append(list, map[string]any{"kind": kind, "value": value})
	}
	return map[string]any{"name": name, "company": "Ships", "addresses": list, "note": "calls often", "fields": map[string]any{"tariff": "7"}}
}

// customer makes one that nobody else has.
func (s *side) customer(addresses ...string) customer {
	s.w.t.Helper()
	s.n++
	var v customer
	s.pa.want(201, "POST", "/customers", customerBody(fmt.Sprintf("Customer %d", s.n), addresses...)).into(s.w.t, &v)
	return v
}

// Anybody who is signed in keeps customers; a change names the version that it saw; an
// address that another customer has is refused with that customer's name.
func TestCustomers(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	var ada customer
	ben.want(201, "POST", "/customers", customerBody(" Ada ", "email ada@example.com", "phone +49 30 12345", "email ADA@example.com")).into(t, &ada)
	if ada.Name != "Ada" || ada.Version != 1 || ada.ChangedBy == "" || len(ada.Addresses) != 2 || ada.Fields["tariff"] != "7" {
		t.Errorf("created %+v", ada)
	}
	w.west.customer("email ada@example.com") // another unit's
	taken := ben.do("POST", "/customers", customerBody("Bob", "email bob@example.com", "phone 0049 3012345"))
	if taken.status != 409 || taken.code() != "address_taken" || !strings.Contains(taken.body, "addresses[1].value") ||
		!strings.Contains(taken.body, `"name":"Ada"`) || !strings.Contains(taken.body, ada.ID) {
		t.Errorf("an address that is taken: %d %s", taken.status, taken.body)
	}
	for body, code := range map[string]string{
		`{"name":"  "}`: "invalid", `{"name":"x","addresses":[{"kind":"email","value":"x"}]}`: "customer_address",
		`{"name":"x","addresses":[{"kind":"fax","value":"12345"}]}`: "invalid",
		`{"name":"x","fields":{"":"x"}}`:                            "customer_field",
		`{"name":"` + strings.Repeat("x", 201) + `"}`:               "too_long",
	} {
		if a := ben.do("POST", "/customers", body); a.status != 422 || a.code() != code {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	change := customerBody("Ada Smith", "email ada@example.com")
	change["version"] = 1
	w.east.sv.want(200, "PUT", "/customers/"+ada.ID, change).into(t, &ada)
	if a := ben.do("PUT", "/customers/"+ada.ID, change); a.status != 409 || a.code() != "changed" {
		t.Errorf("a change of what was changed: %d %s", a.status, a.body)
	}
	ben.want(201, "POST", "/customers", customerBody("Bob", "phone +493012345")) // given up by Ada
	var page struct{ Items []customer }
	ben.want(200, "GET", "/customers?find=smi", nil).into(t, &page)
	if len(page.Items) != 1 || page.Items[0].ID != ada.ID || page.Items[0].Version != 2 {
		t.Errorf("found %+v", page.Items)
	}
	var found struct{ Customers []customer }
	ben.want(200, "GET", "/search?words=ada@", nil).into(t, &found)
	if len(found.Customers) != 1 || found.Customers[0].ID != ada.ID {
		t.Errorf("the search finds %+v", found.Customers)
	}
	if a := w.east.pa.do("DELETE", "/customers/"+ada.ID+"?version=1", nil); a.status != 409 {
		t.Errorf("a removal of what was changed: %d %s", a.status, a.body)
	}
	w.east.pa.want(204, "DELETE", "/customers/"+ada.ID+"?version=2", nil)
	ben.want(404, "GET", "/customers/"+ada.ID, nil)
	if audit := w.east.pa.want(200, "GET", "/audit", nil).body; !strings.Contains(audit, "customer.remove") || strings.Contains(audit, "ada@example.com") {
		t.Errorf("the audit of the removal: %s", audit)
	}
}

// linked waits for the desk of an agent to say whose contact it is.
func (f *feed) linked(contact, customer string) {
	f.t.Helper()
	f.until("the desk says whose contact it is", func(v liveFrame) bool {
		at := strings.Index(string(v.Body), contact)
		return v.Topic == "agent" && at >= 0 && strings.Contains(string(v.Body), `"customer":"`+customer+`"`) == (customer != "")
	})
}

// A contact that comes from a known address is its customer's at once; people may say
// otherwise, while it is open and afterwards, and the agent's desk follows. The history
// holds contacts of every medium, the newest first.
func TestCustomersHistory(t *testing.T) {
	w := newWorld(t)
	s := w.east
	ada, bob := s.customer("email c1@example.com", "phone +49 30 12345"), s.customer()
	chat := s.bring("active") // from c1@example.com
	if chat.ID == "" || s.pa.customerOf(chat.ID) != "" {
		t.Fatalf("a chat that was brought past the doors is %q's", s.pa.customerOf(chat.ID))
	}
	var mail createdContact
	s.sv.want(201, "POST", "/contacts", map[string]any{"client_id": "m1", "queue": s.mail(), "source": "C1@example.com", "caption": "An invoice"}).into(t, &mail)
	if got := s.pa.customerOf(mail.ID); got != ada.ID {
		t.Errorf("an e-mail of Ada's is %q's", got)
	}
	desk := s.agents["ben"].live("agent")
	link := func(contact string, body map[string]any) {
		s.agents["ben"].want(200, "PUT", "/contacts/"+contact+"/customer", body)
	}
	link(chat.ID, map[string]any{"customer": ada.ID})
	desk.linked(chat.ID, ada.ID)
	history := func(id string) (out []string) {
		var page struct {
			Items []struct{ Contact, Medium, State string }
		}
		s.agents["ben"].want(200, "GET", "/customers/"+id+"/contacts", nil).into(t, &page)
		for _, v := range page.Items {
			out = append(out, v.Contact+" "+v.Medium+" "+v.State)
		}
		return out
	}
	if got, want := history(ada.ID), []string{mail.ID + " email queued", chat.ID + " webchat active"}; !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	ben := s.agents["ben"]
	ben.want(200, "POST", "/contacts/"+chat.ID+"/finish", nil)
	ben.want(200, "POST", "/contacts/"+chat.ID+"/wrap-up", map[string]any{"client_id": "w", "disposition": s.reasons["Solved"]})
	link(chat.ID, map[string]any{"customer": bob.ID})
	if got := ben.want(200, "GET", "/customers/"+bob.ID+"/contacts", nil).body; !strings.Contains(got, `"state":"ended"`) || !strings.Contains(got, `"disposition_name":"Solved"`) {
		t.Errorf("history of the ended: %s", got)
	}
	link(chat.ID, map[string]any{})
	if got := history(bob.ID); got != nil || ben.customerOf(chat.ID) != "" {
		t.Errorf("nobody's: %v", got)
	}
	w.restart()
	s.pa = w.signIn("East", "pa")
	if got := s.pa.customerOf(mail.ID); got != ada.ID {
		t.Errorf("after a restart the e-mail is %q's", got)
	}
	s.pa.want(204, "DELETE", "/customers/"+ada.ID+"?version=1", nil)
	if got := s.pa.customerOf(mail.ID); got != "" {
		t.Errorf("the e-mail is %q's, who was removed", got)
	}
}

func (c *client) customerOf(contact string) string {
	c.h.t.Helper()
	var v struct{ Customer string }
	c.want(200, "GET", "/contacts/"+contact, nil).into(c.h.t, &v)
	return v.Customer
}

// A number is one number, however it is written in the unit's country; and a customer who
// gets an address gets the contacts that came from there before.
func TestNationalNumbersAndEarlierContacts(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa // Europe/Berlin: DE
	ended := s.bring("ended")
	var before struct{ Customer string }
	mail := func(data map[string]any) string {
		s.n++
		var made struct{ ID string }
		s.sv.want(201, "POST", "/contacts", map[string]any{"client_id": fmt.Sprintf("mail-%d", s.n), "queue": s.mail(), "details": data}).into(t, &made)
		return made.ID
	}
	early := mail(map[string]any{"phone": "030 2345678"})
	if pa.want(200, "GET", "/contacts/"+early, nil).into(t, &before); before.Customer != "" {
		t.Fatalf("nobody's contact is %+v", before)
	}
	var made struct {
		ID        string
		Addresses []struct{ Value string }
	}
	body := customerBody("Ada")
	body["addresses"] = []any{map[string]any{"kind": "phone", "value": "(030) 234 56 78"}}
	pa.want(201, "POST", "/customers", body).into(t, &made)
	if len(made.Addresses) != 1 || made.Addresses[0].Value != "+49 30 2345678" {
		t.Errorf("kept as %+v", made.Addresses)
	}
	w.until("the earlier contact is Ada's", func() bool {
		pa.want(200, "GET", "/contacts/"+early, nil).into(t, &before)
		return before.Customer == made.ID
	})
	late := mail(map[string]any{"phone": "0049 30 2345678"})
	if pa.want(200, "GET", "/contacts/"+late, nil).into(t, &before); before.Customer != made.ID {
		t.Errorf("a later contact by another form is %+v", before)
	}
	var page struct{ Items []struct{ ID string } }
	if pa.want(200, "GET", "/customers?find=030%202345678", nil).into(t, &page); len(page.Items) != 1 || page.Items[0].ID != made.ID {
		t.Errorf("found by the national form: %+v", page)
	}
	before.Customer = ""
	pa.want(200, "GET", "/contacts/"+ended.ID, nil).into(t, &before)
	if before.Customer == made.ID {
		t.Error("a stranger's contact became Ada's")
	}
}

// Many customers get a company or go, all of them or none.
func TestManyCustomers(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	one, two := s.customer(), s.customer()
	item := func(id string, version int) map[string]any { return map[string]any{"id": id, "version": version} }
	var got struct {
		Applied bool
		Items   []struct{ Code string }
	}
	ask := func(body map[string]any) { t.Helper(); pa.want(200, "POST", "/customers/bulk", body).into(t, &got) }
	ask(map[string]any{"items": []any{item(one.ID, 1), item(two.ID, 9)}, "set": map[string]any{"company": "Harbour"}})
	if got.Applied || got.Items[1].Code != "changed" {
		t.Errorf("another's change: %+v", got)
	}
	ask(map[string]any{"items": []any{item(one.ID, 1), item(two.ID, 1)}, "set": map[string]any{"company": "Harbour"}})
	var c struct{ Company string }
	if pa.want(200, "GET", "/customers/"+two.ID, nil).into(t, &c); !got.Applied || c.Company != "Harbour" {
		t.Errorf("%+v, %+v", got, c)
	}
	ask(map[string]any{"items": []any{item(one.ID, 2), item(two.ID, 2)}, "remove": true})
	if a := pa.do("GET", "/customers/"+one.ID, nil); !got.Applied || a.status != 404 {
		t.Errorf("removed: %+v, %d", got, a.status)
	}
	if a := pa.do("POST", "/customers/bulk", map[string]any{"items": []any{item(one.ID, 2)}}); a.code() != "nothing_asked" {
		t.Errorf("%d %s", a.status, a.body)
	}
}
