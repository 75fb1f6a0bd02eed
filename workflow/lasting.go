package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"portico/acd"
)

// The components in which time passes.

type wait struct {
	span, every time.Duration
	texts       map[string]template
}

func (w *wait) enter(r *run) Exit {
	r.in.Doing, r.in.Until = DoingWait, r.now.Add(w.span)
	r.say(SayWait, "", r.choose(w.texts))
	w.next(r)
	return stay
}

// next sets the deadline: the next text, or the end.
func (w *wait) next(r *run) {
	r.in.Deadline = r.in.Until
	if w.every > 0 && len(w.texts) > 0 && r.in.Texts < TextsMax {
		r.in.Deadline = min(r.in.Deadline, r.now.Add(w.every))
	}
}

// due says the text again, or ends. Texts that were due while nobody could say them
// are said once.
func (w *wait) due(r *run) Exit {
	if r.now >= r.in.Until {
		return ExitNext
	}
	r.say(SayWait, "", r.choose(w.texts))
	w.next(r)
	return stay
}

func (*wait) again(*run) {} // customers' time goes on

type collect struct {
	texts   map[string]template
	fields  []Field
	seconds int
}

func (c *collect) enter(r *run) Exit {
	if medium(r.contact.Medium) != "chat" {
		return r.fail("The medium of the contact has no forms.")
	}
	r.wait(DoingCollect, c.seconds)
	c.again(r)
	return stay
}

func (c *collect) again(r *run) {
	ask := &Ask{Visit: r.in.Visit, Text: r.choose(c.texts), Deadline: r.in.Deadline}
	for _, f := range c.fields {
		label, _ := pick(f.Label, r.contact.Language)
		ask.Fields = append(ask.Fields, AskField{f.Key, label, f.Kind, f.Required, slices.Clone(f.Choices)})
	}
	r.here().Ask = ask
}

func (*collect) due(*run) Exit { return ExitTimeout }

// collected keeps the values of the form's fields; the channel has checked them.
func (r *run) collected(values map[string]string) Exit {
	c, ok := r.node().component.(*collect)
	if !ok {
		return r.fail("There is no form.")
	}
	for _, f := range c.fields {
		if value, filled := values[f.Key]; filled && !r.set(f.Key, value) {
			return r.fail("The contact data has no room for " + f.Key + ".")
		}
	}
	return ExitNext
}

type offerCallback struct {
	texts    map[string]template
	seconds  int
	schedule string
}

func (o *offerCallback) enter(r *run) Exit {
	if medium(r.contact.Medium) != "chat" {
		return r.fail("Nobody can be asked on the medium of the contact.")
	}
	offer, ok := o.offer(r)
	if !ok {
		return r.fail("The schedule of callbacks is not there, or never opens.")
	}
	r.wait(DoingCallback, o.seconds)
	offer.Deadline = r.in.Deadline
	r.here().Offer = offer
	return stay
}

// offer gives what the customer is asked, with when callbacks are promised.
func (o *offerCallback) offer(r *run) (*OfferCallback, bool) {
	out := &OfferCallback{Visit: r.in.Visit, Text: r.choose(o.texts), Deadline: r.in.Deadline}
	if o.schedule == "" {
		return out, true
	}
	now := r.now.Std()
	from, until, ok := r.world.Opening(r.contact.Unit, o.schedule, now)
	if ok {
		out.From, out.Zone = acd.At(from), from.Location().String()
		if !until.IsZero() {
			out.Until = acd.At(until)
		}
		out.Later = from.After(now)
	}
	return out, ok
}

// again asks as before. What was promised stays: the offer that the customer reads was saved.
func (o *offerCallback) again(r *run) {
	if offer, ok := o.offer(r); ok {
		r.here().Offer = offer
	}
}

func (*offerCallback) due(*run) Exit { return ExitTimeout }

// call is what the three outside calls share.
type call struct {
	kind    Kind
	timeout time.Duration
	keys    []string // that the answer may set
	make    func(r *run, c *Call) error
}

