package letter

import (
	"strings"
	"testing"
)

// What HTML of strangers may hold, and what becomes of the rest.
func TestSanitise(t *testing.T) {
	tests := []struct {
		rule, in, want string
		remote         int
	}{
		{"looks stay", `<p style="color:#f00; font-weight:bold">Hi <b>you</b></p>`, `<p style="color: #f00; font-weight: bold">Hi <b>you</b></p>`, 0},
		{"scripts go with what is in them", `a<script>alert(1)</script>b`, `ab`, 0},
		{"styles, titles and heads too", `<head><title>T</title><style>p{}</style></head><body>b</body>`, `b`, 0},
		{"events go", `<p onclick="x()" onmouseover=x>a</p>`, `<p>a</p>`, 0},
		{"forms, frames and objects go", `<form action=x><input name=a></form><iframe src=https://x></iframe><object data=x></object><embed src=x>a`, `a`, 0},
		{"ids, classes and names go: they could meet those of the page", `<p id=root class=x name=y>a</p>`, `<p>a</p>`, 0},
		{"an image from elsewhere is not loaded", `<img src="https://x.example/a.png" alt="logo" width=10>`, `<img data-remote="https://x.example/a.png" alt="logo" width="10">`, 1},
		{"nor one without a scheme", `<img src="//x.example/a.png" alt=a>`, `<img alt="a">`, 0},
		{"nor by a style", `<div style="background:url(https://x.example/a.png);color:red">a</div>`, `<div style="color: red">a</div>`, 0},
		{"nor by an attribute", `<table background="https://x.example/a.png"><tr><td background=x>a</td></tr></table>`, `<table><tr><td>a</td></tr></table>`, 0},
		{"nor by srcset", `<img srcset="https://x.example/a.png 2x" alt=a>`, `<img alt="a">`, 0},
		{"nor as data", `<img src="data:image/svg+xml;base64,PHN2Zz4=" alt=a>`, `<img alt="a">`, 0},
		{"an image of the message stays", `<img src="cid:logo@x">`, `<img src="cid:logo@x">`, 0},
		{"nothing is laid over the page", `<div style="position:fixed;top:0;left:0;z-index:9;color:red">a</div>`, `<div style="color: red">a</div>`, 0},
		{"nor pushed out of it", `<p style="margin-left:-500px">a</p>`, `<p>a</p>`, 0},
		{"a link keeps its target, and tells it", `<a href="https://x.example/a?b=1&amp;c=2">here</a>`,
			`<a href="https://x.example/a?b=1&amp;c=2" title="https://x.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">here</a>`, 0},
		{"a link's own title is no target", `<a href="https://x.example/" title="https://bank.example">here</a>`,
			`<a href="https://x.example/" title="https://x.example/" rel="noopener noreferrer nofollow" target="_blank">here</a>`, 0},
		{"a link whose text names another site", `<a href="https://evil.example/x">www.bank.example</a>`,
			`<a href="https://evil.example/x" title="https://evil.example/x" data-other="evil.example" rel="noopener noreferrer nofollow" target="_blank">www.bank.example</a>`, 0},
		{"whatever stands before it", `<p>See <a href="https://evil.example/x">www.bank.example</a></p>`,
			`<p>See <a href="https://evil.example/x" title="https://evil.example/x" data-other="evil.example" rel="noopener noreferrer nofollow" target="_blank">www.bank.example</a></p>`, 0},
		{"in pieces too", `<a href="https://evil.example/x"><b>https://bank</b>.example/login</a>`,
			`<a href="https://evil.example/x" title="https://evil.example/x" data-other="evil.example" rel="noopener noreferrer nofollow" target="_blank"><b>https://bank</b>.example/login</a>`, 0},
		{"the same site is no other one", `<a href="https://www.bank.example/login">bank.example</a>`,
			`<a href="https://www.bank.example/login" title="https://www.bank.example/login" rel="noopener noreferrer nofollow" target="_blank">bank.example</a>`, 0},
		{"no script behind a link", `<a href="javascript:alert(1)">a</a><a href="JaVa&#10;Script:x">b</a><a href="data:text/html,x">c</a><a href="vbscript:x">d</a>`, `abcd`, 0},
		{"mail and telephone stay", `<a href="mailto:a@b.example">m</a>`, `<a href="mailto:a@b.example" title="mailto:a@b.example" rel="noopener noreferrer nofollow" target="_blank">m</a>`, 0},
		{"what Outlook writes", `<!--[if mso]><p>x</p><![endif]--><o:p>&nbsp;</o:p><p class=MsoNormal>a</p>`, "\u00a0<p>a</p>", 0},
		{"svg and math, where filters were passed", `<svg><script>x</script></svg><math><mtext></mtext><img src=x onerror=alert(1)></math>a`, `a`, 0},
		{"an element that has no end swallows nothing", `<embed src=x><head><title>T</title><body>a`, `a`, 0},
		{"torn tags", `<p>a<b <script>x</p>`, `<p>a`, 0},
	}
	for _, tt := range tests {
		got, remote := Sanitise(tt.in)
		if got != tt.want && !(tt.rule == "torn tags" && harmless(got)) {
			t.Errorf("%s:\n%s\ngives\n%s\nwant\n%s", tt.rule, tt.in, got, tt.want)
		}
		if remote != tt.remote {
			t.Errorf("%s: %d images from elsewhere", tt.rule, remote)
		}
		if again, _ := Sanitise(got); again != got && tt.remote == 0 && !strings.Contains(got, "data-other") {
			t.Errorf("%s: made harmless twice it is %s", tt.rule, again)
		}
	}
}

