package api

import (
	"context"
	"net/http"

	"portico/acd"
	"portico/store"
)

// customersBulkMax is how many customers one change takes: one commit holds them all,
// with their words and addresses.
const customersBulkMax = 200

// CustomerSet is what many customers may get at once; what is absent stays as it is.
type CustomerSet struct {
	Company  *string `json:"company,omitempty" maxLength:"200"`
	Language *string `json:"language,omitempty" maxLength:"64"`
}

// SeenCustomer names a customer as it was seen.
type SeenCustomer struct {
	ID      acd.ID[objectKind] `json:"id"`
	Version uint32             `json:"version" minimum:"1" doc:"the version that was seen"`
}

type customersBulkInput struct {
	Scope
	Body struct {
		Items  []SeenCustomer `json:"items" nullable:"false" minItems:"1" maxItems:"200"`
		Set    CustomerSet    `json:"set,omitzero" doc:"what all of them get"`
		Remove bool           `json:"remove" required:"false" default:"false" doc:"remove them all; without set"`
		DryRun bool           `json:"dry_run" required:"false" default:"false" doc:"only say what would become of them"`
	}
}

func (s *Server) registerCustomerBulk() {
	register(s, operation{id: "bulk-customers", method: http.MethodPost, path: "/customers/bulk",
		summary: "Change or remove many customers, all or none", tag: "customers", roles: rolesBusiness}, s.bulkCustomers)
}

// bulkCustomers changes or removes up to 200 customers as one.
func (s *Server) bulkCustomers(ctx context.Context, c call, in *customersBulkInput) (*Answer[BulkResult], error) {
	set := in.Body.Set
	if in.Body.Remove == (set.Company != nil || set.Language != nil) {
		return nil, errNothingAsked
	}
	out := BulkResult{Items: make([]BulkItem, len(in.Body.Items))}
	var rows []store.Row
	var gone [][16]byte
	bad, twice := false, map[[16]byte]bool{}
	for i, asked := range in.Body.Items {
		item := &out.Items[i]
		item.ID = asked.ID
		old, err := s.store.Customer(ctx, c.unit, asked.ID)
		if err == nil && old.Version != asked.Version {
			err = errChanged
		}
		if err == nil && twice[asked.ID] {
			err = errTwice
		}
		twice[asked.ID] = true
		item.Name, item.Done = old.Name, err == nil
		if err != nil {
			item.refuse(err)
			bad = true
			continue
		}
		if in.Body.Remove {
			rows = append(rows, store.RemoveCustomer{Old: old}, s.audit(c, "customer.remove", c.unit, old.ID, nil, nil))
			gone = append(gone, old.ID)
			continue
		}
		next := old
		if set.Company != nil {
			next.Company = s.conversations.Masker(c.unit).Text(*set.Company)
		}
		if set.Language != nil {
			next.Language = *set.Language
		}
		next.ChangedAt, next.ChangedBy = s.at(), c.caller.User
		rows = append(rows, store.PutCustomer{Customer: next, Old: old}, s.audit(c, "customer.change", c.unit, old.ID, nil, nil))
	}
	if bad || in.Body.DryRun {
		return &Answer[BulkResult]{out}, nil
	}
	for _, id := range gone {
		if err := s.unlink(ctx, c, id); err != nil {
			return nil, err
		}
	}
	if err := s.store.Save(ctx, store.Unit{Rows: rows}); err != nil {
		return nil, err
	}
	out.Applied = true
	return &Answer[BulkResult]{out}, nil
}
