package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// BulkResult says what became of many objects.
type BulkResult struct {
	Applied bool       `json:"applied" doc:"all was done; otherwise nothing was"`
	Items   []BulkItem `json:"items" nullable:"false"`
	Preview *Preview   `json:"preview,omitempty" doc:"of a dry run of what is possible"`
}

// BulkItem says what became of one object, or why nothing did.
type BulkItem struct {
	ID      acd.ID[objectKind] `json:"id"`
	Name    string             `json:"name"`
	Done    bool               `json:"done" doc:"it was changed, or with dry_run: it could be"`
	Code    string             `json:"code,omitempty"`
	Message string             `json:"message,omitempty"`
	Field   string             `json:"field,omitempty"`
}

type bulkInput struct {
	Scope
	Body struct {
		Items []struct {
			ID      acd.ID[objectKind] `json:"id"`
			Version uint32             `json:"version" minimum:"1" doc:"the version that was seen"`
			Set     map[string]any     `json:"set,omitempty" doc:"what is set in this one beside the common"`
		} `json:"items" nullable:"false" minItems:"1" maxItems:"1000"`
		Set    map[string]any `json:"set,omitempty" doc:"fields of the body to replace, as RFC 7396 merges them: objects are merged, null takes a field away"`
		Remove bool           `json:"remove" required:"false" default:"false" doc:"remove them all; without set"`
		DryRun bool           `json:"dry_run" required:"false" default:"false" doc:"only say what would become of them"`
	}
}

var (
	errNothingAsked = fault.New(fault.Invalid, "nothing_asked", "Say what to set, or that they are to be removed; not both.")
	// errNotApplied ends a change that was judged and is not to be made.
	errNotApplied = errors.New("not applied")
)

func (k kind[Stored, Shown]) registerBulk(s *Server) {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Shown](), true, "")
	register(s, operation{id: "bulk-" + k.many, method: http.MethodPost, path: "/" + k.many + "/bulk",
		summary: "Change or remove many " + strings.ReplaceAll(k.many, "-", " ") + ", all or none", tag: k.many, roles: k.change},
		func(ctx context.Context, c call, in *bulkInput) (*Answer[BulkResult], error) {
			return k.bulk(ctx, s, c, in, schema)
		})
}

func (k kind[Stored, Shown]) bulk(ctx context.Context, s *Server, c call, in *bulkInput, schema *huma.Schema) (*Answer[BulkResult], error) {
	for _, item := range in.Body.Items {
		if in.Body.Remove == (len(in.Body.Set)+len(item.Set) > 0) {
			return nil, errNothingAsked
		}
	}
	var result BulkResult
	err := s.configuration.change(ctx, func(was *catalogue) (proposal, error) {
		d := s.draft(c, was)
		d.prepare(k.unit(c))
		result = BulkResult{Items: make([]BulkItem, len(in.Body.Items))}
		bad, err := k.judgeAll(ctx, d, in, schema, result.Items)
		if err != nil {
			return proposal{}, err
		}
		p, wrong, err := d.proposal()
		if err != nil {
			return proposal{}, err
		}
		for i := range result.Items {
			if err := wrong[result.Items[i].ID]; err != nil {
				result.Items[i].refuse(err)
				bad = true
			}
		}
		if bad {
			return proposal{}, errNotApplied
		}
		if in.Body.DryRun {
			preview, err := s.preview(was, p.next)
			result.Preview = &preview
			return proposal{}, cmp.Or(err, errNotApplied)
		}
		return p, nil
	})
	if err != nil && !errors.Is(err, errNotApplied) {
		return nil, err
	}
	result.Applied = err == nil
	return &Answer[BulkResult]{result}, nil
}

