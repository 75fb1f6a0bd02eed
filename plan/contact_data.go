package plan

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"portico/fault"
)

// KindContactData is the object of a unit's bounds of contact data: one, with the unit's id.
const KindContactData = "contact_data"

// ContactData bounds the contact data of a business unit's contacts. Lengths are in
// characters. Zero is the default.
type ContactData struct {
	Keys        int `json:"keys" minimum:"1" maximum:"500" doc:"how many a contact may have"`
	KeyLength   int `json:"key_length" minimum:"1" maximum:"200" doc:"characters of a key"`
	ValueLength int `json:"value_length" minimum:"1" maximum:"4000" doc:"characters of a value"`
}

// ContactDataDefaults are the bounds of a unit that has changed nothing.
func ContactDataDefaults() ContactData {
	return ContactData{Keys: 100, KeyLength: 64, ValueLength: 1000}
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (d ContactData) Check() error {
	var c checker
	c.number("keys", d.Keys, 1, 500)
	c.number("key_length", d.KeyLength, 1, 200)
	c.number("value_length", d.ValueLength, 1, 4000)
	return c.result()
}

// Refuse gives a fault that says which bound data break; nil for none.
func (d ContactData) Refuse(data map[string]string) *fault.Fault {
	if d == (ContactData{}) {
		d = ContactDataDefaults()
	}
	if len(data) > d.Keys {
		return fault.New(fault.Invalid, "data_keys", fmt.Sprintf("A contact may have at most %d contact data.", d.Keys)).
			With("max", fmt.Sprint(d.Keys)).On("data")
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if utf8.RuneCountInString(key) > d.KeyLength {
			return fault.New(fault.Invalid, "data_key", fmt.Sprintf("The name of a contact datum has at most %d characters.", d.KeyLength)).
				With("max", fmt.Sprint(d.KeyLength)).On("data")
		}
		if utf8.RuneCountInString(data[key]) > d.ValueLength {
			return fault.New(fault.Invalid, "data_value", fmt.Sprintf("A contact datum has at most %d characters.", d.ValueLength)).
				With("max", fmt.Sprint(d.ValueLength)).On("data")
		}
	}
	return nil
}
