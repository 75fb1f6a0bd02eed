package webchat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Of the pages that come with the program there is nothing to say.
func TestCheckShippedPages(t *testing.T) {
	folder := t.TempDir()
	p, err := newPages(folder)
	if err != nil {
		t.Fatal(err)
	}
	p.close()
	found, err := CheckPages(folder)
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// Whatever customers would meet in an edited or old folder is found, with its place; what
// is only to be known is no fault; and nothing in the folder is changed.
func TestCheckPages(t *testing.T) {
	folder := t.TempDir()
	p, err := newPages(folder)
	if err != nil {
		t.Fatal(err)
	}
	p.close()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	form, err := os.ReadFile(filepath.Join(folder, "deutsch", "CaptureWCData.htm"))
	if err != nil {
		t.Fatal(err)
	}
	write("deutsch/CaptureWCData.htm", strings.ReplaceAll(string(form), "varDestination", "destination"))
	write("english/Error.htm", "<p>{{.Nothing}}</p>")
	write("english/Wait.htm", "<p>Please wait</p>\n<script>\nalert(1)</script><body onload=\"go()\">\n<a href=\"JavaScript:go()\">x</a>")
	write("english/CallFailed.htm", "<img src=\"https://cdn.example/x.png\"><script src=\"//cdn.example/x.js\"></script><form action=\"http://elsewhere.example\">")
	write("english/WCChat.htm", `<a href="Prices.htm?x=1">Prices</a><iframe src="x.htm"></iframe><a href="https://example.com">fine</a>`)
	write("english/Prices.htm", "<p>5</p>")
	write("italiano/CaptureWCData.htm", string(form))
	found, err := CheckPages(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		page string
		line int
		bad  bool
		part string
	}{
		{"deutsch/CaptureWCData.htm", 0, true, "varDestination"}, {"english/Error.htm", 0, true, "Nothing"},
		{"english/Wait.htm", 2, true, "script"}, {"english/Wait.htm", 3, true, "onload"}, {"english/Wait.htm", 4, true, "javascript:"},
		{"english/Wait.htm", 0, false, "WCChat.htm"}, {"english/CallFailed.htm", 1, true, "x.png"}, {"english/CallFailed.htm", 1, true, "x.js"},
		{"english/CallFailed.htm", 1, true, "elsewhere"}, {"english/CallFailed.htm", 0, false, "Error.htm"}, {"english/WCChat.htm", 1, true, "iframe"},
		{"italiano/WCChat.htm", 0, true, "missing"}, {"italiano/Error.htm", 0, true, "missing"},
	} {
		n := 0
		for i, f := range found {
			if f.Page == want.page && f.Bad == want.bad && strings.Contains(f.Sentence, want.part) && f.Line == want.line {
				found = append(found[:i:i], found[i+1:]...)
				n++
				break
			}
		}
		if n != 1 {
			t.Errorf("not found: %+v", want)
		}
	}
	if len(found) > 0 {
		t.Errorf("found beside: %+v", found)
	}
	if _, err := CheckPages(filepath.Join(folder, "none")); err == nil {
		t.Error("a folder that is not there is fine")
	}
}