// harmless looks for what must never come out, sharing nothing with what takes it out.
func harmless(s string) bool {
	s = strings.ToLower(s)
	for _, bad := range []string{"<script", "<iframe", "<object", "<embed", "<form", "<style", "<link", "<meta", "<base", "<svg", "<math", "javascript:", "<input"} {
		if strings.Contains(s, bad) && !strings.Contains(s, "&lt;"+bad[1:]) {
			return false
		}
	}
	return true
}

// A browser that is given a hundred thousand elements within each other fails; so nobody
// gives it them, and the text stays.
func TestSanitiseDepth(t *testing.T) {
	deep := strings.Repeat("<div>", 100_000) + "text" + strings.Repeat("</div>", 100_000)
	got, _ := Sanitise(deep)
	if strings.Count(got, "<div") > nestMax || !strings.Contains(got, "text") {
		t.Errorf("%d elements are left", strings.Count(got, "<div"))
	}
	if got := Plain(deep); got != "text" {
		t.Errorf("as plain text: %q", got)
	}
	if got, _ := Sanitise(strings.Repeat("<p>x<br><img src=cid:a>", 1000)); strings.Count(got, "x") != 1000 {
		t.Error("elements side by side are taken for nested ones")
	}
}

// HTML as text: paragraphs, lists, quotes, tables and targets of links are still told.
func TestPlain(t *testing.T) {
	tests := []struct{ in, want string }{
		{"<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"},
		{"<div>a</div><div>b</div>", "a\nb"},
		{"a  \n b&nbsp;c &amp; &lt;d&gt;", "a b c & <d>"},
		{"<ol><li>a<li>b<ul><li>c</ul></ol>d", "1. a\n2. b\n  - c\n\nd"},
		{"<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n\n>> b\n\nc"},
		{"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{`<a href="https://x.example/y">here</a>, <a href="https://x.example/">x.example</a>`, "here <https://x.example/y>, x.example"},
		{`<a href="mailto:a@b.example?subject=x">Eve</a>`, "Eve <a@b.example>"},
		{"<pre>a\n  b</pre>", "a\n  b"},
		{"<style>p{}</style><script>x</script><title>T</title>a", "a"},
		{`<img alt="Logo" src=x> <b>bo</b>ld`, "[Logo] bold"},
		{"a<hr>b", "a\n----\nb"},
		{"<h1>T</h1>a", "T\n\na"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := Plain(tt.in); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.in, got, tt.want)
		}
	}
}
