package webchat

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// shipped are the pages as they come with the program.
//
//go:embed html
var shipped embed.FS

const (
	pageSizeMax = 1 << 20
	pagesKept   = 500
)

// pages is the folder of pages that a company edits with its own tools. A page is a
// template: {{.Name}} becomes a value, escaped for the place where it stands. A page
// that was changed is read anew at the next request.
type pages struct {
	root *os.Root

	mu     sync.Mutex
	parsed map[string]parsedPage
}

type parsedPage struct {
	changed  time.Time
	size     int64
	template *template.Template
}

// pageValues are what a page may show.
type pageValues struct {
	Path     string // the virtual path
	Language string // the folder of the page
	Tag      string // its BCP 47 tag, such as de
	Token    string // of the form: makes sending it again harmless
	Extra    map[string]string
	Units    []string // where there are several
	// ChatLanguages are those of the units, the one nearest to the page's chosen.
	ChatLanguages  []pageLanguage
	ChatLanguage   string // the one that was chosen (WCChat, errors)
	Company        string // empty where there are several units
	Unit           string
	Queue          string
	Destination    string
	Theme          string
	Contact        string
	Session        string
	Name, Question string // what was filled in, for the offline form (errors)
	Code           int
	Reason         string // the code's lasting word, such as closed
	Message        string
	Field          string
}

// pageLanguage is a chat language to choose.
type pageLanguage struct {
	Name   string // the value of varHPPCLanguage
	Label  string // what it is called by those who speak it
	Tag    string
	Chosen bool
}

// beside is the end of the name under which this version's file stands beside one that
// is not the same: edited by the company, or of an earlier version.
const beside = ".shipped"

// newPages opens the folder and adds the shipped files that it lacks. What is there
// is never overwritten: what differs gets this version's file beside it.
func newPages(folder string) (*pages, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	p := &pages{root: root, parsed: make(map[string]parsedPage)}
	err = fs.WalkDir(shipped, "html", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return p.add(strings.TrimPrefix(name, "html/"))
	})
	if err != nil {
		root.Close()
		return nil, err
	}
	return p, nil
}

// add copies a shipped file unless there is one of its name; if that one differs, the
// shipped file stands beside it, for the company to compare.
func (p *pages) add(name string) error {
	content, err := shipped.ReadFile("html/" + name)
	if err != nil {
		return err
	}
	have, err := p.root.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := p.root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return err
		}
		if err := p.place(name, content); err != nil {
			return err
		}
	case err != nil || !bytes.Equal(have, content): // a link that leads elsewhere is the company's, too
		if old, err := p.root.ReadFile(name + beside); err == nil && bytes.Equal(old, content) {
			return nil
		}
		if err := p.root.Remove(name + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return p.place(name+beside, content)
	}
	if err := p.root.Remove(name + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// place writes a file under a name that is free. It is written beside and linked into
// place, so that a crash leaves no half of it.
func (p *pages) place(name string, content []byte) error {
	draft := name + ".new"
	if err := p.root.WriteFile(draft, content, 0o644); err != nil {
		return err
	}
	if err := p.root.Link(draft, name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return p.root.Remove(draft)
}

func (p *pages) close() { p.root.Close() }

// isLanguage reports whether there is a folder of pages of this name.
func (p *pages) isLanguage(name string) bool {
	if name == "" || name == "images" || strings.ContainsAny(name, "/\\.") || len(name) > 32 {
		return false
	}
	info, err := p.root.Stat(name)
	return err == nil && info.IsDir()
}

// render gives a page with its values.
func (p *pages) render(name string, values pageValues) ([]byte, error) {
	t, err := p.template(name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("fill page %s: %w", name, err)
	}
	return out.Bytes(), nil
}

func (p *pages) template(name string) (*template.Template, error) {
	file, info, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p.mu.Lock()
	have, ok := p.parsed[name]
	p.mu.Unlock()
	if ok && have.changed.Equal(info.ModTime()) && have.size == info.Size() {
		return have.template, nil
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Parse(string(content))
	if err != nil {
		return nil, fmt.Errorf("read page %s: %w", name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.parsed) >= pagesKept {
		clear(p.parsed)
	}
	p.parsed[name] = parsedPage{changed: info.ModTime(), size: info.Size(), template: t}
	return t, nil
}

// open opens a file of the folder; fs.ErrNotExist for anything else, also for what
// lies outside of it.
func (p *pages) open(name string) (*os.File, fs.FileInfo, error) {
	if !fs.ValidPath(name) || strings.HasSuffix(name, beside) {
		return nil, nil, fs.ErrNotExist
	}
	file, err := p.root.Open(name)
	if err != nil {
		return nil, nil, fs.ErrNotExist
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > pageSizeMax {
		file.Close()
		return nil, nil, fs.ErrNotExist
	}
	return file, info, nil
}

// isPage reports whether a file is a template, as opposed to an image or a style.
func isPage(name string) bool {
	end := strings.ToLower(path.Ext(name))
	return end == ".htm" || end == ".html"
}

// serveFile sends a file of the folder as it is.
func (p *pages) serveFile(w http.ResponseWriter, r *http.Request, name string) error {
	file, info, err := p.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, name, info.ModTime(), file)
	return nil
}
