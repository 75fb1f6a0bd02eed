package workflow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"portico/acd"
)

// makers make a component of its settings, by kind.
var makers = map[Kind]func(b *builder, settings json.RawMessage) component{
	KindStart:         makeStart,
	KindDecision:      makeDecision,
	KindSchedule:      makeSchedule,
	KindSet:           makeSet,
	KindCategory:      makeCategory,
	KindMessage:       makeMessage,
	KindCollect:       makeCollect,
	KindWebRequest:    makeWebRequest,
	KindFunction:      makeFunction,
	KindLookup:        makeLookup,
	KindQueue:         makeQueue,
	KindWait:          makeWait,
	KindOfferCallback: makeOfferCallback,
	KindTransfer:      makeTransfer,
	KindAutoReply:     makeAutoReply,
	KindDisconnect:    makeDisconnect,
	KindAcknowledge:   makeAcknowledge,
	KindForward:       makeForward,
	KindDiscard:       makeDiscard,
}

// read reads settings; a field that there is not is an error, so that a slip of the pen
// is not passed over.
func read[T any](b *builder, settings json.RawMessage) T {
	var out T
	d := json.NewDecoder(bytes.NewReader(settings))
	d.DisallowUnknownFields()
	err := d.Decode(&out)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = fmt.Errorf("something follows the settings")
		}
	}
	if err != nil {
		var none T
		b.problem("", CodeSettings, "The settings cannot be read: "+cut(printable(err.Error()), 200)+".")
		return none
	}
	return out
}

func makeStart(b *builder, settings json.RawMessage) component {
	s := read[StartSettings](b, settings)
	b.atMost("media", len(s.Media), DataMax)
	b.atMost("source", len(s.Source), DataMax)
	b.atMost("destination", len(s.Destination), DataMax)
	b.atMost("queues", len(s.Queues), DataMax)
	for i, queue := range s.Queues {
		b.reference(fmt.Sprintf("queues.%d", i), RefQueue, queue)
	}
	for i, p := range s.Source {
		b.short(fmt.Sprintf("source.%d", i), p, 320)
	}
	for i, p := range s.Destination {
		b.short(fmt.Sprintf("destination.%d", i), p, 320)
	}
	f := &b.flow.fits
	f.queues = s.Queues
	for _, m := range s.Media {
		f.media = append(f.media, medium(m))
	}
	for _, p := range s.Source {
		f.source = append(f.source, strings.ToLower(p))
	}
	for _, p := range s.Destination {
		f.destination = append(f.destination, strings.ToLower(p))
	}
	return start{}
}

func makeDecision(b *builder, settings json.RawMessage) component {
	s := read[DecisionSettings](b, settings)
	d := &decision{}
	if len(s.Branches) == 0 {
		b.problem("branches", CodeRequired, "A decision has at least one branch.")
	}
	b.atMost("branches", len(s.Branches), BranchesMax)
	seen := make(map[Exit]bool)
	for i, br := range s.Branches {
		field := fmt.Sprintf("branches.%d", i)
		if !validID(string(br.ID)) || br.ID == ExitElse || br.ID == ExitError || seen[br.ID] {
			b.problem(field+".id", CodeValue, "The id of a branch is 1 to 40 of the signs a–z, 0–9, _ and -, and is there once.", "what", "branch")
			continue
		}
		seen[br.ID] = true
		b.short(field+".name", br.Name, NameMax)
		d.branches = append(d.branches, branch{br.ID, b.expression(field+".expression", br.Expression, true)})
	}
	return d
}

func makeSchedule(b *builder, settings json.RawMessage) component {
	s := read[ScheduleSettings](b, settings)
	b.required("schedule", RefSchedule, s.Schedule)
	return &hours{s.Schedule}
}

