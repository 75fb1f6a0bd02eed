package letter

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// policy is what HTML of a stranger may hold: text and its looks. No scripts, forms,
// frames, styles that load or place anything, no ids that could meet those of a page.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "div", "span", "br", "hr", "b", "i", "u", "s", "em", "strong", "small", "big", "sub", "sup", "strike", "del", "ins", "code", "pre", "tt", "kbd",
		"samp", "var", "blockquote", "q", "cite", "center", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "abbr", "address", "font", "table", "thead",
		"tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "a", "img", "figure", "figcaption", "section", "article", "header", "footer", "main", "aside")
	// Only what is always closed, or hidden as long as it is not: of an element without
	// an end the rest of the message would go too.
	p.SkipElementsContent("script", "style", "title", "noscript", "template", "svg", "math", "iframe", "applet", "select", "textarea", "noembed", "noframes", "xmp", "plaintext")
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)).Globally()
	size := regexp.MustCompile(`^[0-9]{1,4}%?$`)
	p.AllowAttrs("width", "height").Matching(size).OnElements("img", "table", "td", "th", "col", "colgroup")
	p.AllowAttrs("cellpadding", "cellspacing", "border").Matching(size).OnElements("table", "img")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`(?i)^(left|right|center|justify|top|middle|bottom|baseline)$`)).Globally()
	color := regexp.MustCompile(`(?i)^(#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([0-9., %]{5,40}\))$`)
	p.AllowAttrs("bgcolor").Matching(color).OnElements("table", "tr", "td", "th", "tbody", "thead")
	p.AllowAttrs("color").Matching(color).OnElements("font")
	p.AllowAttrs("face").Matching(regexp.MustCompile(`^[A-Za-z0-9 ,'-]{1,200}$`)).OnElements("font")
	p.AllowAttrs("size").Matching(regexp.MustCompile(`^[+-]?[1-7]$`)).OnElements("font")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^(cite|1|a|A|i|I|disc|circle|square)$`)).OnElements("blockquote", "ol", "ul", "li")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,5}$`)).OnElements("ol")
	styles(p, color)
	return p
})

// styles lets through properties that change looks only. A negative or huge length could
// lay a text over another one; position, url() and expressions are no match of any.
func styles(p *bluemonday.Policy, color *regexp.Regexp) {
	length := regexp.MustCompile(`(?i)^(([0-9]{1,4}(\.[0-9]{1,6})?(px|pt|em|rem|ex|%|in|cm|mm)?|auto)\s*){1,4}$`)
	word := regexp.MustCompile(`(?i)^[a-z-]{2,30}$`)
	border := regexp.MustCompile(`(?i)^((none|solid|dashed|dotted|double|medium|thin|thick|[0-9]{1,3}(\.[0-9]{1,4})?(px|pt|em)?|#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([0-9., %]{5,40}\))\s*){1,3}$`)
	p.AllowStyles("color", "background-color").Matching(color).Globally()
	p.AllowStyles("background").Matching(color).Globally()
	p.AllowStyles("font-family").Matching(regexp.MustCompile(`^[A-Za-z0-9 ,'"_-]{1,300}$`)).Globally()
	p.AllowStyles("font-size", "line-height").Matching(regexp.MustCompile(`(?i)^([0-9]{1,3}(\.[0-9]{1,4})?(px|pt|em|rem|ex|%)?|[a-z-]{4,10})$`)).Globally()
	p.AllowStyles("font-weight").Matching(regexp.MustCompile(`(?i)^([1-9]00|normal|bold|bolder|lighter)$`)).Globally()
	p.AllowStyles("font-style", "font-variant", "text-align", "text-decoration", "text-transform", "vertical-align", "white-space", "list-style-type", "word-break", "overflow-wrap",
		"border-collapse", "direction").Matching(word).Globally()
	p.AllowStyles("width", "height", "max-width", "min-width", "padding", "padding-left", "padding-right", "padding-top", "padding-bottom", "margin", "margin-left", "margin-right",
		"margin-top", "margin-bottom", "border-spacing", "text-indent").Matching(length).Globally()
	p.AllowStyles("border", "border-left", "border-right", "border-top", "border-bottom").Matching(border).Globally()
	p.AllowStyles("border-radius", "border-width").Matching(length).Globally()
	p.AllowStyles("border-color").Matching(color).Globally()
	p.AllowStyles("border-style").Matching(word).Globally()
	p.AllowStyles("display").Matching(regexp.MustCompile(`(?i)^(none|block|inline|inline-block|table|table-row|table-cell)$`)).Globally()
}

// htmlSourceMax is how much HTML is gone through, in bytes: a MiB costs half a second.
const htmlSourceMax = HTMLMax * 3 / 2

// Sanitise makes HTML of a stranger harmless, and counts the images that it would load
// from elsewhere: their address stands in data-remote and not in src. Images of the
// message keep their cid:. Links open apart, tell nobody where they were followed, and
// have their real target as title; where their text names another site, data-other holds
// the real one.
func Sanitise(source string) (string, int) {
	clean, remote := settle(policy().Sanitize(flat(seen(cut(source, htmlSourceMax)))))
	return seen(clean), remote
}

