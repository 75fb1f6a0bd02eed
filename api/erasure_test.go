package api_test

import (
	"strings"
	"testing"
)

// A customer with an open contact is not erased, nor one twice at a time, nor one who was
// changed since; what will be reached is said before, and the log names nobody.
func TestEraseCustomer(t *testing.T) {
	w := newWorld(t)
	s := w.east
	customer, contact := s.customer(), s.bring("active")
	s.pa.want(200, "PUT", "/contacts/"+contact.ID+"/customer", map[string]any{"customer": customer.ID})
	path := "/customers/" + customer.ID + "/erasure"
	var reach struct{ Contacts, Open int }
	s.pa.want(200, "GET", path, nil).into(t, &reach)
	if reach.Contacts != 1 || reach.Open != 1 {
		t.Errorf("it will reach %+v", reach)
	}
	refused := func(want string, version int) {
		t.Helper()
		if a := s.pa.do("POST", path, map[string]any{"version": version}); a.status != 409 || a.code() != want {
			t.Errorf("%d %s, want %s", a.status, a.body, want)
		}
	}
	refused("customer_open", 1)
	customer, contact = s.customer(), s.bring("ended")
	s.pa.want(200, "PUT", "/contacts/"+contact.ID+"/customer", map[string]any{"customer": customer.ID})
	path = "/customers/" + customer.ID + "/erasure"
	refused("changed", 7)
	s.pa.want(202, "POST", path, map[string]any{"version": 1})
	refused("erasing", 1)
	var list struct{ Items []struct{ State, By string } }
	s.pa.want(200, "GET", "/erasures", nil).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].State != "running" || list.Items[0].By != "pa" {
		t.Errorf("under way: %+v", list)
	}
	audit := s.pa.want(200, "GET", "/audit?action=customer.erase", nil).body
	if !strings.Contains(audit, customer.ID) || strings.Contains(audit, "before\":") {
		t.Errorf("the log says %s", audit)
	}
}
