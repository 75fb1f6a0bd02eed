package webchat

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portico/acd"
	"portico/plan"
	"portico/schedule"
	"portico/talk"
)

// An upgrade leaves every page that is there as it is, brings back what is missing,
// adds what is new, and puts its own version beside a page that differs: once, the
// newest, and no longer than they differ.
func TestUpgradeOfPages(t *testing.T) {
	folder := t.TempDir()
	open := func() {
		t.Helper()
		p, err := newPages(folder)
		if err != nil {
			t.Fatal(err)
		}
		p.close()
	}
	file := func(name string) string { return filepath.Join(folder, filepath.FromSlash(name)) }
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(file(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		content, err := os.ReadFile(file(name))
		if err != nil {
			return ""
		}
		return string(content)
	}
	open()
	page := "francais/CaptureWCData.htm"
	original := read(page)
	if original == "" || len(besides(t, folder)) != 0 {
		t.Fatalf("a fresh folder has %d bytes of %s and beside %v", len(original), page, besides(t, folder))
	}

	write(page, "the company's own")
	write("Default.htm", "<p>ours</p>")
	write("francais/Prices.htm", "not one of ours")
	os.Remove(file("portugues/Error.htm"))
	os.RemoveAll(file("deutsch"))
	open()
	if read(page) != "the company's own" || read("Default.htm") != "<p>ours</p>" || read("francais/Prices.htm") != "not one of ours" {
		t.Error("an upgrade has changed a page of the company")
	}
	for _, name := range []string{"portugues/Error.htm", "deutsch/WCChat.htm", "deutsch/CaptureWCData.htm"} {
		if read(name) == "" {
			t.Errorf("%s was missing and is not there again", name)
		}
	}
	if got := besides(t, folder); !slices.Equal(got, []string{"Default.htm.shipped", page + beside}) {
		t.Errorf("beside are %v", got)
	}
	if read(page+beside) != original {
		t.Error("beside the edited page stands another than this version's")
	}

	write(page+beside, "of an earlier version")
	write("Default.htm", read("Default.htm.shipped"))
	open()
	if read(page+beside) != original || read(page) != "the company's own" {
		t.Error("the version beside is not this one's")
	}
	if got := besides(t, folder); !slices.Equal(got, []string{page + beside}) {
		t.Errorf("beside are still %v", got)
	}
	if p, _ := newPages(folder); p != nil {
		if _, _, err := p.open(page + beside); err == nil {
			t.Error("what stands beside a page is served")
		}
		p.close()
	}
}

func besides(t *testing.T, folder string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, beside) || strings.HasSuffix(name, ".new") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A company adds a language by copying a folder, translating what it reads there, and
// linking to it: no hidden field needs an edit, and the chat is in the chat language
// that was chosen.
func TestFurtherLanguage(t *testing.T) {
	h := newHouse(t)
	from, to := filepath.Join(h.dir, "html", "english"), filepath.Join(h.dir, "html", "nederlands")
	h.must(os.CopyFS(to, os.DirFS(from)))
	start := filepath.Join(to, "CaptureWCData.htm")
	content, err := os.ReadFile(start)
	h.must(err)
	h.must(os.WriteFile(start, []byte(strings.ReplaceAll(string(content), "Your question", "Uw vraag")), 0o644))
	status, page := h.get("/web?varUserRequest=REQ_WEBCHAT_MAIN&varUserLanguage=nederlands")
	if status != 200 || !contains(page, "Uw vraag") || !contains(page, `name="varUserLanguage" value="nederlands"`) {
		t.Fatalf("the link leads to %d %s", status, page)
	}
	status, page, _ = h.submit("/web/hppcwis.dll", form(fieldLanguage, "nederlands", fieldChat, "deutsch"))
	if status != 200 || !sessionOnPage.MatchString(page) || !contains(page, `data-language="deutsch"`) {
		t.Errorf("the form leads to %d %s", status, page)
	}
	if _, page, _ = h.submit("/web/hppcwis.dll", form(fieldLanguage, "nederlands", fieldPriority, "0")); !contains(page, "/web/html/nederlands/CaptureWCData.htm") {
		t.Errorf("a refusal does not lead back to the folder: %s", page)
	}
}

// A form lets choose among the chat languages of the unit, the page's own first, and
// hides the choice where there is none; each goes by the name that its speakers give it.
func TestChatLanguagesOfForm(t *testing.T) {
	h := newHouse(t)
	setup := talk.Setup{Settings: talk.Defaults(), Pages: "english"}
	h.chats.o.Setup = func(acd.UnitID) talk.Setup { return setup }
	language := func(name, pages string) talk.Language {
		return talk.Language{Name: name, ChatLanguage: talk.ChatLanguage{Pages: pages}}
	}
	setup.Languages = []talk.Language{language("deutsch", "deutsch"), language("english", "english"), language("kids", "english"), language("francais", "francais")}
	_, page := h.get("/web/html/francais/CaptureWCData.htm")
	for _, option := range []string{`<option value="deutsch" lang="de">Deutsch</option>`, `<option value="kids" lang="en">kids</option>`, `<option value="francais" lang="fr" selected>Français</option>`} {
		if !contains(page, option) {
			t.Errorf("the form lacks %s: %s", option, page)
		}
	}
	if n := strings.Count(page, " selected"); n != 1 {
		t.Errorf("%d languages are chosen", n)
	}
	setup.Languages = setup.Languages[:1]
	if _, page = h.get("/web/html/francais/CaptureWCData.htm"); contains(page, "<select") || !contains(page, `name="varHPPCLanguage" value="deutsch"`) {
		t.Errorf("one language is still a choice: %s", page)
	}
}

// Outside the hours the classic form leads to the other one, with what was typed, and
// creates nothing; without JavaScript there is still the sentence.
func TestClassicClosed(t *testing.T) {
	h := newHouse(t)
	never := schedule.Schedule{TimeZone: "UTC"}
	h.chats.o.Setup = func(acd.UnitID) talk.Setup {
		return talk.Setup{Settings: talk.Defaults(), Queues: map[acd.QueueID]talk.Hours{h.queue: {Schedule: never, Outside: plan.OfflineForm}}}
	}
	before := h.waiting()
	status, page, header := h.submit("/web", form(fieldLanguage, "deutsch", fieldCaption, `Wo "ist" es?`))
	if status != 409 || header.Get("Retry-After") != "" || h.waiting() != before {
		t.Errorf("a closed queue answers %d, %v, %d more chats", status, header, h.waiting()-before)
	}
	for _, part := range []string{"widget.js", `data-target="portico-chat"`, `data-name="Carla"`, `data-question="Wo &#34;ist&#34; es?"`, "<noscript><p role=\"alert\">", "Hinterlassen"} {
		if !contains(page, part) {
			t.Errorf("the page lacks %q: %s", part, page)
		}
	}
}

// The four languages have the same pages with the same fields, each in its own tongue:
// no page holds a script or a style of its own, which the policy would forbid.
func TestPagesOfAllLanguages(t *testing.T) {
	field := regexp.MustCompile(` name="([^"{]+)"`)
	fields := make(map[string][]string)
	texts := make(map[string]string)
	for _, language := range []string{"english", "deutsch", "francais", "portugues"} {
		for _, name := range []string{"CaptureWCData.htm", "WCChat.htm", "Error.htm", "Demo.htm"} {
			content, err := shipped.ReadFile("html/" + language + "/" + name)
			if err != nil {
				t.Errorf("%s has no %s: %v", language, name, err)
				continue
			}
			text := string(content)
			if other, ok := texts[name+text]; ok {
				t.Errorf("%s is the same in %s and %s", name, language, other)
			}
			texts[name+text] = language
			var found []string
			for _, m := range field.FindAllStringSubmatch(text, -1) {
				found = append(found, m[1])
			}
			if want, ok := fields[name]; ok && !slices.Equal(found, want) {
				t.Errorf("%s/%s has the fields %v, others %v", language, name, found, want)
			}
			fields[name] = found
			if regexp.MustCompile(`<script>| style=|<style| on[a-z]+=`).MatchString(text) {
				t.Errorf("%s/%s holds what the policy forbids", language, name)
			}
		}
	}
	for name := range classicFields {
		if !slices.Contains(fields["CaptureWCData.htm"], name) {
			t.Errorf("the form lacks %s", name)
		}
	}
}