func makeSet(b *builder, settings json.RawMessage) component {
	s := read[SetSettings](b, settings)
	out := &set{skills: b.skills(s.Skills)}
	if s.Priority != "" {
		out.priority = b.expression("priority", s.Priority, false)
	}
	if s.Language != "" {
		t := b.template("language", s.Language)
		out.language = &t
	}
	b.atMost("data", len(s.Data), DataMax)
	for i, d := range s.Data {
		b.key(fmt.Sprintf("data.%d.key", i), d.Key)
		out.data = append(out.data, assignment{d.Key, b.expression(fmt.Sprintf("data.%d.value", i), d.Value, false)})
	}
	return out
}

func makeCategory(b *builder, settings json.RawMessage) component {
	s := read[CategorySettings](b, settings)
	b.required("category", RefCategory, s.Category)
	return &category{s.Category}
}

func makeMessage(b *builder, settings json.RawMessage) component {
	s := read[MessageSettings](b, settings)
	return &message{b.texts(s.Texts, true)}
}

func makeCollect(b *builder, settings json.RawMessage) component {
	s := read[CollectSettings](b, settings)
	out := &collect{texts: b.texts(s.Texts, false), fields: s.Fields, seconds: b.seconds("timeout_s", s.TimeoutS, collectSeconds, WaitSecondsMax)}
	if len(s.Fields) == 0 {
		b.problem("fields", CodeRequired, "A form has at least one field.")
	}
	b.atMost("fields", len(s.Fields), FieldsMax)
	seen := make(map[string]bool)
	for i, f := range s.Fields {
		at := fmt.Sprintf("fields.%d", i)
		b.key(at+".key", f.Key)
		if seen[f.Key] {
			b.problem(at+".key", CodeValue, "Two fields have the same key.", "what", "same_key")
		}
		seen[f.Key] = true
		for _, label := range f.Label {
			b.short(at+".label", label, 200)
		}
		switch f.Kind {
		case "text", "long", "email", "phone", "number":
		case "choice":
			if len(f.Choices) == 0 {
				b.problem(at+".choices", CodeRequired, "A choice has at least one thing to choose.")
			}
			b.atMost(at+".choices", len(f.Choices), DataMax)
			for _, c := range f.Choices {
				b.short(at+".choices", c, 200)
			}
		default:
			b.problem(at+".kind", CodeValue, "A field is text, long, email, phone, number or choice.", "what", "field_kind")
		}
	}
	return out
}

func makeWebRequest(b *builder, settings json.RawMessage) component {
	s := read[WebRequestSettings](b, settings)
	w := &webRequest{WebRequestSettings: s, url: b.template("url", s.URL), body: b.template("body", s.Body)}
	switch s.Method {
	case "", "GET", "POST", "PUT", "PATCH", "DELETE":
	default:
		b.problem("method", CodeValue, "The method is GET, POST, PUT, PATCH or DELETE.", "what", "method")
	}
	if !strings.HasPrefix(s.URL, "http://") && !strings.HasPrefix(s.URL, "https://") {
		b.problem("url", CodeValue, "The address begins with https:// or http://.", "what", "url")
	}
	b.atMost("headers", len(s.Headers), DataMax)
	for i, h := range s.Headers {
		if !isHeader(h.Name) {
			b.problem(fmt.Sprintf("headers.%d.name", i), CodeValue, "This is no name of a header.", "what", "header")
		}
		field := fmt.Sprintf("headers.%d.value", i)
		if secret, ok := strings.CutPrefix(h.Value, secretPrefix); ok {
			b.reference(field, RefSecret, secret)
		}
		w.headers = append(w.headers, b.template(field, h.Value))
	}
	for i, status := range s.OK {
		if status < 100 || status > 599 {
			b.problem(fmt.Sprintf("ok.%d", i), CodeRange, "A status is a number from 100 to 599.", "what", "number", "min", "100", "max", "599")
		}
	}
	b.atMost("ok", len(s.OK), DataMax)
	b.atMost("outputs", len(s.Outputs), DataMax)
	var keys []string
	for i, o := range s.Outputs {
		if o.Path != "" && !strings.HasPrefix(o.Path, "/") {
			b.problem(fmt.Sprintf("outputs.%d.path", i), CodeValue, "A path into the answer begins with / (a JSON pointer).", "what", "path")
		}
		b.short(fmt.Sprintf("outputs.%d.path", i), o.Path, 500)
		b.key(fmt.Sprintf("outputs.%d.key", i), o.Key)
		keys = append(keys, o.Key)
	}
	return b.call(KindWebRequest, s.TimeoutS, keys, w.ready)
}

