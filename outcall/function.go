package outcall

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"portico/fault"
	"portico/plan"
	"portico/workflow"
)

// Function is an outside HTTP function with what it takes and gives. How it is asked is
// its profile:
//
// json: POST of {"contact":"…","visit":3,"inputs":{"name":"value"}}, answered with
// {"outputs":{"name":"value"}}.
//
// classic: POST of a form of at most 99 pairs, answered with another; keys have at most
// 32 characters and values 128. What does not fit is refused, never cut.
type Function struct {
	Description string      `json:"description,omitempty" required:"false" maxLength:"1000"`
	Profile     string      `json:"profile" required:"false" default:"json" enum:"json,classic" doc:"classic: forms of up to 99 pairs, keys of up to 32 characters, values of up to 128"`
	URL         string      `json:"url" minLength:"1" maxLength:"2000"`
	Headers     []Header    `json:"headers" required:"false" nullable:"false" maxItems:"20"`
	TimeoutS    int         `json:"timeout_s" required:"false" default:"5" minimum:"1" maximum:"5"`
	Inputs      []Parameter `json:"inputs" required:"false" nullable:"false" maxItems:"99"`
	Outputs     []Parameter `json:"outputs" required:"false" nullable:"false" maxItems:"99"`
}

// Parameter is what a function takes or gives.
type Parameter struct {
	Name        string `json:"name" minLength:"1" maxLength:"64"`
	Description string `json:"description,omitempty" required:"false" maxLength:"200"`
	Required    bool   `json:"required" required:"false" default:"false" doc:"of an input: without it the function is not asked; of an output: without it the call has failed"`
}

// The profiles of functions.
const (
	ProfileJSON    = "json"
	ProfileClassic = "classic"
)

// The bounds of the classic profile, keys and values in characters.
const (
	ClassicPairsMax = 99
	ClassicKeyMax   = 32
	ClassicValueMax = 128
)

var parameterName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

var (
	errProfile    = fault.New(fault.Invalid, "function_profile", "The profile must be json or classic.").On("profile")
	errParameters = fault.New(fault.Invalid, "function_parameter", "A parameter needs a name of its own, of letters, digits, dot, _ and -: at most 64 characters, 32 in the classic profile, 99 parameters.")
	errSeconds    = fault.New(fault.Invalid, "outcall_seconds", "The time must be from 1 to 5 seconds.").On("timeout_s")
	errInput      = fault.New(fault.Invalid, "function_input", "The function needs a value for {name}.")
	errOutput     = fault.New(fault.Unavailable, "function_output", "The answer holds no {name}.")
	errClassic    = fault.New(fault.Invalid, "function_classic", "More than 99 pairs, a key of more than 32 or a value of more than 128 characters: the classic profile does not take {name}.")
	errAnswer     = fault.New(fault.Unavailable, "function_answer", "The answer is not what a function of this profile gives.")
)

// Check judges a function by itself.
func (f Function) Check() error {
	if utf8.RuneCountInString(f.Description) > descriptionMax {
		return errDescription
	}
	if f.Profile != ProfileJSON && f.Profile != ProfileClassic {
		return errProfile
	}
	if _, err := parseAddress(f.URL); err != nil {
		return err
	}
	if f.TimeoutS < 1 || f.TimeoutS > 5 {
		return errSeconds
	}
	for i, h := range f.Headers {
		if !isHeader(h.Name, h.Value) {
			return filled(errHeader, "name", h.Name).On(element("headers", i))
		}
	}
	if err := f.checkParameters("inputs", f.Inputs); err != nil {
		return err
	}
	return f.checkParameters("outputs", f.Outputs)
}

func (f Function) checkParameters(field string, all []Parameter) error {
	longest := 64
	if f.Profile == ProfileClassic {
		longest = ClassicKeyMax
	}
	seen := map[string]bool{}
	for i, p := range all {
		if !parameterName.MatchString(p.Name) || len(p.Name) > longest || seen[p.Name] || i >= ClassicPairsMax {
			return errParameters.On(element(field, i))
		}
		seen[p.Name] = true
	}
	return nil
}

// References gives the secrets that it names.
func (f Function) References() []plan.Reference {
	var all []plan.Reference
	for i, h := range f.Headers {
		if !h.Secret.IsZero() {
			all = append(all, plan.Reference{Field: element("headers", i) + ".secret", Kind: KindSecret, ID: h.Secret})
		}
	}
	return all
}

