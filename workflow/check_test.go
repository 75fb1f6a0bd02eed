package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/acd"
)

// known is a unit with these things.
type known []string

func (k known) Exists(kind Ref, ref string) bool { return slices.Contains(k, string(kind)+" "+ref) }

// Each thing that is wrong with a graph is found, where it is, and as severe as it is.
func TestCheck(t *testing.T) {
	refs := known{"queue " + id(1), "queue Sales", "schedule " + id(5)}
	many := strings.Repeat("x", ExpressionMax+1)
	for _, c := range []struct {
		name, nodes, edges, want string
	}{
		{"good", "a start\nq queue {\"queue\":\"" + id(1) + "\"}", "a next q", ""},
		{"no start", "q queue", "", "no_start"},
		{"two starts", "a start\nb start\nq queue", "a next q\nb next q", "no_start"},
		{"open exit", "a start\nm message {\"texts\":{\"\":\"x\"}}", "a next m", "m next open_exit never_ends"},
		{"unreachable", "a start\nq queue\nx disconnect", "a next q", "x unreachable"},
		{"same id", "a start\nq queue\nq queue", "a next q", "q.id node"},
		{"bad id", "a start\nQ queue\nq queue", "a next q", "Q.id node"},
		{"kind", "a start\nq queue\nz dance", "a next q", "z.kind kind"},
		{"unknown setting", "a start\nq queue {\"quue\":\"\"}", "a next q", "q settings"},
		{"edge to nowhere", "a start\nq queue", "a next q\nq next z", "q.edges.1 next edge"},
		{"exit that there is not", "a start\nq queue", "a next q\nq open q", "q.edges.1 open edge"},
		{"exit twice", "a start\nq queue\nx disconnect", "a next q\na next x", "a.edges.1 next edge unreachable"},
		{"into the start", "a start\nq queue", "a next q\nq next a", "q.edges.1 next edge"},
		{"queue gone", "a start\nq queue {\"queue\":\"" + id(2) + "\"}", "a next q", "q.queue reference"},
		{"queue gone by name", "a start\nd decision {\"branches\":[{\"id\":\"b\",\"name\":\"\",\"expression\":\"queue('Sale').waiting > 1\"}]}\nq queue",
			"a next d\nd b q\nd else q", "d.branches.0.expression reference"},
		{"component gone", "a start\nd decision {\"branches\":[{\"id\":\"b\",\"name\":\"\",\"expression\":\"visits('z') > 1\"}]}\nq queue",
			"a next d\nd b q\nd else q", "d.branches.0.expression reference"},
		{"not a truth", "a start\nd decision {\"branches\":[{\"id\":\"b\",\"name\":\"\",\"expression\":\"contact.priority\"}]}\nq queue",
			"a next d\nd b q\nd else q", "d.branches.0.expression expression"},
		{"long expression", "a start\ns set {\"priority\":\"" + many + "\"}\nq queue", "a next s\ns next q", "s.priority expression"},
		{"place", "a start\nm message {\"texts\":{\"\":\"{nobody}\"}}\nq queue", "a next m\nm next q", "m.texts. place"},
		{"position outside of texts", "a start\nw web_request {\"url\":\"https://x/{position}\"}\nq queue", "a next w\nw next q\nw timeout q", "w.url place"},
		{"call too long", "a start\nw web_request {\"url\":\"https://x\",\"timeout_s\":6}\nq queue", "a next w\nw next q\nw timeout q", "w.timeout_s range"},
		{"header", "a start\nw web_request {\"url\":\"https://x\",\"headers\":[{\"name\":\"a b\",\"value\":\"secret:k\"}]}\nq queue",
			"a next w\nw next q\nw timeout q", "w.headers.0.name value w.headers.0.value reference"},
		{"never ends", "a start\nw wait {\"seconds\":5}\nv wait {\"seconds\":5}", "a next w\nw next v\nv next w", "a never_ends w never_ends v never_ends"},
		{"loop beside a queue that waits", "a start\nq queue\nw wait {\"seconds\":5}", "a next q\nq next w\nw next w", ""},
		{"loop beside a queue that never waits", "a start\nq queue\nc category {\"category\":\"x\"}", "a next q\nq next c\nc next q",
			"c.category reference never_ends q circle"},
		{"circle that a decision leaves", "a start\nd decision {\"branches\":[{\"id\":\"b\",\"name\":\"\",\"expression\":\"visits('d') < 3\"}]}\nq queue",
			"a next d\nd b d\nd else q", "d circle"},
		{"holiday and errors may stay open", "a start\ns schedule {\"schedule\":\"" + id(5) + "\"}\nq queue", "a next s\ns open q\ns closed q", ""},
	} {
		g := drawn(t, c.nodes, c.edges)
		problems := Check(g, refs)
		var got []string
		at := ""
		for _, p := range problems {
			where := string(p.Node)
			if p.Field != "" {
				where += "." + p.Field
			}
			if where != at {
				if where != "" {
					got = append(got, where)
				}
				at = where
			}
			if p.Exit != "" {
				got = append(got, string(p.Exit))
			}
			got = append(got, string(p.Code))
			if p.Message == "" {
				t.Errorf("%s: no words for %s", c.name, p.Code)
			}
			if warning := p.Code == CodeUnreachable; warning && p.Severity != SeverityWarning {
				t.Errorf("%s: %s is an error", c.name, p.Code)
			}
		}
		want, have := strings.Fields(c.want), slices.Clone(got)
		slices.Sort(want)
		slices.Sort(have)
		have = slices.DeleteFunc(have, func(s string) bool { return !slices.Contains(want, s) && isWhere(s) })
		if !slices.Equal(slices.Compact(want), slices.Compact(have)) {
			t.Errorf("%s: %v, want %s\n%+v", c.name, got, c.want, problems)
		}
		flow, _ := Compile(g, refs)
		if (flow == nil) != (len(Errors(problems)) > 0) {
			t.Errorf("%s: compiled %v with the problems %v", c.name, flow != nil, problems)
		}
	}
}