// isHeader reports whether a text is the name of a field (RFC 9110, 5.6.2).
func isHeader(name string) bool {
	other := func(c rune) bool {
		return c > 0x7f || !isAlphanumeric(byte(c)) && !strings.ContainsRune("!#$%&'*+-.^_`|~", c)
	}
	return name != "" && len(name) <= 100 && !strings.ContainsFunc(name, other)
}

const secretPrefix = "secret:"

func makeFunction(b *builder, settings json.RawMessage) component {
	s := read[FunctionSettings](b, settings)
	b.required("function", RefFunction, s.Function)
	f := &function{s, make(map[string]template, len(s.Inputs))}
	b.atMost("inputs", len(s.Inputs), DataMax)
	b.atMost("outputs", len(s.Outputs), DataMax)
	for _, name := range sorted(s.Inputs) {
		b.short("inputs", name, 100)
		f.inputs[name] = b.template("inputs."+cut(name, 40), s.Inputs[name])
	}
	var keys []string
	for _, name := range sorted(s.Outputs) {
		b.key("outputs."+cut(name, 40), s.Outputs[name])
		keys = append(keys, s.Outputs[name])
	}
	return b.call(KindFunction, s.TimeoutS, keys, f.ready)
}

func makeLookup(b *builder, settings json.RawMessage) component {
	s := read[LookupSettings](b, settings)
	b.required("connection", RefConnection, s.Connection)
	if strings.TrimSpace(s.Query) == "" {
		b.problem("query", CodeRequired, "Write the query.")
	}
	b.short("query", s.Query, TextMax)
	l := &lookup{s, make(map[string]*expression, len(s.Parameters))}
	b.atMost("parameters", len(s.Parameters), DataMax)
	for _, name := range sorted(s.Parameters) {
		l.parameters[name] = b.expression("parameters."+cut(name, 40), s.Parameters[name], false)
	}
	b.atMost("outputs", len(s.Outputs), DataMax)
	var keys []string
	for i, o := range s.Outputs {
		if o.Column == "" {
			b.problem(fmt.Sprintf("outputs.%d.column", i), CodeRequired, "Name the column.")
		}
		b.key(fmt.Sprintf("outputs.%d.key", i), o.Key)
		keys = append(keys, o.Key)
	}
	return b.call(KindLookup, s.TimeoutS, keys, l.ready)
}

func (b *builder) call(kind Kind, seconds int, keys []string, ready func(*run, *Call) error) component {
	seconds = b.seconds("timeout_s", seconds, CallSecondsMax, CallSecondsMax)
	return &call{kind: kind, timeout: time.Duration(seconds) * time.Second, keys: keys, make: ready}
}

func makeQueue(b *builder, settings json.RawMessage) component {
	s := read[QueueSettings](b, settings)
	q := &queue{preferred: s.Preferred, skills: b.skills(s.Skills)}
	if s.Queue != "" {
		q.queue = b.queue("queue", s.Queue)
	}
	if s.Priority != "" {
		q.priority = b.expression("priority", s.Priority, false)
	}
	if id, ok := strings.CutPrefix(s.Preferred, "agent:"); ok {
		b.reference("preferred", RefAgent, id)
	} else if !slices.Contains([]string{"", "none", "last_agent", "customer_agent"}, s.Preferred) {
		b.problem("preferred", CodeValue, "The preferred agent is none, last_agent, customer_agent or agent:<id>.", "what", "preferred")
	}
	q.hold = time.Duration(b.seconds("hold_s", s.HoldS, holdSeconds, 24*3600)) * time.Second
	return q
}

