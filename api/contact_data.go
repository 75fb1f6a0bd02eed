package api

import (
	"encoding/json"
	"fmt"

	"portico/acd"
	"portico/plan"
	"portico/store"
)

// contactData are the bounds of a business unit's contact data.
func (s *Server) contactData() single[plan.ContactData] {
	return single[plan.ContactData]{kind: plan.KindContactData, path: "contact-data", words: "how much contact data a contact may have",
		read: rolesSupervisor, change: rolesBusiness,
		have: func(now *catalogue, unit acd.UnitID) store.Object { return now.data[unit].Object },
		show: func(raw json.RawMessage) (plan.ContactData, error) {
			bounds := plan.ContactDataDefaults()
			if len(raw) == 0 {
				return bounds, nil
			}
			if err := json.Unmarshal(raw, &bounds); err != nil {
				return bounds, fmt.Errorf("reading the bounds of contact data: %w", err)
			}
			return bounds, nil
		},
		keep: func(bounds plan.ContactData) (any, error) { return bounds, bounds.Check() }}
}

// dataBounds are the bounds of a unit's contact data.
func (c *catalogue) dataBounds(unit acd.UnitID) plan.ContactData {
	if own, ok := c.data[unit]; ok {
		return own.body
	}
	return plan.ContactDataDefaults()
}

// ContactData gives the bounds of a business unit's contact data.
func (c *Configuration) ContactData(unit acd.UnitID) plan.ContactData {
	return c.now.Load().dataBounds(unit)
}
