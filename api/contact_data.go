package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"portico/acd"
	"portico/fault"
	"portico/plan"
	"portico/store"
)

// VersionedContactData are a business unit's bounds of contact data with the version
// that a change must name.
type VersionedContactData struct {
	Version   uint32           `json:"version" doc:"0 until they are changed for the first time"`
	ChangedAt acd.Time         `json:"changed_at,omitempty" doc:"milliseconds since 1970 UTC"`
	ChangedBy string           `json:"changed_by,omitempty" maxLength:"200" doc:"name of the person"`
	Settings  plan.ContactData `json:"settings"`
}

type contactDataInput struct {
	Scope
	Body struct {
		Version  uint32           `json:"version" doc:"the version that the change is based on"`
		Settings plan.ContactData `json:"settings"`
	}
}

func (s *Server) registerContactData() {
	register(s, operation{id: "read-contact-data", method: http.MethodGet, path: "/contact-data",
		summary: "Read how much contact data a contact of the business unit may have", tag: "contact-data", roles: rolesSupervisor}, s.readContactData)
	register(s, operation{id: "change-contact-data", method: http.MethodPut, path: "/contact-data",
		summary: "Change how much contact data a contact may have; 99, 32 and 128 are the classic bounds", tag: "contact-data", roles: rolesBusiness}, s.changeContactData)
}

func (s *Server) readContactData(_ context.Context, c call, _ *scopeInput) (*Answer[VersionedContactData], error) {
	now := s.names()
	have := now.data[c.unit]
	return &Answer[VersionedContactData]{VersionedContactData{Version: have.Version, ChangedAt: have.ChangedAt,
		ChangedBy: now.person(have.ChangedBy), Settings: now.dataBounds(c.unit)}}, nil
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

func (s *Server) changeContactData(ctx context.Context, c call, in *contactDataInput) (*Answer[VersionedContactData], error) {
	if err := in.Body.Settings.Check(); err != nil {
		f := fault.Of(err)
		return nil, f.On("settings." + f.Field)
	}
	raw, err := json.Marshal(in.Body.Settings)
	if err != nil {
		return nil, fmt.Errorf("encoding the bounds of contact data: %w", err)
	}
	err = s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		before := now.data[c.unit]
		if before.Version != in.Body.Version {
			return proposal{}, errChanged
		}
		o := store.Object{Unit: c.unit, Kind: plan.KindContactData, ID: c.unit, Name: plan.KindContactData,
			Version: before.Version + 1, ChangedAt: s.at(), ChangedBy: c.caller.User, Body: raw}
		next, _, err := now.with(o)
		return proposal{next: next, rows: []store.Row{store.PutObject{Object: o, Expect: before.Version},
			s.audit(c, "contact_data.change", o.Unit, o.ID, before.Body, raw)}}, err
	})
	if err != nil {
		return nil, err
	}
	return s.readContactData(ctx, c, nil)
}