func makeWait(b *builder, settings json.RawMessage) component {
	s := read[WaitSettings](b, settings)
	w := &wait{span: time.Duration(b.seconds("seconds", s.Seconds, 0, WaitSecondsMax)) * time.Second}
	if s.EveryS != 0 {
		w.every = time.Duration(b.seconds("every_s", s.EveryS, 0, WaitSecondsMax)) * time.Second
		if s.EveryS > 0 && s.EveryS < 5 {
			b.problem("every_s", CodeRange, "A text is said every 5 seconds at most.", "min", "5", "what", "every")
		}
	}
	w.texts = b.texts(s.Texts, false)
	return w
}

func makeOfferCallback(b *builder, settings json.RawMessage) component {
	s := read[OfferCallbackSettings](b, settings)
	if s.Schedule != "" {
		b.reference("schedule", RefSchedule, s.Schedule)
	}
	b.told = append(slices.Clone(told), "opens")
	texts := b.texts(s.Texts, false)
	b.told = told
	return &offerCallback{texts, b.seconds("timeout_s", s.TimeoutS, callbackSeconds, WaitSecondsMax), s.Schedule}
}

func makeTransfer(b *builder, settings json.RawMessage) component {
	s := read[TransferSettings](b, settings)
	t := &transfer{to: s.To}
	switch s.To {
	case "queue":
		if s.Queue == "" {
			b.problem("queue", CodeRequired, "Choose a queue.")
			break
		}
		t.queue = b.queue("queue", s.Queue)
	case "agent":
		if s.Agent == "" {
			b.problem("agent", CodeRequired, "Choose an agent.")
			break
		}
		b.reference("agent", RefAgent, s.Agent)
		t.agent, _ = parseID[acd.AgentID](s.Agent)
	case "address":
		if s.Address == "" {
			b.problem("address", CodeRequired, "Write an address.")
		}
		b.short("address", s.Address, 320)
	default:
		b.problem("to", CodeValue, "A contact is transferred to a queue, an agent or an address.", "what", "to")
	}
	return t
}

func makeAutoReply(b *builder, settings json.RawMessage) component {
	s := read[AutoReplySettings](b, settings)
	return &autoReply{b.template("subject", s.Subject), b.texts(s.Texts, true)}
}

func makeDisconnect(b *builder, settings json.RawMessage) component {
	s := read[DisconnectSettings](b, settings)
	if s.Category != "" {
		b.reference("category", RefCategory, s.Category)
	}
	return &disconnect{b.texts(s.Texts, false), s.Category}
}

// The parts that settings share.

// texts compiles texts by language; needed ones are not empty.
func (b *builder) texts(in Texts, needed bool) map[string]template {
	out := make(map[string]template, len(in))
	b.atMost("texts", len(in), DataMax)
	for _, language := range sorted(in) {
		if strings.TrimSpace(in[language]) == "" {
			continue
		}
		b.short("texts", language, 35)
		out[language] = b.template("texts."+cut(language, 35), in[language], b.told...)
	}
	if needed && len(out) == 0 {
		b.problem("texts", CodeRequired, "Write a text.")
	}
	return out
}

// template compiles a text; later are the places that its channel fills.
func (b *builder) template(field, text string, later ...string) template {
	b.short(field, text, TextMax)
	t, bad := compileTemplate(text, later...)
	for _, place := range bad {
		b.problem(field, CodePlace, "A text cannot have the place {"+cut(place, 40)+"} here.", "place", cut(place, 40))
	}
	return t
}

// expression compiles one, and notes what it names.
func (b *builder) expression(field, source string, truth bool) *expression {
	if strings.TrimSpace(source) == "" {
		b.problem(field, CodeRequired, "Write an expression.")
		return &expression{}
	}
	e, err := compileExpression(source, truth)
	if err != nil {
		at, _ := err.(*expressionError)
		b.problem(field, CodeExpression, "The expression is not right: "+cut(printable(at.Message), 300),
			"line", fmt.Sprint(at.Line), "column", fmt.Sprint(at.Column), "why", cut(printable(at.Message), 300))
		return &expression{}
	}
	b.flow.visits = b.flow.visits || e.visits
	for _, n := range e.refs {
		switch {
		case n.kind != "":
			b.reference(field, n.kind, n.ref)
		case !slices.ContainsFunc(b.graph.Nodes, func(o Node) bool { return string(o.ID) == n.ref }):
			b.missing(field, "component", n.ref)
		}
	}
	return e
}