// seen takes out what no store takes and no browser shows: control characters, of which
// references such as &#1; make new ones, and bytes that are no letter.
func seen(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' {
			return c
		}
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// nestMax is how deep elements may lie within each other: a browser that is given a
// hundred thousand of them is slow or fails.
const nestMax = 200

// flat drops elements that are nested deeper than nestMax.
func flat(source string) string {
	if strings.Count(source, "<") <= nestMax {
		return source
	}
	var (
		z     = html.NewTokenizer(strings.NewReader(source))
		out   strings.Builder
		open  int
		above int // open elements that were dropped
	)
	out.Grow(len(source))
	z.SetMaxBuf(SourceMax)
	for {
		switch t := z.Next(); t {
		case html.ErrorToken:
			return out.String()
		case html.StartTagToken:
			raw := z.Raw()
			name, _ := z.TagName()
			if void(atom.Lookup(name)) {
				out.Write(raw)
			} else if open >= nestMax {
				above++
			} else {
				open++
				out.Write(raw)
			}
		case html.EndTagToken:
			if above > 0 {
				above--
				continue
			}
			open = max(open-1, 0)
			out.Write(z.Raw())
		default:
			out.Write(z.Raw())
		}
	}
}

// void reports elements that are never closed, or need not be.
func void(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Col, atom.Meta, atom.Link, atom.Input, atom.Base, atom.Wbr, atom.Area, atom.P, atom.Li, atom.Td, atom.Tr, atom.Th, atom.Dt, atom.Dd:
		return true
	}
	return false
}

// settle goes over links and images of what is harmless already.
func settle(clean string) (string, int) {
	var (
		z      = html.NewTokenizer(strings.NewReader(clean))
		out    strings.Builder
		remote int
		link   *html.Token // open
		inside strings.Builder
		said   strings.Builder // text of the link
	)
	out.Grow(len(clean) + len(clean)/4)
	end := func() {
		if link != nil {
			out.WriteString(linkTag(link, said.String()))
			out.WriteString(inside.String())
			link = nil
			inside.Reset()
			said.Reset()
		}
	}
	write := func(s string) {
		if link != nil {
			inside.WriteString(s)
			return
		}
		out.WriteString(s)
	}
	for {
		t := z.Next()
		if t == html.ErrorToken {
			end()
			return out.String(), remote
		}
		raw := string(z.Raw())
		token := z.Token()
		switch {
		case t == html.StartTagToken && token.DataAtom == atom.A:
			end()
			link = &token
		case t == html.EndTagToken && token.DataAtom == atom.A:
			end()
			out.WriteString(raw)
		case (t == html.StartTagToken || t == html.SelfClosingTagToken) && token.DataAtom == atom.Img:
			tag, away := imageTag(token)
			remote += away
			write(tag)
		case t == html.TextToken:
			if link != nil && said.Len() < 500 {
				said.WriteString(token.Data)
			}
			write(raw)
		default:
			write(raw)
		}
	}
}

// imageTag keeps the address of an image that is not of the message for later.
func imageTag(token html.Token) (string, int) {
	remote := 0
	var attrs []html.Attribute
	for _, a := range token.Attr {
		if a.Key == "src" {
			switch {
			case hasScheme(a.Val, "cid:"):
			case hasScheme(a.Val, "http://", "https://"):
				a.Key = "data-remote"
				remote = 1
			default:
				continue
			}
		}
		attrs = append(attrs, a)
	}
	return html.Token{Type: html.StartTagToken, Data: "img", DataAtom: atom.Img, Attr: attrs}.String(), remote
}

func hasScheme(url string, schemes ...string) bool {
	url = strings.ToLower(url)
	return slices.ContainsFunc(schemes, func(s string) bool { return strings.HasPrefix(url, s) })
}

func linkTag(token *html.Token, said string) string {
	var href string
	var attrs []html.Attribute
	for _, a := range token.Attr {
		switch a.Key {
		case "href":
			href = a.Val
		case "rel", "target", "title":
			continue
		}
		attrs = append(attrs, a)
	}
	if !hasScheme(href, "http://", "https://", "mailto:", "tel:") {
		return "<a>"
	}
	attrs = append(attrs, html.Attribute{Key: "title", Val: href})
	if real, other := deceives(href, said); other {
		attrs = append(attrs, html.Attribute{Key: "data-other", Val: real})
	}
	attrs = append(attrs, html.Attribute{Key: "rel", Val: "noopener noreferrer nofollow"}, html.Attribute{Key: "target", Val: "_blank"})
	return html.Token{Type: html.StartTagToken, Data: "a", DataAtom: atom.A, Attr: attrs}.String()
}

// host is a word that reads as the name of a site.
var host = regexp.MustCompile(`(?i)^(?:https?://)?(?:[^/@\s]*@)?((?:[\p{L}0-9-]+\.)+[\p{L}]{2,24})(?::[0-9]+)?(?:[/?#].*)?$`)

// deceives reports a link whose text names another site than it leads to, and the site.
func deceives(href, said string) (string, bool) {
	u, err := url.Parse(href)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	real := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	m := host.FindStringSubmatch(strings.TrimSpace(said))
	if m == nil {
		return real, false
	}
	shown := strings.TrimPrefix(strings.ToLower(m[1]), "www.")
	bare := strings.TrimPrefix(real, "www.")
	return real, shown != bare && !strings.HasSuffix(bare, "."+shown)
}
