// Package planted proves that tests can fail. A planted bug is a small change of
// the product's source, kept as a text file beside the tests; Run builds the
// tests with the changes laid over the source by the Go tool's -overlay, runs the
// one test that a file names, and demands that it fails there and passes
// without. All bugs of a package share one build where they change bodies of
// functions alone: the changed function stands beside the sound one, and the
// environment of the test's process says which bites. The product holds no switch for
// this and no file of it is written. Only tests import this package.
//
// # A bug's file
//
// One file with the ending .bug is one bug; its name says what is wrong. It
// opens with lines "key: value" (package: the folder of the test from the root of
// the module; test: the name of the test that must fail; note: what the bug
// breaks, for people), and then holds one or more pairs of old and new text:
//
//	package: acd/sim
//	test: TestDays
//	note: the step that is in force begins a step too early
//	-- old acd/step.go --
//		for k < len(steps) && at.Add(steps[k]) <= now {
//	-- new --
//		for k < len(steps) && at.Add(steps[k]) < now {
//
// Old is whole lines, which must be found in the file exactly once; white space
// counts for nothing in the search, so that formatting breaks no bug. New takes
// the lines' place; it may be empty. A line of old that is only "…" stands for any
// lines up to the next one (the fewest); a "…" in new, one for each in old, puts
// them back.
//
// Old that is not found, or found twice, is an error of the bug, as is a change
// that does not build: whoever changed the product brings the bug up to date.
package planted

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Bug is one planted bug.
type Bug struct {
	Name    string   // of the file, without its ending
	Package string   // folder of the test, from the root of the module
	Test    string   // name of the test that must fail
	Note    string   // what it breaks
	Changes []Change // at least one
}

// Change is one replacement within a source file.
type Change struct {
	File     string // from the root of the module
	Old, New []string
}

const anyLines = "…"

// Load reads all files with the ending .bug at the top of the folder, by name.
func Load(folder fs.FS) ([]Bug, error) {
	names, err := fs.Glob(folder, "*.bug")
	if err != nil {
		return nil, fmt.Errorf("listing planted bugs: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("no planted bugs: no file with the ending .bug")
	}
	bugs := make([]Bug, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("reading a planted bug: %w", err)
		}
		b, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.Name = strings.TrimSuffix(path.Base(name), ".bug")
		bugs = append(bugs, b)
	}
	return bugs, nil
}

func parse(text string) (Bug, error) {
	var b Bug
	var into *[]string // where lines go at present; nil: the head of the file
	for n, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		mark, isMark := marked(line)
		switch {
		case isMark && strings.HasPrefix(mark, "old "):
			b.Changes = append(b.Changes, Change{File: strings.TrimSpace(mark[len("old "):])})
			into = &b.Changes[len(b.Changes)-1].Old
		case isMark && mark == "new" && into != nil:
			into = &b.Changes[len(b.Changes)-1].New
		case isMark:
			return b, fmt.Errorf("line %d: want \"-- old FILE --\" or \"-- new --\" after it", n+1)
		case into != nil:
			*into = append(*into, line)
		default:
			if err := b.head(line); err != nil {
				return b, fmt.Errorf("line %d: %w", n+1, err)
			}
		}
	}
	return b, b.complete()
}

func marked(line string) (string, bool) {
	rest, ok := strings.CutPrefix(line, "-- ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, " --")
}

func (b *Bug) head(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	key, value, _ := strings.Cut(line, ":")
	into, ok := map[string]*string{"package": &b.Package, "test": &b.Test, "note": &b.Note}[key]
	if !ok {
		return fmt.Errorf("want package, test or note, not %q", key)
	}
	*into = strings.TrimSpace(value)
	return nil
}

func (b *Bug) complete() error {
	if b.Package == "" || b.Test == "" || b.Note == "" || len(b.Changes) == 0 {
		return errors.New("package, test, note and at least one change are wanted")
	}
	for _, c := range b.Changes {
		if c.File == "" || len(c.Old) == 0 {
			return errors.New("a change names its file and its old lines")
		}
		if c.Old[0] == anyLines || c.Old[len(c.Old)-1] == anyLines {
			return errors.New("old neither begins nor ends with " + anyLines)
		}
	}
	return nil
}

// apply gives the source with the change made, or says why it cannot be.
func (c Change) apply(source string) (string, error) {
	lines := strings.Split(source, "\n")
	var out []string
	found := 0
	for at := range lines {
		end, kept, ok := match(lines, at, c.Old)
		if !ok {
			continue
		}
		if found++; found > 1 {
			return "", fmt.Errorf("%s: the old lines are there more than once", c.File)
		}
		out = slices.Concat(lines[:at], fill(c.New, kept), lines[end:])
	}
	if found == 0 {
		return "", fmt.Errorf("%s: the old lines are not there", c.File)
	}
	return strings.Join(out, "\n"), nil
}

// match tells whether old is found at the line at: where it ends, and what its
// "…" stood for.
func match(lines []string, at int, old []string) (end int, kept [][]string, ok bool) {
	for i := 0; i < len(old); i++ {
		if strings.TrimSpace(old[i]) == anyLines {
			from := at
			for at < len(lines) && bare(lines[at]) != bare(old[i+1]) {
				at++
			}
			kept = append(kept, lines[from:at])
			continue
		}
		if at >= len(lines) || bare(lines[at]) != bare(old[i]) {
			return 0, nil, false
		}
		at++
	}
	return at, kept, true
}

// fill gives the new lines with each "…" replaced by what it stood for in old.
func fill(lines []string, kept [][]string) []string {
	var out []string
	for _, line := range lines {
		if strings.TrimSpace(line) == anyLines && len(kept) > 0 {
			out = append(out, kept[0]...)
			kept = kept[1:]
			continue
		}
		out = append(out, line)
	}
	return out
}

// bare is a line without its white space.
func bare(line string) string { return strings.Join(strings.Fields(line), "") }