// required notes a reference that must be there.
func (b *builder) required(field string, kind Ref, ref string) {
	if ref == "" {
		b.problem(field, CodeRequired, "Choose one.", "kind", string(kind))
		return
	}
	b.reference(field, kind, ref)
}

// reference notes that something is named, and whether it is there.
func (b *builder) reference(field string, kind Ref, ref string) {
	b.uses = append(b.uses, Use{b.at, field, kind, ref})
	if b.refs != nil && !b.refs.Exists(kind, ref) {
		b.missing(field, string(kind), ref)
	}
}

func (b *builder) missing(field, kind, ref string) {
	b.problem(field, CodeReference, "What is chosen here is not there any more, or never was.", "kind", kind, "ref", cut(printable(ref), 100))
}

func (b *builder) queue(field, text string) acd.QueueID {
	b.reference(field, RefQueue, text)
	id, ok := parseID[acd.QueueID](text)
	if !ok {
		b.problem(field, CodeValue, "This is no id of a queue.", "what", "id")
	}
	return id
}

// skills compiles demands, sorted as the core keeps them.
func (b *builder) skills(in []Skill) []acd.SkillLevel {
	var out []acd.SkillLevel
	b.atMost("skills", len(in), acd.SkillsPerContact)
	for i, s := range in {
		field := fmt.Sprintf("skills.%d", i)
		b.required(field+".skill", RefSkill, s.Skill)
		if s.Level < 1 || s.Level > 100 {
			b.problem(field+".level", CodeRange, "A level is a number from 1 to 100.", "min", "1", "max", "100", "what", "number")
			continue
		}
		id, ok := parseID[acd.SkillID](s.Skill)
		if !ok {
			b.problem(field+".skill", CodeValue, "This is no id of a skill.", "what", "id")
			continue
		}
		if slices.ContainsFunc(out, func(o acd.SkillLevel) bool { return o.Skill == id }) {
			b.problem(field+".skill", CodeValue, "A skill is demanded twice.", "what", "skill_twice")
			continue
		}
		out = append(out, acd.SkillLevel{Skill: id, Level: uint8(s.Level)})
	}
	slices.SortFunc(out, func(a, b acd.SkillLevel) int { return a.Skill.Compare(b.Skill) })
	return out
}

// seconds checks a span; 0 is the default, where there is one.
func (b *builder) seconds(field string, n, normal, most int) int {
	if n == 0 && normal > 0 {
		return normal
	}
	if n < 1 || n > most {
		b.problem(field, CodeRange, fmt.Sprintf("The time is 1 to %d seconds.", most), "min", "1", "max", fmt.Sprint(most), "what", "seconds")
		return 1
	}
	return n
}

func (b *builder) key(field, key string) {
	if key == "" || runes(key) > 64 || strings.ContainsFunc(key, unicode.IsControl) {
		b.problem(field, CodeValue, "A key of the contact data has 1 to 64 characters.", "what", "data_key")
	}
}

func (b *builder) short(field, text string, most int) {
	if runes(text) > most {
		b.problem(field, CodeRange, fmt.Sprintf("It has at most %d characters.", most), "max", fmt.Sprint(most), "what", "characters")
	}
	if strings.ContainsFunc(text, func(c rune) bool { return c == 0 || c == unicode.ReplacementChar }) {
		b.problem(field, CodeValue, "It holds characters that cannot be saved.", "what", "characters")
	}
}

func (b *builder) atMost(field string, n, most int) {
	if n > most {
		b.problem(field, CodeRange, fmt.Sprintf("There are at most %d.", most), "max", fmt.Sprint(most), "what", "entries")
	}
}