// isWhere reports whether a word of a problem is only the name of a component.
func isWhere(s string) bool { return len(s) == 1 }

// A released graph is compiled without references: what is gone shows when it is used.
func TestCompileWithoutReferences(t *testing.T) {
	g := drawn(t, "a start\nq queue {\"queue\":\""+id(2)+"\"}", "a next q")
	if flow, problems := Compile(g, nil); flow == nil {
		t.Error(problems)
	}
	uses := Uses(g)
	if len(uses) != 1 || uses[0] != (Use{"q", "queue", RefQueue, id(2)}) {
		t.Errorf("uses %+v", uses)
	}
}

// Nothing in an expression can loop, grow without bound or see the machine's clock; what
// is wrong is named with its place.
func TestExpressions(t *testing.T) {
	for _, bad := range []string{
		"1..1000000", "all([1,2], true)", "map([1], #)", "let a = contact.name; a + a", "1; 2", "repeat('x', 1000)", "replace('a','a','b')",
		"toJSON(contact)", "now()", "date('2020-01-01')", "contact.nothing", "contact.data.a > 3", "unknown", "1 +", "filter([1], true)",
		"sum([1,2])", "contact.name | map(#)", strings.Repeat("contact.name+", 301) + "''",
	} {
		_, err := compileExpression(bad, false)
		if err == nil {
			t.Errorf("%s compiles", bad)
			continue
		}
		if at, ok := err.(*expressionError); !ok || at.Line < 1 || at.Column < 1 {
			t.Errorf("%s: %#v has no place", bad, err)
		}
	}
	if _, err := compileExpression("contact.name ==\n  contact.nothing", false); err == nil || !strings.HasPrefix(err.Error(), "line 2, column ") {
		t.Errorf("the error is at %v", err)
	}
	w := &world{queues: map[string]QueueFigures{"Sales": {Waiting: 4, LongestWait: 90 * time.Second, ExpectedWait: -1, ServiceLevel: 87.5}},
		hours: map[string]Hours{"Hours": HoursOpen}}
	r := &run{now: acd.At(time.Date(2026, 11, 22, 15, 4, 0, 0, time.UTC)), world: w, in: Instance{Visits: map[NodeID]uint32{"d": 3}},
		contact: Contact{Name: "Eve", Priority: 40, Data: map[string]string{"n": "7", "e": ""}, Customer: Customer{Known: true, Fields: map[string]string{"tier": "gold"}}}}
	for source, want := range map[string]string{
		"contact.priority + int(contact.data.n)":              "47",
		"contact.data.missing == '' and contact.data.e == ''": "true",
		"upper(contact.name) + '!'":                           "EVE!",
		"customer.known ? customer.fields.tier : 'none'":      "gold",
		"now.weekday == 7 and now.hour == 15":                 "true",
		"now.date":                                            "2026-11-22",
		"queue('Sales').expected_wait_s":                      "-1",
		"queue('Sales').longest_wait_s / 4":                   "22.5",
		"queue('Sales').service_level":                        "87.5",
		"open('Hours') and visits('d') == 3":                  "true",
		"contact.name in ['Eve', 'Ann']":                      "true",
		"contact.name matches '^E' && hasPrefix('abc', 'a')":  "true",
		"split('a,b', ',')":                                   "a, b",
		"nil":                                                 "",
	} {
		e, err := compileExpression(source, false)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := r.text(e); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", source, got, err, want)
		}
	}
	for _, failing := range []string{"int(contact.name)", "queue('gone').waiting", "open('gone')", "{'a': 1}"} {
		e, err := compileExpression(failing, false)
		if err != nil {
			t.Errorf("%s: %v", failing, err)
			continue
		}
		if got, err := r.text(e); err == nil {
			t.Errorf("%s gives %q", failing, got)
		}
	}
}