func element(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// function asks a custom function.
func (c *Outcall) function(ctx context.Context, call Call) (workflow.Result, error) {
	id, err := idOf[functionKind](call.Function.Function)
	if err != nil {
		return workflow.Result{}, err
	}
	f, err := c.o.Function(ctx, call.Unit, id)
	if err != nil {
		return workflow.Result{}, fmt.Errorf("%w: %w", errMissing, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Duration(f.TimeoutS)*time.Second, errTimeout)
	defer cancel()
	body, mediaType, err := f.question(call)
	if err != nil {
		return workflow.Result{}, err
	}
	status, answer, kind, err := c.ask(ctx, question{call: call, method: http.MethodPost, url: f.URL, headers: f.Headers, body: body, mediaType: mediaType})
	if err != nil {
		if ctx.Err() != nil {
			err = errTimeout
		}
		return workflow.Result{}, err
	}
	if status < 200 || status > 299 {
		return workflow.Result{}, filled(errStatus, "status", strconv.Itoa(status))
	}
	values, err := f.read(answer, kind)
	if err != nil {
		return workflow.Result{}, err
	}
	data := make(map[string]string, len(call.Function.Outputs))
	for name, key := range call.Function.Outputs {
		if value, ok := values[name]; ok {
			data[key] = clean(value)
		}
	}
	return workflow.Result{Exit: workflow.ExitNext, Values: data}, nil
}

// question writes the inputs as the profile has them.
func (f Function) question(call Call) (body, mediaType string, err error) {
	inputs := call.Function.Inputs
	for _, p := range f.Inputs {
		if p.Required && inputs[p.Name] == "" {
			return "", "", filled(errInput, "name", p.Name)
		}
	}
	if f.Profile == ProfileClassic {
		if err := classic(inputs); err != nil {
			return "", "", err
		}
		form := make(url.Values, len(inputs))
		for name, value := range inputs {
			form.Set(name, value)
		}
		return form.Encode(), "application/x-www-form-urlencoded; charset=utf-8", nil
	}
	if inputs == nil {
		inputs = map[string]string{}
	}
	raw, err := json.Marshal(struct {
		Contact string            `json:"contact"`
		Visit   uint32            `json:"visit"`
		Inputs  map[string]string `json:"inputs"`
	}{call.Token.Contact.String(), call.Token.Visit, inputs})
	if err != nil {
		return "", "", fmt.Errorf("writing the question to a function: %w", err)
	}
	if len(raw) > RequestMax {
		return "", "", errRequest
	}
	return string(raw), "application/json", nil
}

// classic refuses pairs that the classic profile does not take.
func classic(pairs map[string]string) error {
	for n, name := range slices.Sorted(maps.Keys(pairs)) {
		if n >= ClassicPairsMax || utf8.RuneCountInString(name) > ClassicKeyMax || utf8.RuneCountInString(pairs[name]) > ClassicValueMax {
			return filled(errClassic, "name", name)
		}
	}
	return nil
}

// read takes the outputs out of an answer, and misses those that must be there.
func (f Function) read(answer []byte, mediaType string) (map[string]string, error) {
	values, err := f.values(answer, mediaType)
	if err != nil {
		return nil, err
	}
	for _, p := range f.Outputs {
		if p.Required && values[p.Name] == "" {
			return nil, filled(errOutput, "name", p.Name)
		}
	}
	return values, nil
}

func (f Function) values(answer []byte, mediaType string) (map[string]string, error) {
	if f.Profile == ProfileClassic {
		kind, _, _ := mime.ParseMediaType(mediaType)
		if kind == "application/json" {
			values, err := flat(answer)
			if err != nil {
				return nil, err
			}
			return values, classic(values)
		}
		form, err := url.ParseQuery(string(bytes.TrimSpace(answer)))
		if err != nil || !utf8.Valid(answer) {
			return nil, errAnswer
		}
		values := make(map[string]string, len(form))
		for name := range form {
			values[name] = form.Get(name)
		}
		return values, classic(values)
	}
	var outer struct {
		Outputs json.RawMessage `json:"outputs"`
	}
	if err := json.Unmarshal(answer, &outer); err != nil {
		return nil, errAnswer
	}
	if len(outer.Outputs) == 0 {
		return nil, nil
	}
	return flat(outer.Outputs)
}

// flat reads an object whose values are texts, numbers, true or false.
func flat(raw []byte) (map[string]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, errAnswer
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errAnswer
	}
	values := make(map[string]string, len(object))
	for name, v := range object {
		if text, ok := plainText(v); ok {
			values[name] = text
		}
	}
	return values, nil
}
