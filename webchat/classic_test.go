package webchat

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/plan"
)

// form gives the fields that every request for a chat holds.
func form(change ...string) url.Values {
	f := url.Values{fieldRequest: {requestChat}, fieldLanguage: {"english"}, fieldChat: {"english"}, fieldPriority: {"50"},
		fieldName: {"Carla"}, fieldSource: {"WebChat"}, fieldDestination: {""}, fieldCaption: {"Where is my parcel?"}, fieldUnit: {""}}
	for i := 0; i < len(change); i += 2 {
		if change[i+1] == "-" {
			f.Del(change[i])
		} else {
			f.Set(change[i], change[i+1])
		}
	}
	return f
}

// submit posts a form and gives status and page.
func (h *house) submit(path string, f url.Values) (int, string, http.Header) {
	h.t.Helper()
	response, err := h.server.Client().PostForm(h.server.URL+path, f)
	h.must(err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	h.must(err)
	return response.StatusCode, string(raw), response.Header
}

// waiting is how many chats wait in the queue.
func (h *house) waiting() int {
	q, _ := h.picture.Queue(h.unit, h.queue)
	return q.Waiting
}

var sessionOnPage = regexp.MustCompile(`data-contact="([0-9a-f-]{36})" data-session="([^"]+)"`)

// Every rule of the table of fields, one by one: a mandatory one that is missing is
// 1010, a malformed one 1011, each by name, and nothing is created.
func TestClassicFields(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		field, value string
		code         code // 0: taken
	}{
		{fieldRequest, "-", 1010}, {fieldRequest, "", 1010}, {fieldRequest, "REQ_SOMETHING", 1011},
		{fieldLanguage, "-", 1010}, {fieldLanguage, "klingon", 1011}, {fieldLanguage, "../html", 1011}, {fieldLanguage, ".", 1011}, {fieldLanguage, "deutsch", 0},
		{fieldChat, "-", 1010}, {fieldChat, "", 1010}, {fieldChat, "klingon", 1011}, {fieldChat, "deutsch", 0},
		{fieldPriority, "-", 1010}, {fieldPriority, "0", 1011}, {fieldPriority, "1", 0}, {fieldPriority, "100", 0}, {fieldPriority, "101", 1011},
		{fieldPriority, "-1", 1011}, {fieldPriority, "+5", 1011}, {fieldPriority, "5.0", 1011}, {fieldPriority, " 5", 1011}, {fieldPriority, "256", 1011},
		{fieldPriority, "five", 1011}, {fieldPriority, "99999999999999999999", 1011}, {fieldPriority, "٥", 1011},
		{fieldName, "-", 0}, {fieldName, "", 0}, {fieldName, "Zoë <b>", 0}, {fieldName, strings.Repeat("é", 20_000), 0}, {fieldName, "a\x00", 1011}, {fieldName, "\xff", 1011},
		{fieldSource, "-", 0}, {fieldSource, "", 0}, {fieldSource, "Shop 7 (north) ~ $5 & more; a=b", 0}, {fieldSource, "Zoë", 1011}, {fieldSource, "a\tb", 1011},
		{fieldSource, "a`", 1011}, {fieldSource, "a*", 1011}, {fieldSource, "a,", 1011}, {fieldSource, `a"`, 1011}, {fieldSource, "a!", 1011},
		{fieldSource, "a%", 1011}, {fieldSource, "a|", 1011}, {fieldSource, "a_", 1011}, {fieldSource, strings.Repeat("s", 320), 0}, {fieldSource, strings.Repeat("s", 321), 1011},
		{fieldDestination, "-", 0}, {fieldDestination, "Sales", 0}, {fieldDestination, "Zürich!", 0}, {fieldDestination, "a\nb", 1011},
		{fieldCaption, "-", 0}, {fieldCaption, "", 0}, {fieldCaption, strings.Repeat("q", 60_000), 0}, {fieldCaption, "a\x00", 1011},
		{fieldUnit, "-", 0}, {fieldUnit, "ignored where there is one", 0},
		{fieldToken, "short", 1011}, {fieldToken, strings.Repeat("x", 49), 1011}, {fieldToken, "0123456789abcdef<>", 1011}, {fieldToken, "0123456789abcdef", 0},
		{"varPageUrl", "https://example.com/a?b=c", 0}, {"screen_resolution", "1920x1080", 0}, {"extra", "a\x00", 1011}, {"ex\x00tra", "a", 1011}, {"extra", "\xff", 1011},
		{"extra", strings.Repeat("x", requestMax), 1011}, {"extra", strings.Repeat("ü", 1000), 0}, {"extra", strings.Repeat("ü", 1001), 1011},
	} {
		before := h.waiting()
		status, page, _ := h.submit("/web", form(test.field, test.value))
		name := fmt.Sprintf("%s=%.20q", test.field, test.value)
		if test.code == 0 {
			if status != http.StatusOK || !sessionOnPage.MatchString(page) || h.waiting() != before+1 {
				t.Errorf("%s: answered %d, %d more chats: %s", name, status, h.waiting()-before, page)
			}
			continue
		}
		want := fmt.Sprintf("Code %d", test.code)
		if status != statuses[test.code] || !contains(page, want) || h.waiting() != before {
			t.Errorf("%s: answered %d, want %d and %s; %d more chats: %s", name, status, statuses[test.code], want, h.waiting()-before, page)
		}
		if len(test.value) < 1000 && !contains(test.field, "\x00") && !contains(page, test.field) {
			t.Errorf("%s: the page does not name the field: %s", name, page)
		}
	}
}