// Values are escaped for their place, a customer cannot name a secret, and a value with
// a place in it is not looked at again.
func TestCallsAreEscaped(t *testing.T) {
	g := drawn(t, `
		a start
		w web_request {"method":"POST","url":"https://x/{data.v}?q={data.v}","body":"{\"v\":\"{data.v}\"}","headers":[{"name":"A","value":"{data.v}"},{"name":"B","value":"secret:k"}]}
		q queue`, "a next w\nw next q\nw timeout q")
	evil := "secret:z\"}/../&\r\nX: {name}"
	s := play(t, g, nil, Contact{Name: "Eve", Data: map[string]string{"v": evil}})
	call := s.last.Passed[len(s.last.Passed)-1].Call
	if want := "https://x/secret%3Az%22%7D%2F..%2F%26%0D%0AX%3A%20%7Bname%7D?q="; !strings.HasPrefix(call.Web.URL, want) {
		t.Errorf("url %s", call.Web.URL)
	}
	var body map[string]string
	if err := json.Unmarshal([]byte(call.Web.Body), &body); err != nil || body["v"] != evil {
		t.Errorf("body %s", call.Web.Body)
	}
	if h := call.Web.Headers; h[0].Secret != "" || strings.ContainsAny(h[0].Value, "\r\n") || h[1] != (CallHeader{Name: "B", Secret: "k"}) {
		t.Errorf("headers %+v", h)
	}
}

