package outcall

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"portico/acd"
	"portico/fault"
	"portico/workflow"
)

// A function is asked in JSON with its inputs, and what its outputs hold becomes contact
// data by the keys that the component gives them.
func TestFunctionJSON(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	var asked string
	answer := `{"outputs":{"state":"gold","points":12.50,"vip":true,"more":[1]}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		asked = r.Method + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("X-Key") + " " + string(raw)
		io.WriteString(w, answer)
	}))
	defer server.Close()
	h.secrets[SecretID{1}] = "k"
	h.functions[FunctionID{1}] = Function{Profile: ProfileJSON, URL: server.URL, TimeoutS: 5, Headers: []Header{{Name: "X-Key", Secret: SecretID{1}}},
		Inputs: []Parameter{{Name: "id", Required: true}}, Outputs: []Parameter{{Name: "state", Required: true}}}
	ask := func(inputs map[string]string) Result {
		return h.Do(t.Context(), Call{Call: workflow.Call{Token: workflow.Token{Contact: acd.ContactID{1}, Visit: 3}, Function: &workflow.FunctionCall{Function: FunctionID{1}.String(), Inputs: inputs,
			Outputs: map[string]string{"state": "customer_state", "points": "points", "vip": "vip", "missing": "m"}}}})
	}
	r := ask(map[string]string{"id": "47\"11"})
	want(t, "function", r, workflow.ExitNext, "")
	if !reflect.DeepEqual(r.Values, map[string]string{"customer_state": "gold", "points": "12.50", "vip": "true"}) {
		t.Errorf("data %v", r.Values)
	}
	if asked != `POST application/json k {"contact":"01000000-0000-0000-0000-000000000000","visit":3,"inputs":{"id":"47\"11"}}` {
		t.Errorf("asked %s", asked)
	}
	want(t, "a missing input", ask(nil), workflow.ExitError, "function_input")
	for _, c := range []struct{ answer, code string }{{`{"outputs":{}}`, "function_output"}, {`{}`, "function_output"}, {`[]`, "function_answer"},
		{`{"outputs":[1]}`, "function_answer"}, {``, "function_answer"}} {
		answer = c.answer
		want(t, c.answer, ask(map[string]string{"id": "1"}), workflow.ExitError, c.code)
	}
	want(t, "no function", h.Do(t.Context(), Call{Call: workflow.Call{Function: &workflow.FunctionCall{Function: FunctionID{9}.String()}}}), workflow.ExitError, "outcall_missing")
}

// The classic profile: 99 pairs, keys of 32 and values of 128 characters, either way;
// what does not fit is refused and never cut.
func TestFunctionClassic(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	var asked url.Values
	var mediaType string
	answer := "state=gold+status&n=%C3%BC"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		asked, _ = url.ParseQuery(string(raw))
		w.Header().Set("Content-Type", mediaType)
		io.WriteString(w, answer)
	}))
	defer server.Close()
	h.functions[FunctionID{1}] = Function{Profile: ProfileClassic, URL: server.URL, TimeoutS: 5}
	ask := func(inputs map[string]string) Result {
		return h.Do(t.Context(), Call{Call: workflow.Call{Function: &workflow.FunctionCall{Function: FunctionID{1}.String(), Inputs: inputs, Outputs: map[string]string{"state": "s", "n": "n"}}}})
	}
	full := map[string]string{}
	for i := range ClassicPairsMax {
		full[fmt.Sprintf("k%031d", i)] = strings.Repeat("ü", ClassicValueMax)
	}
	r := ask(full)
	want(t, "classic", r, workflow.ExitNext, "")
	if len(asked) != ClassicPairsMax || asked.Get("k"+strings.Repeat("0", 31)) != strings.Repeat("ü", 128) || r.Values["s"] != "gold status" || r.Values["n"] != "ü" {
		t.Errorf("asked %d pairs, got %v", len(asked), r.Values)
	}
	for _, over := range []map[string]string{{strings.Repeat("k", 33): "x"}, {"k": strings.Repeat("x", 129)}} {
		want(t, "over the bound", ask(over), workflow.ExitError, "function_classic")
	}
	full["one more"] = ""
	want(t, "a hundred pairs", ask(full), workflow.ExitError, "function_classic")
	for _, c := range []struct {
		mediaType, answer string
		exit              workflow.Exit
		code              string
	}{
		{"application/json", `{"state":"a","n":1}`, workflow.ExitNext, ""},
		{"application/json; charset=utf-8", `{"state":"` + strings.Repeat("x", 129) + `"}`, workflow.ExitError, "function_classic"},
		{"application/json", `nonsense`, workflow.ExitError, "function_answer"},
		{"text/plain", "state=" + strings.Repeat("x", 129), workflow.ExitError, "function_classic"},
		{"text/plain", "state=%zz", workflow.ExitError, "function_answer"},
		{"text/plain", "state=\xff", workflow.ExitError, "function_answer"},
		{"text/plain", "", workflow.ExitNext, ""},
	} {
		mediaType, answer = c.mediaType, c.answer
		want(t, c.answer, ask(nil), c.exit, c.code)
	}
}

// What administrators register is judged.
func TestFunctionCheck(t *testing.T) {
	good := Function{Profile: ProfileJSON, URL: "https://crm.example.com/f", TimeoutS: 5, Inputs: []Parameter{{Name: "id"}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for field, spoil := range map[string]func(*Function){
		"profile":          func(f *Function) { f.Profile = "soap" },
		"url":              func(f *Function) { f.URL = "ftp://x" },
		"timeout_s":        func(f *Function) { f.TimeoutS = 6 },
		"headers[0]":       func(f *Function) { f.Headers = []Header{{Name: "Host", Value: "x"}} },
		"inputs[1]":        func(f *Function) { f.Inputs = []Parameter{{Name: "a"}, {Name: "a"}} },
		"outputs[0]":       func(f *Function) { f.Outputs = []Parameter{{Name: "a b"}} },
		"inputs[0]":        func(f *Function) { f.Profile, f.Inputs = ProfileClassic, []Parameter{{Name: strings.Repeat("k", 33)}} },
		"description":      func(f *Function) { f.Description = strings.Repeat("x", 1001) },
		"headers[0] again": func(f *Function) { f.Headers = []Header{{Name: "X", Value: "a\nb"}} },
	} {
		f := good
		spoil(&f)
		of := fault.Of(f.Check())
		if of == nil || of.Field != strings.TrimSuffix(field, " again") {
			t.Errorf("%s: %v", field, of)
		}
	}
}

// Whatever a function answers, it is values that a store can keep, or an error.
func FuzzFunctionAnswer(f *testing.F) {
	f.Add([]byte(`{"outputs":{"a":"b"}}`), true)
	f.Add([]byte(`a=b&c=%00`), false)
	f.Fuzz(func(t *testing.T, answer []byte, isJSON bool) {
		for _, profile := range []string{ProfileJSON, ProfileClassic} {
			mediaType := "text/plain"
			if isJSON {
				mediaType = "application/json"
			}
			values, err := Function{Profile: profile}.read(answer, mediaType)
			if err != nil {
				continue
			}
			for _, v := range values {
				if raw, err := json.Marshal(clean(v)); err != nil || strings.Contains(string(raw), `\u0000`) {
					t.Fatalf("%q", v)
				}
			}
			if profile == ProfileClassic && classic(values) != nil {
				t.Fatalf("%v is no classic answer", values)
			}
		}
	})
}
