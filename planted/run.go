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
// Each is a parallel subtest, at most two at a time. It is called from a test,
// whose own name no bug may give; the folder of that test lies in the module.
func Run(t *testing.T, bugs []Bug) {
	root := moduleRoot(t)
	turns := make(chan struct{}, atOnce)
	sound := make(map[string][]string) // package → tests
	for _, b := range bugs {
		if b.Test == t.Name() {
			t.Fatalf("%s names the test that runs the planted bugs", b.Name)
		}
		sound[b.Package] = append(sound[b.Package], b.Test)
	}
	for folder, tests := range sound {
		t.Run("sound "+folder, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			checkSound(t, root, folder, tests)
		})
	}
	for _, b := range bugs {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			checkCaught(t, root, b)
		})
	}
}

func checkSound(t *testing.T, root, folder string, tests []string) {
	binary := build(t, root, folder, nil)
	done := make(map[string]bool)
	for _, name := range tests {
		if done[name] {
			continue
		}
		done[name] = true
		if out, err := runTest(t, root, folder, binary, name); err != nil {
			t.Errorf("%s fails without any planted bug: %v\n%s", name, err, tail(out))
		} else if !strings.Contains(out, "--- PASS: "+name+" ") {
			t.Errorf("there is no test %s in %s", name, folder)
		}
	}
}

func checkCaught(t *testing.T, root string, b Bug) {
	sources := make(map[string]string)
	for _, c := range b.Changes {
		source, changed := sources[c.File]
		if !changed {
			text, err := os.ReadFile(filepath.Join(root, c.File))
			if err != nil {
				t.Fatalf("the bug no longer applies: %v", err)
			}
			source = string(text)
		}
		source, err := c.apply(source)
		if err != nil {
			t.Fatalf("the bug no longer applies: %v", err)
		}
		sources[c.File] = source
	}
	binary := build(t, root, b.Package, sources)
	out, err := runTest(t, root, b.Package, binary, b.Test)
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
func build(t *testing.T, root, folder string, sources map[string]string) string {
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
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the changed source does not build: %v\n%s", err, out)
	}
	return binary
}

// runTest runs one test of the binary in its package's folder. The error is nil
// when it passed, or when there is no such test.
func runTest(t *testing.T, root, folder, binary, name string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), testTime+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-test.v", "-test.failfast",
		"-test.run", "^"+name+"$", fmt.Sprintf("-test.timeout=%s", testTime))
	cmd.Dir = filepath.Join(root, folder)
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
