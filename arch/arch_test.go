package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one parsed Go file of the product or of its tests.
type source struct {
	path string // slash-separated, from the root of the repository
	pkg  string // folder: the package's import path less "portico/"
	test bool
	file *ast.File
	set  *token.FileSet
}

// sources reads every Go file of the repository.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "testdata" || name == "dist" || (strings.HasPrefix(name, ".") && name != "..") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(filepath.ToSlash(path), "../")
		out = append(out, source{rel, pathDir(rel), strings.HasSuffix(rel, "_test.go"), file, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("found %d Go files only; is the test run from its own folder?", len(out))
	}
	return out
}

func pathDir(p string) string {
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return "."
}

func imports(f *ast.File) []string {
	var out []string
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		out = append(out, path)
	}
	return out
}

// may says which packages of ours each package may import, in code that ships.
// A package that is not here fails the test: decide where it stands first.
var may = map[string][]string{
	"acd":             {},
	"fault":           {},
	"mailbox":         {"fault", "letter", "post"},
	"mint":            {},
	"texts":           {},
	"web":             {},
	"workflow":        {"acd"},
	"plan":            {"acd", "fault", "workflow"},
	"mask":            {},
	"phone":           {},
	"letter":          {"fault"},
	"email":           {"acd", "dialogue", "fault", "hub", "letter", "mailbox", "mask", "picture", "post", "seal", "store", "talk", "workflow"},
	"clamd":           {},
	"clamd/clamdtest": {},
	"schedule":        {"fault"},
	"talk":            {"acd", "fault", "mask", "plan", "schedule"},
	"erasure":         {"acd", "store"},
	"threshold":       {"acd", "fault", "picture", "plan", "store", "workflow"},
	"identity":        {"acd", "fault", "mint", "plan", "schedule", "store", "talk", "workflow"},
	"store":           {"acd", "fault"},
	"seal":            {},
	"outcall":         {"acd", "fault", "plan", "seal", "workflow"},
	"hub":             {"acd", "fault", "store", "workflow"},
	"post":            {"fault"},
	"picture":         {"acd", "fault", "hub", "store", "workflow"},
	"dialogue":        {"acd", "store"},
	"webchat":         {"acd", "clamd", "dialogue", "fault", "hub", "identity", "mask", "mint", "phone", "picture", "plan", "schedule", "store", "talk", "texts", "workflow"},
	"api":             {"acd", "dialogue", "fault", "hub", "identity", "mask", "mint", "outcall", "phone", "picture", "plan", "schedule", "seal", "store", "talk", "texts", "threshold", "workflow"},
	"bench":           {"mailpeer"},
	"app":             {"acd", "api", "clamd", "dialogue", "email", "erasure", "fault", "hub", "identity", "mask", "mint", "outcall", "picture", "plan", "schedule", "seal", "store", "talk", "texts", "threshold", "web", "webchat", "workflow"},
	"cmd/portico":     {"acd", "app", "bench", "fault", "identity", "mailbox", "post", "store", "webchat"},

	// What only tests import.
	"acd/sim":      {"acd"},
	"mailpeer":     {},
	"mailpeer/run": {"mailpeer"},
	"planted":      {},
	"store/pgtest": {},
}

// The arrows of docs/architecture.md: imports point inwards, channels do not know
// each other, and the core knows nobody.
func TestImportsPointInwards(t *testing.T) {
	for _, src := range sources(t) {
		if src.test {
			continue
		}
		allowed, known := may[src.pkg]
		if !known {
			if src.pkg == "arch" || src.pkg == "systemtest" || src.pkg == "soak" {
				continue
			}
			t.Errorf("%s: package %s has no row in the table of imports", src.path, src.pkg)
			continue
		}
		for _, path := range imports(src.file) {
			ours, yes := strings.CutPrefix(path, "portico/")
			if yes && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which %s may not", src.path, ours, src.pkg)
			}
		}
	}
}

// Only the store speaks SQL; outcall passes on what administrators wrote for databases
// of theirs.
func TestOnlyStoreKnowsSQL(t *testing.T) {
	for _, src := range sources(t) {
		if src.test || strings.HasPrefix(src.pkg, "store") || src.pkg == "outcall" {
			continue
		}
		for _, path := range imports(src.file) {
			if path == "database/sql" || strings.HasPrefix(path, "github.com/jackc/") || strings.HasPrefix(path, "modernc.org/sqlite") {
				t.Errorf("%s imports %s", src.path, path)
			}
		}
	}
}

// The core is pure: standard library only, and of it nothing that could bring in a
// clock, chance, I/O, concurrency or another process.
func TestCoreIsPure(t *testing.T) {
	pure := []string{"bytes", "cmp", "container/heap", "encoding", "encoding/binary", "encoding/hex", "errors", "fmt", "hash", "hash/fnv", "hash/maphash", "iter", "maps", "math", "math/bits", "slices", "sort", "strconv", "time", "unsafe"}
	// A workflow reads texts and settings, and evaluates expressions.
	more := []string{"portico/acd", "encoding/json", "io", "net/url", "reflect", "strings", "unicode", "unicode/utf8"}
	for _, src := range sources(t) {
		if src.test || (src.pkg != "acd" && src.pkg != "workflow") {
			continue
		}
		for _, path := range imports(src.file) {
			if src.pkg == "workflow" && (slices.Contains(more, path) || strings.HasPrefix(path, "github.com/expr-lang/expr")) {
				continue
			}
			if !slices.Contains(pure, path) {
				t.Errorf("%s imports %s", src.path, path)
			}
		}
		ast.Inspect(src.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
				t.Errorf("%s: concurrency in a pure package", src.set.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}, n.Sel.Name) {
					t.Errorf("%s: time.%s in a pure package", src.set.Position(n.Pos()), n.Sel.Name)
				}
			}
			return true
		})
	}
}