// What is not known is not said.
func TestFillWait(t *testing.T) {
	const text = "Hello.\nYou are number {position}.\nAbout {minutes} minutes."
	for _, c := range []struct {
		position int
		wait     time.Duration
		want     string
	}{
		{3, 61 * time.Second, "Hello.\nYou are number 3.\nAbout 2 minutes."},
		{0, 0, "Hello.\nAbout 1 minutes."},
		{1, -1, "Hello.\nYou are number 1."},
	} {
		if got := FillWait(text, c.position, c.wait); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Contacts enter the first workflow that they fit, by order and then name; a start
// takes what all its lists take.
func TestSet(t *testing.T) {
	unit := acd.UnitID{1}
	entry := func(n byte, order int, name, settings string) Entry {
		flow, problems := Compile(drawn(t, "a start "+settings+"\nq queue", "a next q"), nil)
		if flow == nil {
			t.Fatal(problems)
		}
		flow.Workflow, flow.Release = ID{n}, 1
		return Entry{Unit: unit, Name: name, Order: order, Enters: true, Flow: flow}
	}
	older := entry(5, 1, "older", `{}`)
	older.Enters = false
	s := NewSet([]Entry{
		entry(1, 3, "rest", `{}`), entry(3, 2, "b", `{"media":["chat"],"source":["*@Example.com"]}`),
		entry(2, 2, "a", `{"queues":["`+id(1)+`"],"destination":["shop-?"]}`), older,
	})
	for _, c := range []struct {
		contact Contact
		want    byte
	}{
		{Contact{Unit: unit, Medium: "email"}, 1},
		{Contact{Unit: unit, Medium: "webchat", Source: "eve@EXAMPLE.com"}, 3},
		{Contact{Unit: unit, Medium: "email", Source: "eve@example.com"}, 1},
		{Contact{Unit: unit, Medium: "webchat", Source: "eve@example.com", Queue: queueID(1), Destination: "shop-7"}, 2},
		{Contact{Unit: unit, Medium: "webchat", Source: "eve@example.com", Queue: queueID(1), Destination: "shop-77"}, 3},
		{Contact{Unit: acd.UnitID{2}}, 0},
	} {
		var got byte
		if f := s.Choose(&c.contact); f != nil {
			got = f.Workflow[0]
		}
		if got != c.want {
			t.Errorf("%+v enters %d, want %d", c.contact, got, c.want)
		}
	}
	if s.Flow(ID{5}, 1) == nil || s.Flow(ID{5}, 2) != nil || (*Set)(nil).Choose(&Contact{}) != nil {
		t.Error("releases are not found as they should")
	}
	for pattern, texts := range map[string]string{"a*b?c": "axxbyc abxc|abc ab", "*": "x |", "**a": "ba a|b", "?": "x|xx"} {
		good, bad, _ := strings.Cut(texts, "|")
		for _, text := range strings.Fields(good) {
			if !like(pattern, text) {
				t.Errorf("%s does not match %s", pattern, text)
			}
		}
		for _, text := range strings.Fields(bad) {
			if like(pattern, text) {
				t.Errorf("%s matches %s", pattern, text)
			}
		}
	}
}

// A token is read as it is written, and nothing else is one.
func TestToken(t *testing.T) {
	token := Token{acd.ContactID{9}, 17}
	text, err := token.MarshalText()
	var got Token
	if err != nil || got.UnmarshalText(text) != nil || got != token {
		t.Errorf("%s is read as %v", text, got)
	}
	for _, bad := range []string{"", "x", "-1", "0900000-1", token.Contact.String() + "-", token.Contact.String() + "-x"} {
		if got.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is a token", bad)
		}
	}
}

// FuzzCompile: no graph brings the checks or a contact that goes through it down, and one
// that compiles leaves its contact in a queue, ended, or waiting for something.
func FuzzCompile(f *testing.F) {
	for seed := range uint64(20) {
		g := newDrawing(seed).graph()
		b, err := json.Marshal(g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, []byte{0, 1, 2, 3, 4, 5, 6, 7})
	}
	f.Fuzz(func(t *testing.T, drawn, inputs []byte) {
		var g Graph
		if json.Unmarshal(drawn, &g) != nil {
			return
		}
		flow, problems := Compile(g, known{})
		again := fmt.Sprint(Check(g, known{}))
		if again != fmt.Sprint(problems) {
			t.Errorf("the same graph is judged in two ways:\n%s\n%s", fmt.Sprint(problems), again)
		}
		Uses(g)
		if flow, _ = Compile(g, nil); flow == nil {
			return
		}
		flow.Workflow, flow.Release = ID{9}, 1
		c := Contact{ID: acd.ContactID{7}, Medium: "webchat", Queue: queueID(1), Priority: 50}
		in, now := Begin(flow, c), acd.Time(1000)
		tell := func(input Input) {
			for input != nil {
				out := Step(now, flow, in, c, input, &world{})
				in, c, input = out.Instance, out.Contact, nil
				if len(out.Effects) > 0 && (in.Doing == DoingCore || in.Doing == DoingFallback) {
					input = Done{}
				}
			}
		}
		tell(Began{})
		for _, b := range inputs[:min(len(inputs), 30)] {
			now = max(now.Add(time.Second), in.Deadline)
			values := map[string]string{"a": string(inputs)}
			tell([]Input{Due{}, Answered{Token{c.ID, in.Visit}, Result{ExitNext, values, ""}}, Collected{in.Visit, values}, Chosen{in.Visit, true},
				Paused{}, Resumed{}, Restarted{}, Answered{Token{c.ID, in.Visit}, Result{Exit: ExitError}}}[b%8])
		}
		if !in.Over && !in.Paused && in.Queue.IsZero() && in.Deadline == 0 {
			t.Errorf("the contact is lost: %+v", in)
		}
	})
}

// FuzzExpression: no text brings the compiler or the machine down, or takes long.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"contact.name + 'x'", "queue('a').waiting > 1", "1..9", "contact.data['a'] matches 'x+'", "-(1)", "{'a':1}.a", "[1][0]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, err := compileExpression(source, false)
		if err != nil {
			return
		}
		r := &run{now: 1000, world: &world{}, contact: Contact{Data: map[string]string{"a": strings.Repeat("x", 1000)}}}
		if _, err := r.text(e); err != nil {
			_ = err.Error()
		}
	})
}

// FuzzTemplate: what is rendered has no place left that a template may have.
func FuzzTemplate(f *testing.F) {
	f.Add("Hello {name}, {data.a b} {{name}} {position} {")
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, _ := compileTemplate(text, told...)
		r := &run{world: &world{}, contact: Contact{Name: "N"}}
		if out := r.render(tmpl, nil); strings.Contains(out, "{name}") && !strings.Contains(strings.ReplaceAll(text, "{name}", ""), "{") {
			t.Errorf("%q gives %q", text, out)
		}
		FillWait(text, 1, time.Minute)
	})
}
