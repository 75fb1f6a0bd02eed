package planted

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const source = "package p\n\nfunc f(n int) int {\n\tif n < 3 {\n\t\treturn n\n\t}\n\treturn 0\n}\n\nfunc g(n int) int {\n\tif n < 4 {\n\t\treturn n\n\t}\n\treturn 0\n}\n"

// White space never decides whether old text is found.
func TestChangeIgnoresSpace(t *testing.T) {
	got, err := Change{File: "f", Old: []string{"if n<3  {"}, New: []string{"if n <= 3 {"}}.apply(source)
	if err != nil || !strings.Contains(got, "if n <= 3 {") || strings.Contains(got, "n < 3") {
		t.Fatalf("got %v:\n%s", err, got)
	}
}

// Old text that is not there, or there twice, is an error and no change.
func TestChangeMustFindOnePlace(t *testing.T) {
	for _, old := range []string{"return 1", "return n"} {
		if got, err := (Change{File: "f", Old: []string{old}}).apply(source); err == nil {
			t.Errorf("%q was replaced:\n%s", old, got)
		}
	}
}

// "…" stands for the fewest lines up to the next, and puts them back in new.
func TestChangeKeepsSkippedLines(t *testing.T) {
	got, err := Change{File: "f", Old: []string{"if n < 4 {", "…", "return 0"}, New: []string{"{", "…", "return 9"}}.apply(source)
	if err != nil {
		t.Fatal(err)
	}
	if want := "func g(n int) int {\n{\n\t\treturn n\n\t}\nreturn 9\n}\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s", got)
	}
}

// A file that says too little, or something unknown, is refused by name.
func TestLoad(t *testing.T) {
	good := "package: p\ntest: TestF\nnote: n\n\n-- old p/f.go --\na\n-- new --\nb\n-- old p/g.go --\nc\n-- new --\n"
	bugs, err := Load(fstest.MapFS{"one.bug": {Data: []byte(good)}, "other.txt": {Data: []byte("x")}})
	if err != nil || len(bugs) != 1 || bugs[0].Name != "one" || len(bugs[0].Changes) != 2 || bugs[0].Changes[1].File != "p/g.go" {
		t.Fatalf("got %+v, %v", bugs, err)
	}
	for _, bad := range []string{"", "x: y\n" + good, strings.Replace(good, "test: TestF\n", "", 1),
		strings.Replace(good, "-- new --", "-- now --", 1), "-- new --\n" + good, "package: p\ntest: T\nnote: n\n"} {
		if got, err := Load(fstest.MapFS{"bad.bug": {Data: []byte(bad)}}); err == nil {
			t.Errorf("%q was taken as %+v", bad, got)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("an empty folder was taken")
	}
}

// The way from a bug's file to a test that fails, shown on this package itself.
func TestPlantedBugs(t *testing.T) {
	bugs, err := Load(os.DirFS("bugs"))
	if err != nil {
		t.Fatal(err)
	}
	Run(t, bugs)
}
