package planted

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
)

// choice is the variable of the environment by which a test binary that holds many
// bugs is told the number of the one that is to bite; none of them: the sound program.
const choice = "PORTICO_PLANTED_BUG"

// variant is a function as a bug would have it.
type variant struct {
	number int // of the bug, from 1
	body   string
}

// together lays many bugs over one set of sources, each function that a bug changes
// standing beside the sound one, which asks first which bug is to bite: one build in
// place of one for each bug. A bug that changes something else than the bodies of
// functions cannot be held so.
type together struct {
	read     func(file string) (string, error)
	files    map[string]*parsed
	variants map[string]map[string][]variant // by file and function
}

func newTogether(read func(file string) (string, error)) *together {
	return &together{read: read, files: map[string]*parsed{}, variants: map[string]map[string][]variant{}}
}

// add takes a bug in, whose changed sources are given by file. The error says why it
// cannot be held beside others.
func (g *together) add(number int, changed map[string]string) error {
	found := map[string]map[string]string{}
	for file, source := range changed {
		was, err := g.parsed(file)
		if err != nil {
			return err
		}
		if found[file], err = was.differing(source); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	for file, bodies := range found {
		if g.variants[file] == nil {
			g.variants[file] = map[string][]variant{}
		}
		for name, body := range bodies {
			g.variants[file][name] = append(g.variants[file][name], variant{number, body})
		}
	}
	return nil
}

func (g *together) parsed(file string) (*parsed, error) {
	if p, ok := g.files[file]; ok {
		return p, nil
	}
	if strings.HasSuffix(file, "_test.go") {
		return nil, fmt.Errorf("%s is a test", file)
	}
	source, err := g.read(file)
	if err != nil {
		return nil, err
	}
	p, err := parseSource(source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	g.files[file] = p
	return p, nil
}

// sources gives what is to be laid over the module, by file: none when no bug was added.
func (g *together) sources() map[string]string {
	out := map[string]string{}
	for file, functions := range g.variants {
		p := g.files[file]
		out[file] = p.with(functions)
		out[path.Join(path.Dir(file), "planted_choice.go")] = "package " + p.name +
			"\n\nimport (\n\t\"os\"\n\t\"strconv\"\n)\n\nvar plantedBug, _ = strconv.Atoi(os.Getenv(\"" + choice + "\"))\n"
	}
	return out
}

// parsed is a source with the places of its functions.
type parsed struct {
	name      string // of the package
	source    string
	functions map[string]*function
	rest      string // all but the bodies of functions
}

// function is where one is declared: its heading [head, body), its body [body, end).
type function struct {
	head, body, end int
	decl            *ast.FuncDecl
}

func parseSource(source string) (*parsed, error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parsing: %w", err)
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	p := &parsed{name: f.Name.Name, source: source, functions: map[string]*function{}}
	var rest strings.Builder
	last := 0
	for _, d := range f.Decls {
		decl, ok := d.(*ast.FuncDecl)
		if !ok || decl.Body == nil {
			continue
		}
		at := &function{head: offset(decl.Pos()), body: offset(decl.Body.Pos()), end: offset(decl.Body.End()), decl: decl}
		rest.WriteString(source[last:at.body])
		last = at.end
		p.functions[bare(source[at.head:at.body])] = at
	}
	rest.WriteString(source[last:])
	p.rest = bare(rest.String())
	return p, nil
}

// differing gives the bodies of the functions that a changed source has otherwise, by
// their headings.
func (p *parsed) differing(changed string) (map[string]string, error) {
	q, err := parseSource(changed)
	if err != nil {
		return nil, err
	}
	if q.rest != p.rest || len(q.functions) != len(p.functions) {
		return nil, fmt.Errorf("more is changed than bodies of functions")
	}
	bodies := map[string]string{}
	for name, there := range q.functions {
		was := p.functions[name]
		if body := changed[there.body:there.end]; body != p.source[was.body:was.end] {
			if _, ok := was.call(""); !ok {
				return nil, fmt.Errorf("%s cannot be called by another with the same parameters", was.decl.Name.Name)
			}
			bodies[name] = body
		}
	}
	return bodies, nil
}

// with gives the source with the variants of its functions.
func (p *parsed) with(variants map[string][]variant) string {
	var out bytes.Buffer
	names := make([]string, 0, len(variants))
	for name := range variants {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return p.functions[a].head - p.functions[b].head })
	last := 0
	for _, name := range names {
		f := p.functions[name]
		out.WriteString(p.source[last : f.body+1])
		last = f.body + 1
		for _, v := range variants[name] {
			call, _ := f.call(suffix(v))
			fmt.Fprintf(&out, " if plantedBug == %d { %s }; ", v.number, call)
		}
	}
	out.WriteString(p.source[last:])
	for _, name := range names {
		f := p.functions[name]
		head := p.source[f.head:f.body]
		end := int(f.decl.Name.End() - f.decl.Pos())
		for _, v := range variants[name] {
			out.WriteString("\n" + head[:end] + suffix(v) + head[end:] + v.body + "\n")
		}
	}
	return out.String()
}

func suffix(v variant) string { return fmt.Sprintf("__planted%d", v.number) }

// call is how the function hands its call over to the one whose name has the suffix. It
// is not ok where it cannot: a parameter has no name, or the name is no one's to call.
func (f *function) call(suffix string) (text string, ok bool) {
	d := f.decl
	if d.Type.TypeParams != nil || d.Name.Name == "init" || d.Name.Name == "main" {
		return "", false
	}
	text = d.Name.Name + suffix
	if d.Recv != nil {
		names, ok := named(d.Recv)
		if !ok || len(names) != 1 {
			return "", false
		}
		text = names[0] + "." + text
	}
	arguments, ok := named(d.Type.Params)
	if !ok {
		return "", false
	}
	if n := len(d.Type.Params.List); n > 0 {
		if _, variadic := d.Type.Params.List[n-1].Type.(*ast.Ellipsis); variadic {
			arguments[len(arguments)-1] += "..."
		}
	}
	text += "(" + strings.Join(arguments, ", ") + ")"
	if d.Type.Results == nil {
		return text + "; return", true
	}
	return "return " + text, true
}

// named gives the names of parameters; it is not ok when one has none.
func named(fields *ast.FieldList) (names []string, ok bool) {
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			return nil, false
		}
		for _, n := range f.Names {
			if n.Name == "_" {
				return nil, false
			}
			names = append(names, n.Name)
		}
	}
	return names, true
}
