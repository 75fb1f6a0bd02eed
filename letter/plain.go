package letter

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Plain makes readable text of HTML: paragraphs, lists, quotes and the targets of links
// stay, looks go. It is at most 2 × TextMax long.
func Plain(source string) string {
	p := plainer{}
	z := html.NewTokenizer(strings.NewReader(cut(source, SourceMax)))
	z.SetMaxBuf(SourceMax)
	for p.out.Len() < 2*TextMax {
		switch t := z.Next(); t {
		case html.ErrorToken:
			return strings.Trim(p.out.String(), "\n ")
		case html.TextToken:
			if p.hidden == 0 {
				p.text(tidy(string(z.Text())), true)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z.Token(), t == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		}
	}
	return strings.Trim(p.out.String(), "\n ")
}

// plainer writes text as it meets the elements of a page.
type plainer struct {
	out    strings.Builder
	lines  int  // line feeds that come before the next text
	space  bool // a blank comes before the next text
	quotes int
	pre    int
	hidden int // elements open whose text is not shown
	lists  []int
	href   string
	linked strings.Builder
}

// text writes, with the line feeds and the blank that are due. source tells text of the
// page, in which white space means a blank, from signs of ours.
func (p *plainer) text(s string, source bool) {
	if source && p.pre > 0 {
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				p.lines = max(p.lines, 0) + 1
			}
			if l != "" {
				p.write(l)
			}
		}
		return
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		p.space = p.space || s != ""
		return
	}
	if strings.ContainsRune(" \n\t", rune(s[0])) {
		p.space = true
	}
	text := strings.Join(words, " ")
	if p.href != "" && p.linked.Len() < 500 {
		p.linked.WriteString(text)
	}
	p.write(text)
	p.space = strings.ContainsRune(" \n\t", rune(s[len(s)-1]))
}

func (p *plainer) write(text string) {
	began := p.out.Len() > 0
	switch {
	case p.lines > 0 && began:
		for range min(p.lines, 2) {
			p.out.WriteByte('\n')
		}
		p.quote()
	case !began:
		p.quote()
	case p.space:
		p.out.WriteByte(' ')
	}
	p.lines, p.space = 0, false
	p.out.WriteString(text)
}

func (p *plainer) quote() {
	if p.quotes > 0 {
		p.out.WriteString(strings.Repeat(">", min(p.quotes, 20)) + " ")
	}
}

// block begins a line, or a paragraph when n is 2.
func (p *plainer) block(n int) { p.lines, p.space = max(p.lines, n), false }

func (p *plainer) start(t html.Token, closed bool) {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Title, atom.Head, atom.Noscript, atom.Template, atom.Textarea, atom.Select, atom.Svg:
		if !closed {
			p.hidden++
		}
	case atom.Body:
		p.hidden = 0 // whoever forgot to close the head
	case atom.Br:
		p.lines, p.space = p.lines+1, false
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl:
		p.block(2)
	case atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Table, atom.Center, atom.Address, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Figure:
		p.block(1)
	case atom.Td, atom.Th:
		p.space = true
	case atom.Ul, atom.Ol:
		p.block(1)
		if len(p.lists) < DepthMax {
			p.lists = append(p.lists, map[bool]int{true: 1}[t.DataAtom == atom.Ol])
		}
	case atom.Li:
		p.item()
	case atom.Blockquote:
		p.block(2)
		p.quotes++
	case atom.Pre:
		p.block(2)
		p.pre++
	case atom.Hr:
		p.block(1)
		p.text("----", false)
		p.block(1)
	case atom.Img:
		if alt := attribute(t, "alt"); alt != "" && p.hidden == 0 {
			p.text("["+tidy(cut(alt, 200))+"]", false)
		}
	case atom.A:
		p.href = attribute(t, "href")
		p.linked.Reset()
	}
}

func (p *plainer) item() {
	p.block(1)
	sign := "-"
	if n := len(p.lists); n > 0 {
		if p.lists[n-1] > 0 {
			sign = strconv.Itoa(p.lists[n-1]) + "."
			p.lists[n-1]++
		}
		sign = strings.Repeat("  ", n-1) + sign
	}
	if p.hidden == 0 {
		p.write(sign)
		p.space = true
	}
}

func (p *plainer) end(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Head, atom.Noscript, atom.Template, atom.Textarea, atom.Select, atom.Svg:
		p.hidden = max(p.hidden-1, 0)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl:
		p.block(2)
	case atom.Div, atom.Tr, atom.Table, atom.Center, atom.Li, atom.Address, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Figure:
		p.block(1)
	case atom.Ul, atom.Ol:
		p.lists = p.lists[:max(len(p.lists)-1, 0)]
		p.block(2)
	case atom.Blockquote:
		p.quotes = max(p.quotes-1, 0)
		p.block(2)
	case atom.Pre:
		p.pre = max(p.pre-1, 0)
		p.block(2)
	case atom.A:
		p.target()
	}
}

// target writes where a link leads, unless its text says so.
func (p *plainer) target() {
	href, said := p.href, strings.TrimSpace(p.linked.String())
	p.href = ""
	scheme, rest, _ := strings.Cut(href, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		if !strings.Contains(said, strings.Trim(rest, "/")) {
			p.text(" <"+cut(line(href), 500)+">", false)
		}
	case "mailto":
		rest, _, _ = strings.Cut(rest, "?")
		if !strings.Contains(said, rest) {
			p.text(" <"+cut(line(rest), 500)+">", false)
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