// The checks run in the order of the table: the first that fails decides.
func TestClassicOrder(t *testing.T) {
	h := newHouse(t)
	order := []string{fieldLanguage, fieldChat, fieldPriority, fieldSource, fieldDestination}
	wrong := map[string]string{fieldLanguage: "klingon", fieldChat: "klingon", fieldPriority: "0", fieldSource: "!", fieldDestination: "\n"}
	for i, first := range order {
		f := form()
		for _, field := range order[i:] {
			f.Set(field, wrong[field])
		}
		if _, page, _ := h.submit("/web", f); !contains(page, first) {
			t.Errorf("with %v wrong the page names another than the first: %s", order[i:], page)
		}
	}
}

// Where there are several business units one of them must be named.
func TestClassicUnit(t *testing.T) {
	h := newHouse(t)
	second := acd.UnitID(h.mint.ID())
	h.put(acd.UnitID(h.mint.ID()), plan.KindUnit, "Second", second, plan.Skill{})
	h.put(second, plan.KindQueue, "Sales", h.mint.ID(), queueOf())
	h.chats.names.objects = nil
	for value, want := range map[string]int{"": 400, "Third": 422, "DEFAULT": 200, "default": 200} {
		status, page, _ := h.submit("/web", form(fieldUnit, value))
		if status != want || want != 200 && !contains(page, fieldUnit) {
			t.Errorf("unit %q is answered %d, want %d: %s", value, status, want, page)
		}
	}
	if _, page := h.get("/web/html/english/CaptureWCData.htm"); !contains(page, "<option>Second</option>") {
		t.Errorf("the form does not let choose the unit: %s", page)
	}
}

