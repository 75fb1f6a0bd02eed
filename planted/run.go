package planted

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	atOnce    = 2               // builds and runs at the same time
	buildTime = 5 * time.Minute // for one test binary, on a cold cache
	testTime  = 2 * time.Minute // for one test; a test that hangs has failed
)

// Run demands of each bug that its test passes without it and fails with it.
// Bugs of one package are built into one test binary as far as they only change
// bodies of functions. Each is a parallel subtest, at most two at a time. It is called
// from a test, whose own name no bug may give; the folder of that test lies in the module.
func Run(t *testing.T, bugs []Bug) {
	root := moduleRoot(t)
	turns := make(chan struct{}, atOnce)
	byFolder := make(map[string][]Bug)
	for _, b := range bugs {
		if b.Test == t.Name() {
			t.Fatalf("%s names the test that runs the planted bugs", b.Name)
		}
		byFolder[b.Package] = append(byFolder[b.Package], b)
	}
	for folder, bugs := range byFolder {
		h := newHouse(t, root, folder, bugs)
		t.Run("sound "+folder, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			h.checkSound(t)
		})
		for i := range bugs {
			t.Run(bugs[i].Name, func(t *testing.T) {
				t.Parallel()
				turns <- struct{}{}
				defer func() { <-turns }()
				h.checkCaught(t, i)
			})
		}
	}
}

// house holds the bugs whose tests are in one package, and the test binary that has
// all of them that can be held beside each other.
type house struct {
	root, folder string
	bugs         []Bug
	binary       string
	inside       []bool              // by bug: whether it is in the binary
	changed      []map[string]string // by bug: its sources by file; nil: it no longer applies
	failed       []error             // by bug: why it does not apply
}

func newHouse(t *testing.T, root, folder string, bugs []Bug) *house {
	h := &house{root: root, folder: folder, bugs: bugs, inside: make([]bool, len(bugs)),
		changed: make([]map[string]string, len(bugs)), failed: make([]error, len(bugs))}
	group := newTogether(h.read)
	for i, b := range bugs {
		if h.changed[i], h.failed[i] = h.sources(b); h.failed[i] != nil {
			continue
		}
		if err := group.add(i+1, h.changed[i]); err != nil {
			t.Logf("%s is built alone: %v", b.Name, err)
			continue
		}
		h.inside[i] = true
	}
	var err error
	if h.binary, err = build(t, root, folder, group.sources()); err != nil {
		// Each alone tells which of them it is.
		t.Logf("the bugs of %s do not build together: %v", folder, err)
		clear(h.inside)
		if h.binary, err = build(t, root, folder, nil); err != nil {
			t.Fatalf("%s does not build: %v", folder, err)
		}
	}
	return h
}

func (h *house) read(file string) (string, error) {
	text, err := os.ReadFile(filepath.Join(h.root, file))
	if err != nil {
		return "", fmt.Errorf("reading the source: %w", err)
	}
	return string(text), nil
}

// sources gives the sources as the bug would have them, by file.
func (h *house) sources(b Bug) (map[string]string, error) {
	sources := make(map[string]string)
	for _, c := range b.Changes {
		source, changed := sources[c.File]
		if !changed {
			var err error
			if source, err = h.read(c.File); err != nil {
				return nil, err
			}
		}
		source, err := c.apply(source)
		if err != nil {
			return nil, err
		}
		sources[c.File] = source
	}
	return sources, nil
}

func (h *house) checkSound(t *testing.T) {
	done := make(map[string]bool)
	for _, b := range h.bugs {
		if done[b.Test] {
			continue
		}
		done[b.Test] = true
		if out, err := runTest(t, h.root, h.folder, h.binary, b.Test, 0); err != nil {
			t.Errorf("%s fails without any planted bug: %v\n%s", b.Test, err, tail(out))
		} else if !strings.Contains(out, "--- PASS: "+b.Test+" ") {
			t.Errorf("there is no test %s in %s", b.Test, h.folder)
		}
	}
}

func (h *house) checkCaught(t *testing.T, i int) {
	b := h.bugs[i]
	if h.failed[i] != nil {
		t.Fatalf("the bug no longer applies: %v", h.failed[i])
	}
	binary, number := h.binary, i+1
	if !h.inside[i] {
		var err error
		if binary, err = build(t, h.root, h.folder, h.changed[i]); err != nil {
			t.Fatalf("the changed source does not build: %v", err)
		}
		number = 0
	}
	out, err := runTest(t, h.root, h.folder, binary, b.Test, number)
	if err == nil {
		t.Fatalf("%s does not notice: %s", b.Test, b.Note)
	}
	// A binary that could not be started has shown nothing.
	if !strings.Contains(out, "--- FAIL: "+b.Test) && !strings.Contains(out, "panic: ") {
		t.Fatalf("%s did not run: %v\n%s", b.Test, err, tail(out))
	}
	t.Logf("caught: %s\n%s", b.Note, firstComplaint(out))
}

// build makes the package's test binary with the given sources (by name from
// the root) in place of the module's own.
func build(t *testing.T, root, folder string, sources map[string]string) (string, error) {
	dir := t.TempDir()
	replace := make(map[string]string)
	for file, source := range sources {
		copied := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(copied, []byte(source), 0o600); err != nil {
			t.Fatalf("writing the changed source: %v", err)
		}
		replace[filepath.Join(root, file)] = copied
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatalf("writing the overlay: %v", err)
	}
	overlayFile, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "test.bin")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		t.Fatalf("writing the overlay: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), buildTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-ldflags=-s -w", "-o", binary, "-overlay", overlayFile, "./"+folder)
	cmd.Dir = root
	// As the product is built, whatever the test beside is: all but the package is compiled already.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
}

// runTest runs one test of the binary in its package's folder, with the bug of the
// number, or none for 0. The error is nil when it passed, or when there is no such test.
func runTest(t *testing.T, root, folder, binary, name string, number int) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), testTime+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-test.v", "-test.failfast",
		"-test.run", "^"+name+"$", fmt.Sprintf("-test.timeout=%s", testTime))
	cmd.Dir = filepath.Join(root, folder)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", choice, number))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func moduleRoot(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("finding the module: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("finding the module: no go.mod above the test")
		}
		dir = up
	}
}

// firstComplaint is what the failing test said first, for the log.
func firstComplaint(out string) string {
	for line := range strings.Lines(out) {
		said := strings.TrimSpace(line)
		if said != "" && !strings.HasPrefix(said, "===") && !strings.HasPrefix(said, "---") {
			return said
		}
	}
	return ""
}

func tail(out string) string {
	const most = 4_000
	if len(out) > most {
		return "…" + out[len(out)-most:]
	}
	return out
}