func (c *call) enter(r *run) Exit {
	if err := c.tell(r); err != nil {
		r.in.Doing, r.in.Deadline = DoingNothing, 0
		return r.fail("The call cannot be made: " + err.Error() + ".")
	}
	return stay
}

// tell asks for the call. The time that it may take begins now.
func (c *call) tell(r *run) error {
	out := &Call{Token: Token{r.contact.ID, r.in.Visit}, Kind: c.kind, Timeout: c.timeout}
	if err := c.make(r, out); err != nil {
		return err
	}
	r.in.Doing, r.in.Deadline = DoingCall, r.now.Add(c.timeout+callGrace)
	r.here().Call = out
	return nil
}

// again makes the call anew with the same token: whoever answers twice is heard once.
func (c *call) again(r *run) {
	if err := c.tell(r); err != nil {
		r.in.Deadline = r.now // it counts as lost
	}
}

func (c *call) due(r *run) Exit {
	r.note = "No answer came in time."
	return ExitTimeout
}

// answered keeps what a call brought.
func (r *run) answered(result Result) Exit {
	c, ok := r.node().component.(*call)
	if !ok {
		return r.fail("Nothing was asked.")
	}
	for _, key := range c.keys {
		if value, there := result.Values[key]; there && !r.set(key, value) {
			return r.fail("The contact data has no room for " + key + ".")
		}
	}
	switch result.Exit {
	case ExitNext, ExitFound, ExitNone, ExitTimeout:
		if slices.Contains(exitsOf(c.kind), result.Exit) {
			r.note = result.Note
			return result.Exit
		}
	case ExitError:
		return r.fail(result.Note)
	}
	return r.fail(fmt.Sprintf("The call ended in a way that there is not: %q.", result.Exit))
}

type webRequest struct {
	WebRequestSettings
	url, body template
	headers   []template
}

func (w *webRequest) ready(r *run, c *Call) error {
	web := &WebCall{
		Method: w.Method, URL: r.render(w.url, escapeURL), OK: slices.Clone(w.OK), Outputs: slices.Clone(w.Outputs),
	}
	if web.Method == "" {
		web.Method = "GET"
	}
	var escape func(string) string
	if body := strings.TrimSpace(w.Body); strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[") || strings.HasPrefix(body, `"`) {
		escape = escapeJSON
	}
	web.Body = r.render(w.body, escape)
	for i, h := range w.Headers {
		header := CallHeader{Name: h.Name}
		if secret, ok := strings.CutPrefix(h.Value, secretPrefix); ok {
			header.Secret = secret
		} else {
			header.Value = r.render(w.headers[i], escapeHeader)
		}
		web.Headers = append(web.Headers, header)
	}
	c.Web = web
	return nil
}

type function struct {
	FunctionSettings
	inputs map[string]template
}

func (f *function) ready(r *run, c *Call) error {
	call := &FunctionCall{Function: f.Function, Inputs: make(map[string]string, len(f.inputs)), Outputs: f.Outputs}
	for name, t := range f.inputs {
		call.Inputs[name] = r.render(t, nil)
	}
	c.Function = call
	return nil
}

type lookup struct {
	LookupSettings
	parameters map[string]*expression
}

func (l *lookup) ready(r *run, c *Call) error {
	call := &LookupCall{
		Connection: l.Connection, Query: l.Query, Parameters: make(map[string]string, len(l.parameters)), Outputs: slices.Clone(l.Outputs),
	}
	for _, name := range sorted(l.parameters) {
		value, err := r.text(l.parameters[name])
		if err != nil {
			return fmt.Errorf("the parameter %s: %w", name, err)
		}
		call.Parameters[name] = value
	}
	c.Lookup = call
	return nil
}

// parseID reads an id.
func parseID[I acd.QueueID | acd.AgentID | acd.SkillID](text string) (I, bool) {
	var id I
	err := (any(&id)).(interface{ UnmarshalText([]byte) error }).UnmarshalText([]byte(text))
	return id, err == nil && id != I{}
}
