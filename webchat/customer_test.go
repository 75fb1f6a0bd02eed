package webchat

import (
	"encoding/json"
	"net/http"
	"testing"

	"portico/store"
)

// A chat in whose data stands an address of a customer, or that comes from one, is that
// customer's from its first moment on.
func TestChatOfACustomer(t *testing.T) {
	h := newHouse(t)
	ada := store.Customer{ID: h.mint.ID(), Unit: h.unit, Name: "Ada", CustomerBody: store.CustomerBody{
		Addresses: []store.Address{{Kind: "email", Value: "ada@example.com"}, {Kind: "phone", Value: "+49 30 12345"}}}}
	h.must(h.store.Save(t.Context(), store.Unit{Rows: []store.Row{store.PutCustomer{Customer: ada}}}))
	for id, test := range map[string]struct {
		request chatRequest
		known   bool
	}{
		"email":    {chatRequest{Data: map[string]string{"email": "ADA@example.com"}}, true},
		"phone":    {chatRequest{Data: map[string]string{"phone": "0049 30-12345"}}, true},
		"source":   {chatRequest{Source: "ada@example.com"}, true},
		"stranger": {chatRequest{Source: "bob@example.com", Data: map[string]string{"email": "nonsense", "note": "ada@example.com"}}, false},
	} {
		test.request.ClientID, test.request.Caption = id, "Hello"
		status, body := h.do("POST", "/api/chats", "", test.request)
		var b begun
		if json.Unmarshal([]byte(body), &b); status != http.StatusCreated {
			t.Fatalf("%s: %d %s", id, status, body)
		}
		p, _ := h.picture.Contact(h.unit, b.Contact)
		if (p.Customer == ada.ID) != test.known {
			t.Errorf("%s: the chat is %x's", id, p.Customer)
		}
		saved, err := h.store.Contact(t.Context(), h.unit, b.Contact)
		if h.must(err); saved.Customer != p.Customer {
			t.Errorf("%s: the store has it as %x's", id, saved.Customer)
		}
	}
}