// judgeAll judges each object and puts its change into the draft. An error of the
// store ends it; what is wrong with an object is in its item.
func (k kind[Stored, Shown]) judgeAll(ctx context.Context, d *draft, in *bulkInput, schema *huma.Schema, items []BulkItem) (bad bool, err error) {
	gone := make([]store.Object, len(items))
	twice := map[[16]byte]bool{}
	for i, asked := range in.Body.Items {
		items[i] = BulkItem{ID: asked.ID}
		var o store.Object
		switch {
		case twice[asked.ID]:
			err = errTwice
		case in.Body.Remove:
			o, err = k.takeAway(ctx, d, asked.ID, asked.Version)
			gone[i] = o
		default:
			o, err = k.merge(ctx, d, asked.ID, asked.Version, sets{in.Body.Set, asked.Set}, schema)
		}
		twice[asked.ID] = true
		items[i].Name, items[i].Done = o.Name, err == nil
		if err != nil {
			if f := faultOf(err); f.Kind == fault.Unavailable {
				return true, err
			}
			items[i].refuse(err)
			bad = true
		}
	}
	for i, o := range gone {
		if !items[i].Done || !in.Body.Remove {
			continue
		}
		if err := d.unused(ctx, o); err != nil {
			if f := faultOf(err); f.Kind == fault.Unavailable {
				return true, err
			}
			items[i].refuse(err)
			bad = true
		}
	}
	return bad, nil
}

var errTwice = fault.New(fault.Invalid, "twice", "It is in the list twice.")

func (b *BulkItem) refuse(err error) {
	f := faultOf(err)
	b.Done, b.Code, b.Message, b.Field = false, f.Code, f.Sentence, fieldIn(f)
	if f.Values["uses"] != "" {
		b.Message += " (" + f.Values["uses"] + ")"
	}
}

// sets are what is set in all objects, and in one beside.
type sets struct{ all, one map[string]any }

func (s sets) on(whole any) any {
	if s.all != nil {
		whole = merged(whole, s.all)
	}
	if s.one != nil {
		whole = merged(whole, s.one)
	}
	return whole
}

// merge puts a change of some fields of an object's body into the draft.
func (k kind[Stored, Shown]) merge(ctx context.Context, d *draft, id [16]byte, version uint32, set sets, schema *huma.Schema) (store.Object, error) {
	before, err := k.seen(ctx, d, id, version)
	if err != nil {
		return before, err
	}
	body, err := k.decode(before)
	if err != nil {
		return before, err
	}
	raw, err := encode(k.name, k.show(before, body))
	if err != nil {
		return before, err
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return before, fmt.Errorf("reading the %s: %w", k.name, err)
	}
	shown, err := decodeShown[Shown](d.s, schema, set.on(whole))
	if err != nil {
		return before, err
	}
	o := before
	o.Version++
	return o, k.save(ctx, d, before, &o, k.keep(shown), "change")
}

// merged is what RFC 7396 makes of a value and a patch.
func merged(value, patch any) any {
	fields, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	have, _ := value.(map[string]any)
	out := make(map[string]any, len(have)+len(fields))
	for name, v := range have {
		out[name] = v
	}
	for name, v := range fields {
		if v == nil {
			delete(out, name)
		} else {
			out[name] = merged(out[name], v)
		}
	}
	return out
}

// decodeShown judges a value by the API's document, as an operation's body is, and
// reads it.
func decodeShown[Shown any](s *Server, schema *huma.Schema, value any) (Shown, error) {
	var shown Shown
	result := &huma.ValidateResult{}
	huma.Validate(s.huma.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeWriteToServer, value, result)
	if len(result.Errors) > 0 {
		var detail *huma.ErrorDetail
		if errors.As(result.Errors[0], &detail) {
			return shown, fault.New(fault.Invalid, errInvalid.Code, errInvalid.Sentence+" "+sentence(detail.Message)).On("body." + detail.Location)
		}
		return shown, errInvalid
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return shown, fmt.Errorf("encoding what was asked: %w", err)
	}
	if err := json.Unmarshal(raw, &shown); err != nil {
		return shown, errInvalid
	}
	return shown, nil
}

// sentence makes a sentence of a message of the validator.
func sentence(message string) string {
	if message == "" {
		return ""
	}
	return strings.ToUpper(message[:1]) + message[1:] + "."
}
