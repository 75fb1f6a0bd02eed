package api_test

import (
	"encoding/json"
	"sort"
	"strings"
	"testing"

	"portico/api"
)

// schema is the part of JSON Schema that the API's document uses.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Enum       []any              `json:"enum"`
	Examples   []any              `json:"examples"`
	MaxLength  *int               `json:"maxLength"`
	Pattern    string             `json:"pattern"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	Items      *schema            `json:"items"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Additional json.RawMessage    `json:"additionalProperties"`
}

// parameter is one of path or query.
type parameter struct {
	Name     string
	In       string
	Required bool
	Schema   *schema
}

// documented is an operation as the document tells it.
type documented struct {
	id, method, path string // the path below /api/v1
	Parameters       []parameter
	Roles            []string                     `json:"x-roles"`
	Security         []map[string]json.RawMessage `json:"security"`
	RequestBody      struct {
		Content map[string]struct{ Schema *schema }
	}
}

func (o documented) body() *schema { return o.RequestBody.Content["application/json"].Schema }

// document reads the API's own document.
type document struct {
	operations []documented
	schemas    map[string]*schema
}

func readDocument(t testing.TB) document {
	t.Helper()
	raw, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas map[string]*schema }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	d := document{schemas: doc.Components.Schemas}
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			o := documented{method: strings.ToUpper(method), path: strings.TrimPrefix(path, "/api/v1")}
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatal(err)
			}
			var named struct{ OperationID string }
			if err := json.Unmarshal(raw, &named); err != nil {
				t.Fatal(err)
			}
			o.id = named.OperationID
			d.operations = append(d.operations, o)
		}
	}
	sort.Slice(d.operations, func(i, j int) bool { return d.operations[i].id < d.operations[j].id })
	if len(d.operations) < 50 {
		t.Fatalf("the document has %d operations only", len(d.operations))
	}
	return d
}

func (d document) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = d.schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

// walk visits every place of a value that the schema describes, with a setter.
func (d document) walk(s *schema, v any, path string, set func(any), visit func(path string, s *schema, v any, set func(any))) {
	s = d.resolve(s)
	if s == nil {
		return
	}
	visit(path, s, v, set)
	switch v := v.(type) {
	case map[string]any:
		for name, part := range s.Properties {
			if _, ok := v[name]; ok {
				d.walk(part, v[name], path+"."+name, func(x any) { v[name] = x }, visit)
			}
		}
		var additional schema
		if json.Unmarshal(s.Additional, &additional) == nil && len(s.Properties) == 0 {
			for name := range v {
				d.walk(&additional, v[name], path+"."+name, func(x any) { v[name] = x }, visit)
			}
		}
	case []any:
		for i := range v {
			d.walk(s.Items, v[i], path+"[]", func(x any) { v[i] = x }, visit)
		}
	}
}

// places are the paths of every place that a schema describes, such as
// .steps[].agents[].
func (d document) places(s *schema, path string, visit func(path string, s *schema)) {
	s = d.resolve(s)
	if s == nil {
		return
	}
	visit(path, s)
	for name, part := range s.Properties {
		d.places(part, path+"."+name, visit)
	}
	if s.Items != nil {
		d.places(s.Items, path+"[]", visit)
	}
}

// example makes a value that fits the schema.
func (d document) example(s *schema) any {
	s = d.resolve(s)
	switch {
	case s == nil:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Format == "uuid":
		return never()
	}
	switch s.Type {
	case "string":
		return "x"
	case "integer", "number":
		if s.Minimum != nil && *s.Minimum > 0 {
			return *s.Minimum
		}
		return 0.0
	case "boolean":
		return false
	case "array":
		return []any{d.example(s.Items)}
	case "object":
		out := map[string]any{}
		for name, part := range s.Properties {
			out[name] = d.example(part)
		}
		return out
	}
	return nil
}

// copied gives a deep copy of a JSON value.
func copied(t testing.TB, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