// No package is a drawer for what had no place.
func TestNoDrawers(t *testing.T) {
	drawers := []string{"internal", "pkg", "util", "utils", "common", "helpers", "models", "types", "manager", "service", "handler", "handlers", "misc", "shared"}
	for _, src := range sources(t) {
		for _, part := range strings.Split(src.pkg, "/") {
			if slices.Contains(drawers, part) {
				t.Errorf("%s: a folder named %s", src.path, part)
			}
		}
		for _, decl := range src.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: an init function", src.set.Position(fn.Pos()))
			}
		}
	}
}

// long names what may be longer than a screen or two, and why.
var long = map[string]string{}

// A function over 70 lines or a file over 600 wants splitting or a reason.
func TestSizes(t *testing.T) {
	const functionMax, fileMax = 70, 600
	used := map[string]bool{}
	for _, src := range sources(t) {
		if src.test {
			continue
		}
		if lines := src.set.File(src.file.Pos()).LineCount(); lines > fileMax && !excused(src.path, used) {
			t.Errorf("%s has %d lines", src.path, lines)
		}
		for _, decl := range src.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			lines := src.set.Position(fn.End()).Line - src.set.Position(fn.Pos()).Line + 1
			if lines > functionMax && !excused(src.path+":"+fn.Name.Name, used) {
				t.Errorf("%s: %s has %d lines", src.set.Position(fn.Pos()), fn.Name.Name, lines)
			}
		}
	}
	for name := range long {
		if !used[name] {
			t.Errorf("%s is excused, but is not long any more", name)
		}
	}
}

func excused(name string, used map[string]bool) bool {
	used[name] = true
	return long[name] != ""
}

// Package variables are tables, errors and embedded files: nothing that changes.
func TestPackageVariablesDoNotChange(t *testing.T) {
	bySource := sources(t)
	type variable struct{ pkg, name string }
	vars := map[variable]string{}
	for _, src := range bySource {
		if src.test {
			continue
		}
		for _, decl := range src.file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					vars[variable{src.pkg, name.Name}] = src.path
				}
			}
		}
	}
	for _, src := range bySource {
		if src.test {
			continue
		}
		for _, decl := range src.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			local := localNames(fn)
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				assign, ok := n.(*ast.AssignStmt)
				if !ok || assign.Tok == token.DEFINE {
					return true
				}
				for _, lhs := range assign.Lhs {
					if id, ok := lhs.(*ast.Ident); ok && id.Name != "_" && !local[id.Name] && vars[variable{src.pkg, id.Name}] != "" {
						t.Errorf("%s: assigns the package variable %s", src.set.Position(assign.Pos()), id.Name)
					}
				}
				return true
			})
		}
	}
}

// localNames gathers every name that a function declares, so that shadowing is
// not taken for an assignment to a package variable.
func localNames(fn *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	add := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				names[name.Name] = true
			}
		}
	}
	add(fn.Recv)
	add(fn.Type.Params)
	add(fn.Type.Results)
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			add(n.Type.Params)
			add(n.Type.Results)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, lhs := range n.Lhs {
					if id, ok := lhs.(*ast.Ident); ok {
						names[id.Name] = true
					}
				}
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				names[name.Name] = true
			}
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if id, ok := x.(*ast.Ident); ok {
					names[id.Name] = true
				}
			}
		}
		return true
	})
	return names
}

// Every Error line of a log has a row in docs/alarms.md: meaning, cause, what to do.
func TestAlarmsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/alarms.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range sources(t) {
		if src.test || src.pkg == "bench" || src.pkg == "systemtest" {
			continue
		}
		ast.Inspect(src.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || (sel.Sel.Name != "Error" && sel.Sel.Name != "ErrorContext") {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "http" {
				return true // an answer to a request, not a line of the log
			}
			for _, arg := range call.Args[:min(2, len(call.Args))] {
				lit, ok := arg.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					continue
				}
				text, _ := strconv.Unquote(lit.Value)
				if !strings.Contains(string(page), text) {
					t.Errorf("%s: the alarm %q has no row in docs/alarms.md", src.set.Position(call.Pos()), text)
				}
				break
			}
			return true
		})
	}
}

// Exported names of the product say what they mean.
func TestExportedNamesAreDocumented(t *testing.T) {
	for _, src := range sources(t) {
		if src.test {
			continue
		}
		for _, decl := range src.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if ok && fn.Name.IsExported() && fn.Doc == nil && exportedReceiver(fn) && !customary(fn.Name.Name) {
				t.Errorf("%s: %s has no comment", src.set.Position(fn.Pos()), fn.Name.Name)
			}
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				if ts := spec.(*ast.TypeSpec); ts.Name.IsExported() && ts.Doc == nil && gen.Doc == nil && ts.Comment == nil {
					t.Errorf("%s: type %s has no comment", src.set.Position(ts.Pos()), ts.Name.Name)
				}
			}
		}
	}
}

func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	x := fn.Recv.List[0].Type
	for {
		switch y := x.(type) {
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.Ident:
			return y.IsExported()
		default:
			return false
		}
	}
}

// customary are methods whose meaning the standard library gives.
func customary(name string) bool {
	return slices.Contains([]string{"Error", "Is", "Unwrap", "String", "Len", "Less", "Swap", "Push", "Pop", "ServeHTTP", "Read", "Write", "Close", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText"}, name)
}