func (h *house) get(path string) (int, string) {
	h.t.Helper()
	response, err := h.server.Client().Get(h.server.URL + path)
	h.must(err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	h.must(err)
	return response.StatusCode, string(raw)
}

// A form that is sent again gives the one session that exists, and a link that holds
// everything does so too when it is loaded again.
func TestClassicTwice(t *testing.T) {
	h := newHouse(t)
	_, start := h.get("/web/html/english/CaptureWCData.htm")
	token := regexp.MustCompile(`name="varFormToken" value="([^"]+)"`).FindStringSubmatch(start)
	if token == nil {
		t.Fatalf("the form has no token: %s", start)
	}
	f := form(fieldToken, token[1])
	_, first, _ := h.submit("/web/hppcwis.dll", f)
	_, again, _ := h.submit("/web/hppcwis.dll", f)
	if a, b := sessionOnPage.FindString(first), sessionOnPage.FindString(again); a == "" || a != b {
		t.Errorf("sent twice the form gives %q and %q", a, b)
	}
	response, err := h.server.Client().Get(h.server.URL + "/web?" + form().Encode())
	h.must(err)
	response.Body.Close()
	address := response.Request.URL.String() // after the redirection
	if !contains(address, fieldToken) || response.StatusCode != 200 {
		t.Errorf("a link with everything leads to %s, %d", address, response.StatusCode)
	}
	h.get(strings.TrimPrefix(address, h.server.URL))
	if n := h.waiting(); n != 2 {
		t.Errorf("%d chats wait, want 2", n)
	}
}

// The classic names answer in any letter case, by GET and POST; a start link shows
// the form with what else it carries; what is below is not listed and not left.
func TestClassicAddresses(t *testing.T) {
	h := newHouse(t)
	start := "?varUserRequest=REQ_WEBCHAT_MAIN&varUserLanguage=deutsch&screen_resolution=%22%3E%3Cscript%3E"
	for _, path := range []string{"/web", "/web/", "/web/hppcwis.dll", "/web/HPPCWIS.DLL", "/web/hppcWebChat"} {
		status, page := h.get(path + start)
		if status != 200 || !contains(page, "Ihre Frage") || !contains(page, `name="screen_resolution" value="&#34;&gt;&lt;script&gt;"`) {
			t.Errorf("%s shows %d %s", path, status, page)
		}
		if status, page, _ := h.submit(path, form()); status != 200 || !sessionOnPage.MatchString(page) {
			t.Errorf("POST %s gives %d %s", path, status, page)
		}
	}
	for path, part := range map[string]string{"/web": "WCMain.htm", "/web/Default.htm": "WCMain.htm", "/web/html/WCMain.htm": "deutsch/CaptureWCData.htm",
		"/web/html/deutsch/CaptureWCData.htm": "Ihre Frage", "/web/html/pages.css": "font", "/web/images/chat.svg": "<svg", "/web/demo": "widget.js", "/web/demo?language=deutsch": "Schön"} {
		if status, page := h.get(path); status != 200 || !contains(page, part) {
			t.Errorf("%s gives %d %s", path, status, page)
		}
	}
	os.WriteFile(filepath.Join(h.dir, "secret.htm"), []byte("secret"), 0o600)
	os.Symlink(filepath.Join(h.dir, "secret.htm"), filepath.Join(h.dir, "html", "link.htm"))
	for _, path := range []string{"/web/html/../secret.htm", "/web/html/%2e%2e/secret.htm", "/web/html/..%2fsecret.htm", "/web/html/link.htm", "/web/html/english",
		"/web/html/english/", "/web/html/", "/web/nothing", "/web/widget.js", "/web/html/none.htm"} {
		if status, page := h.get(path); status != 404 || contains(page, "secret") || !contains(page, "1006") {
			t.Errorf("%s gives %d %s", path, status, page)
		}
	}
}

// What a customer typed appears on no page as anything but text, and each page
// carries a policy that lets no script of its own run.
func TestClassicEscaping(t *testing.T) {
	h := newHouse(t)
	os.WriteFile(filepath.Join(h.dir, "html", "english", "Error1011.htm"), []byte(`<a title="{{.Field}}" href="?{{.Field}}">{{.Message}}</a><script>x = {{.Field}}</script>`), 0o600)
	status, page, header := h.submit("/web", form(`"><script>alert(1)</script>`, "\xff"))
	if status != 422 || contains(page, "<script>alert") || contains(page, `"><`) {
		t.Errorf("an evil field gives %d %s", status, page)
	}
	if policy := header.Get("Content-Security-Policy"); !contains(policy, "script-src 'self'") || contains(policy, "script-src 'self' 'unsafe") {
		t.Errorf("the policy is %q", policy)
	}
}

// An upgrade adds the pages that are missing and never touches one that is there; a
// page that is edited is shown as it is now, without a restart; one that cannot be
// read is a page of its own, not a stack trace.
func TestPagesAreTheCompanys(t *testing.T) {
	h := newHouse(t)
	file := filepath.Join(h.dir, "html", "english", "CaptureWCData.htm")
	write := func(text string) {
		h.must(os.WriteFile(file, []byte(text), 0o644))
		later := time.Now().Add(time.Duration(len(text)) * time.Second)
		h.must(os.Chtimes(file, later, later))
	}
	write("ours {{.Token}}")
	h.must(os.Remove(filepath.Join(h.dir, "html", "deutsch", "Error.htm")))
	h.stop()
	h.start(h.plan())
	if _, page := h.get("/web/html/english/CaptureWCData.htm"); !strings.HasPrefix(page, "ours ") || len(page) < 20 {
		t.Errorf("after an upgrade the page is %q", page)
	}
	if _, err := os.Stat(filepath.Join(h.dir, "html", "deutsch", "Error.htm")); err != nil {
		t.Errorf("a page that was missing is not there: %v", err)
	}
	write("edited now")
	if _, page := h.get("/web/html/english/CaptureWCData.htm"); page != "edited now" {
		t.Errorf("after an edit the page is %q", page)
	}
	write("broken {{.Nonsense")
	if status, page := h.get("/web/html/english/CaptureWCData.htm"); status != 500 || !contains(page, "1000") || contains(page, "Nonsense") {
		t.Errorf("a broken page gives %d %q", status, page)
	}
	if leftovers, _ := filepath.Glob(filepath.Join(h.dir, "html", "*", "*.new")); len(leftovers) > 0 {
		t.Errorf("drafts are left: %v", leftovers)
	}
	os.MkdirAll(filepath.Join(h.dir, "html", "nederlands"), 0o755)
	os.WriteFile(filepath.Join(h.dir, "html", "nederlands", "WCChat.htm"), []byte(`hallo {{.Contact}}`), 0o644)
	if status, page, _ := h.submit("/web", form(fieldLanguage, "nederlands")); status != 200 || !strings.HasPrefix(page, "hallo ") {
		t.Errorf("a folder that a company added gives %d %q", status, page)
	}
}

// All pages that come with the program are templates that can be filled, and each
// language has the same ones.
func TestShippedPages(t *testing.T) {
	p, err := newPages(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	values := pageValues{Path: "/web", Language: "english", Tag: "en", Units: []string{"A", "B"}, Extra: map[string]string{"k": "v"}, Message: "m", Field: "f"}
	for _, name := range []string{"Default.htm", "WCMain.htm"} {
		if _, err := p.render(name, values); err != nil {
			t.Error(err)
		}
	}
	for _, language := range []string{"english", "deutsch", "francais", "portugues"} {
		for _, name := range []string{"CaptureWCData.htm", "WCChat.htm", "Error.htm", "Demo.htm"} {
			if _, err := p.render(language+"/"+name, values); err != nil {
				t.Error(err)
			}
		}
	}
}
