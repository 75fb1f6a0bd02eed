package webchat

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	markup "golang.org/x/net/html" // html is a media type here
)

// PageFinding is what is to be known of one page of a company's folder.
type PageFinding struct {
	Page string // its path in the folder
	Line int    // 0: the page as a whole
	// Bad says that customers meet it: the page breaks, or does not do what it says.
	Bad      bool
	Sentence string
}

// CheckPages looks through a folder of pages as it is, and changes nothing: at what
// browsers would not run under the pages' policy, at fields that are missing, at templates
// that cannot be filled, and at pages that nothing leads to, as in a folder of old.
func CheckPages(folder string) ([]PageFinding, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of pages: %w", err)
	}
	defer root.Close()
	k := pageCheck{links: map[string]bool{}}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isPage(name) {
			return err
		}
		content, err := fs.ReadFile(root.FS(), name)
		if err != nil {
			return fmt.Errorf("reading a page: %w", err)
		}
		k.names = append(k.names, name)
		k.page(name, content)
		if _, err := root.Stat(name + beside); err == nil {
			k.find(name, 0, false, "It is not as it came with the program: compare it with "+path.Base(name)+beside+".")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	k.flow()
	slices.SortStableFunc(k.found, func(a, b PageFinding) int {
		return cmp.Or(strings.Compare(a.Page, b.Page), a.Line-b.Line)
	})
	return k.found, nil
}

// pageCheck is one walk through a folder.
type pageCheck struct {
	found []PageFinding
	names []string
	links map[string]bool // names of files that a page leads to, in lower case
}

func (k *pageCheck) find(page string, line int, bad bool, sentence string) {
	k.found = append(k.found, PageFinding{page, line, bad, sentence})
}

// flow looks for pages of the flow that are missing, and for those outside of it.
func (k *pageCheck) flow() {
	languages := map[string]bool{}
	for _, name := range k.names {
		if folder, _, ok := strings.Cut(name, "/"); ok && folder != "images" {
			languages[folder] = true
		}
	}
	for folder := range languages {
		for _, page := range []string{"CaptureWCData.htm", "WCChat.htm", "Error.htm"} {
			if name := folder + "/" + page; !slices.Contains(k.names, name) {
				k.find(name, 0, true, "It is missing. Start the server, which adds it, or copy it from another language.")
			}
		}
	}
	for _, name := range k.names {
		if part := partOfFlow(name); part != "" && !k.links[strings.ToLower(path.Base(name))] {
			k.find(name, 0, false, "Nothing leads to this page. Carry what customers are to read into "+part+", or link to it.")
		}
	}
}

// partOfFlow is the page that does today what one of an old set did; empty: the page is
// itself part of the flow.
func partOfFlow(name string) string {
	base := strings.ToLower(path.Base(name))
	known := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(base, n) })
	}
	switch _, below, _ := strings.Cut(name, "/"); {
	case below == "" && (base == "default.htm" || base == "wcmain.htm"), strings.Contains(below, "/"):
		return ""
	case slices.Contains([]string{"capturewcdata.htm", "wcchat.htm", "demo.htm"}, base):
		return ""
	case strings.HasPrefix(base, "error") && strings.Trim(base[len("error"):], "0123456789") == ".htm":
		return ""
	case known("error", "fail", "unavail", "sorry", "refus", "closed"):
		return "Error.htm, or ErrorNNNN.htm for one code"
	case known("capture", "data", "form", "request"):
		return "CaptureWCData.htm"
	case known("callback", "callme"):
		return "CaptureWCData.htm (callbacks are offered within the chat)"
	case known("main", "start", "index"):
		return "WCMain.htm"
	}
	return "WCChat.htm"
}

// page looks at one page: as a template, then at what browsers make of it.
func (k *pageCheck) page(name string, content []byte) {
	if len(content) > pageSizeMax {
		k.find(name, 0, true, "It is larger than 1 MiB and is not shown.")
		return
	}
	t, err := template.New(name).Parse(string(content))
	if err == nil {
		err = t.Execute(io.Discard, pageValues{Path: "/web", Language: "english", Tag: "en", Token: "t", Extra: map[string]string{"a": "b"},
			Units: []string{"a", "b"}, ChatLanguages: []pageLanguage{{Name: "english"}, {Name: "deutsch"}}})
	}
	if err != nil {
		k.find(name, 0, true, "It cannot be shown: "+err.Error())
	}
	fields := map[string]bool{}
	line, inline := 1, false // inside of a script
	for tokens := markup.NewTokenizer(bytes.NewReader(content)); ; {
		kind := tokens.Next()
		if kind == markup.ErrorToken {
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				k.find(name, line, true, "It cannot be read: "+err.Error())
			}
			break
		}
		raw := tokens.Raw()
		at := line
		line += bytes.Count(raw, []byte("\n"))
		switch kind {
		case markup.StartTagToken, markup.SelfClosingTagToken:
			token := tokens.Token()
			inline = token.Data == "script" && attribute(token, "src") == ""
			fields[attribute(token, "name")] = true
			k.tag(name, at, token)
		case markup.TextToken:
			if inline && len(bytes.TrimSpace(raw)) > 0 {
				k.find(name, at, true, "Browsers do not run this script: put it into a file of the folder, and name it with src.")
			}
		}
	}
	if strings.EqualFold(path.Base(name), "CaptureWCData.htm") {
		k.fields(name, fields)
	}
}

// fields looks for the fields of the form, none of which may be removed.
func (k *pageCheck) fields(name string, have map[string]bool) {
	for _, field := range []string{fieldRequest, fieldLanguage, fieldChat, fieldPriority, fieldName, fieldSource, fieldDestination, fieldCaption, fieldUnit} {
		if !have[field] {
			k.find(name, 0, true, "The field "+field+" is missing.")
		}
	}
	if !have[fieldToken] {
		k.find(name, 0, true, "The field "+fieldToken+" with {{.Token}} is missing: who sends the form twice begins two chats.")
	}
}

func attribute(token markup.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// tag looks at one element.
func (k *pageCheck) tag(name string, line int, token markup.Token) {
	switch token.Data {
	case "iframe", "frame", "object", "embed", "applet", "base":
		k.find(name, line, true, "Browsers do not show <"+token.Data+"> here. Take it out.")
	}
	for _, a := range token.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		outside := strings.HasPrefix(value, "//") || strings.HasPrefix(value, "http:") || strings.HasPrefix(value, "https:")
		switch {
		case strings.HasPrefix(a.Key, "on"):
			k.find(name, line, true, "Browsers do not run "+a.Key+" here: give the element an id, and act on it in a script of the folder.")
		case strings.HasPrefix(value, "javascript:"):
			k.find(name, line, true, "Browsers do not run javascript: in "+a.Key+".")
		case a.Key == "action" && outside:
			k.find(name, line, true, "The form goes to another site, which browsers do not allow here: "+a.Val)
		case outside && (a.Key == "src" || a.Key == "href" && token.Data == "link"):
			k.find(name, line, true, "Browsers load nothing from other sites here: copy it into the folder. "+a.Val)
		case a.Key == "href" || a.Key == "src" || a.Key == "action":
			target, _, _ := strings.Cut(value, "?")
			target, _, _ = strings.Cut(target, "#")
			k.links[path.Base(target)] = true
		}
	}
}
