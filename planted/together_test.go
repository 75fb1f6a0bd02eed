package planted

import (
	"errors"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

const shelf = `package p

type box struct{ n int }

func (b *box) put(n int, more ...int) (sum int) {
	for _, m := range more {
		sum += m
	}
	return sum + n
}

func (b *box) drop() { b.n = 0 }

func first[T any](of []T) T { return of[0] }

func skip(_ int) int { return 1 }

const most = 3
`

func heldTogether() *together {
	return newTogether(func(file string) (string, error) {
		if file != "p/box.go" {
			return "", errors.New("no such file")
		}
		return shelf, nil
	})
}

// Bugs in bodies of functions stand beside the sound function, which asks for each in
// turn; what comes of it is Go.
func TestTogether(t *testing.T) {
	g := heldTogether()
	for i, change := range [][2]string{{"return sum + n", "return sum"}, {"b.n = 0", "b.n = 1"}, {"sum += m", "sum -= m"}} {
		if err := g.add(i+1, map[string]string{"p/box.go": strings.Replace(shelf, change[0], change[1], 1)}); err != nil {
			t.Fatal(err)
		}
	}
	sources := g.sources()
	if len(sources) != 2 || !strings.Contains(sources["p/planted_choice.go"], "package p\n") {
		t.Errorf("laid over: %v", sources)
	}
	got := sources["p/box.go"]
	for _, want := range []string{
		"if plantedBug == 1 { return b.put__planted1(n, more...) };", "if plantedBug == 3 { return b.put__planted3(n, more...) };",
		"func (b *box) put__planted1(n int, more ...int) (sum int) {", "if plantedBug == 2 { b.drop__planted2(); return };",
		"func (b *box) drop__planted2() { b.n = 1 }", "func (b *box) drop() { if",
	} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is there %d times", want, strings.Count(got, want))
		}
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "", got, 0); err != nil {
		t.Errorf("%v in\n%s", err, got)
	}
}

// What is more than the body of a function that can be called from another is built
// alone, and leaves nothing behind.
func TestNotTogether(t *testing.T) {
	g := heldTogether()
	for i, change := range [][2]string{
		{"most = 3", "most = 4"}, {"n int, more", "n int64, more"}, {"of[0]", "of[1]"}, {"return 1", "return 2"}, {"func (b *box) drop", "func (b *box) drops"},
		{"const most = 3", "func another() {}"}, {"return sum + n", "return )"},
	} {
		if err := g.add(i+1, map[string]string{"p/box.go": strings.Replace(shelf, change[0], change[1], 1)}); err == nil {
			t.Errorf("%q for %q was held beside others", change[1], change[0])
		}
	}
	if err := g.add(8, map[string]string{"p/box_test.go": shelf}); err == nil {
		t.Error("a test was held beside others")
	}
	if s := g.sources(); len(s) != 0 {
		t.Errorf("laid over: %v", s)
	}
}
