package outcall

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// Parameters are found where they are ones, and nowhere else.
func TestStatement(t *testing.T) {
	for _, c := range []struct {
		query, text string
		names       []string
	}{
		{"select 1", "select 1", nil},
		{"select a from b where c = :id and d = :name or e = :id", "select a from b where c = $1 and d = $2 or e = $1", []string{"id", "name"}},
		{"SELECT ':x', \":y\", `:z`, a::text -- :q\n, :b", "SELECT ':x', \":y\", `:z`, a::text -- :q\n, $1", []string{"b"}},
		{"select 'it''s :x' || :a", "select 'it''s :x' || $1", []string{"a"}},
		{`select E'a\':x' || :a`, `select E'a\':x' || $1`, []string{"a"}},
		{`select 'a\' || :a`, `select 'a\' || $1`, []string{"a"}},
		{"select /* :x /* :y */ :z */ :a", "select /* :x /* :y */ :z */ $1", []string{"a"}},
		{"select $$:x$$, $q$:y $$ $q$, :a", "select $$:x$$, $q$:y $$ $q$, $1", []string{"a"}},
		{"select a[1:2] , b := 1, x$:y, ::", "select a[1:2] , b := 1, x$$1, ::", []string{"y"}},
		{"  -- who\n\twith a as (select 1) select * from a ; -- end\n /* . */ ;", "  -- who\n\twith a as (select 1) select * from a  -- end\n /* . */ ", nil},
		{"values(:a)", "values($1)", []string{"a"}},
		{"select :ä", "select :ä", nil},
	} {
		s, err := parseStatement(c.query, "$")
		if err != nil || s.text != c.text || !reflect.DeepEqual(s.names, c.names) {
			t.Errorf("%q: %q %v %v; want %q %v", c.query, s.text, s.names, err, c.text, c.names)
		}
	}
	for _, query := range []string{"", ";", "-- select", "delete from a", "insert into a values (1)", "select 1; select 2", "select 1;;x", "(select 1)", "'select'",
		"explain select 1", "attach 'x' as y", "pragma query_only(0)", "begin", "copy a to '/tmp/x'", "select 'x", "select \"x", "select /* x", "select $$x", "select 1\x00", "select \xff",
		"select '" + strings.Repeat("x", queryMax) + "'"} {
		if s, err := parseStatement(query, "$"); err == nil {
			t.Errorf("%q was taken as %q", query, s.text)
		}
	}
	if _, err := parseStatement("select "+manyParameters(parametersMax+1), "$"); err == nil {
		t.Error("too many parameters were taken")
	}
}

func manyParameters(n int) string {
	var names []string
	for i := range n {
		names = append(names, ":p"+strings.Repeat("x", i))
	}
	return strings.Join(names, ",")
}

// What is taken stays one statement: no ; is left outside of texts, names and comments,
// and the text is the query but for its parameters.
func FuzzStatement(f *testing.F) {
	for _, q := range []string{"select :a", "select ';' ; -- ;", "with x as (select $a$;$a$) select :b::int", "select E'\\';'", "select /*/*;*/*/ 1"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		s, err := parseStatement(query, "?")
		if err != nil {
			return
		}
		if !utf8.ValidString(s.text) {
			t.Fatalf("%q", s.text)
		}
		// An independent eye: without what is quoted, nothing is left to part statements.
		again, err := parseStatement(s.text, "$")
		if err != nil {
			t.Fatalf("%q was taken, %q was not: %v", query, s.text, err)
		}
		if len(again.names) > 0 && !strings.Contains(s.text, ":") {
			t.Fatalf("%q left parameters: %v", s.text, again.names)
		}
		if again.text != s.text && len(again.names) == 0 {
			t.Fatalf("%q changed to %q", s.text, again.text)
		}
	})
}
