package api

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever cells hold, a table that is written is read again as it was, but for the
// line ends that every reader of CSV makes one; and no cell is left for a spreadsheet
// to calculate.
func TestSheetRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	signs := []rune("=+-@'\",; \t\n\r|>:\\aé🙂")
	cell := func() string {
		var b strings.Builder
		for range r.IntN(6) {
			b.WriteRune(signs[r.IntN(len(signs))])
		}
		return b.String()
	}
	for range 20_000 {
		row := []string{"x" + cell(), cell(), cell()}
		raw := writeSheet([]string{"name", "b", "c"}, [][]string{row})
		got, err := readSheet(raw)
		if err != nil || len(got.rows) != 1 {
			t.Fatalf("%q: %v in %q", row, err, raw)
		}
		for i := range row {
			if have, want := plainLines(got.rows[0].cells[i]), plainLines(row[i]); have != want {
				t.Fatalf("%q is read as %q", want, have)
			}
			if g := guard(row[i]); g != "" && strings.ContainsRune(formula, rune(g[0])) {
				t.Fatalf("%q is a formula", g)
			}
		}
	}
}

// Lists are read as they were written, whatever the names in them.
func TestListRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	signs := []rune(`\;:|>aé -`)
	for range 20_000 {
		var parts, written []string
		for range 1 + r.IntN(4) {
			name := "n"
			for range r.IntN(5) {
				name += string(signs[r.IntN(len(signs))])
			}
			name += "n" // names have no blanks at their ends
			parts, written = append(parts, name), append(written, inList(name))
		}
		for _, sign := range []byte(";:|>") {
			var got []string
			for _, part := range splitList(sign, joinList(sign, written)) {
				got = append(got, unescaped(part))
			}
			if !slices.Equal(got, parts) {
				t.Fatalf("%q parted by %c are read as %q", parts, sign, got)
			}
		}
	}
}

// Files as spreadsheets write them are read; others are refused as a whole, in words.
func TestSheetsOfPrograms(t *testing.T) {
	want := []string{"Ann", "a;b", ""}
	for what, text := range map[string]string{
		"commas":             "name,list,note\nAnn,a;b,\n",
		"semicolons":         "name;list;note\r\nAnn;\"a;b\";\r\n",
		"mark, capitals":     "\ufeffName , LIST,note\n\nAnn,\"a;b\"\n\n",
		"a row that is full": "name,list,note\nAnn,a;b,,,,\n",
	} {
		got, err := readSheet([]byte(text))
		if err != nil || len(got.rows) != 1 || !slices.Equal(got.rows[0].cells, want) || !slices.Equal(got.columns, []string{"name", "list", "note"}) {
			t.Errorf("%s: %+v %v", what, got, err)
		}
	}
	for what, bad := range map[string]struct {
		text string
		want error
	}{
		"nothing":        {"", errCSVEmpty},
		"latin 1":        {"name\nZo\xeb\n", errCSVEncoding},
		"UTF-16":         {"n\x00a\x00", errCSVEncoding},
		"open quotation": {"name\n\"Ann\n", errCSVForm},
		"a column twice": {"name,Name\nAnn,Ben\n", errCSVTwice},
		"too many rows":  {"name\n" + strings.Repeat("x\n", csvRowsMax+1), errCSVRows},
	} {
		if _, err := readSheet([]byte(bad.text)); err == nil || err.Error() != bad.want.Error() {
			t.Errorf("%s: %v, want %v", what, err, bad.want)
		}
	}
	got, err := readSheet([]byte("name\nAnn,too,many\n"))
	if err != nil || got.rows[0].err == nil {
		t.Errorf("a row with too many cells: %+v %v", got, err)
	}
}

// No file is read as something that it is not, or takes the program down; what is read
// once is read alike after it was written.
func FuzzReadSheet(f *testing.F) {
	f.Add([]byte("name,roles\nanna,agent;supervisor\n"))
	f.Add([]byte("\ufeffname;skills\r\n\"a\"\"b\";'=1+1\r\n"))
	f.Add([]byte("name\n\"x"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readSheet(raw)
		if err != nil {
			return
		}
		var rows [][]string
		for _, row := range got.rows {
			if len(row.cells) != len(got.columns) {
				t.Fatalf("%d cells, %d columns", len(row.cells), len(got.columns))
			}
			for i, cell := range row.cells {
				row.cells[i] = plainLines(cell)
				for _, sign := range []byte(";|>:") {
					splitList(sign, unescaped(cell))
				}
			}
			if row.err == nil && !slices.Equal(row.cells, make([]string, len(row.cells))) {
				rows = append(rows, row.cells)
			}
		}
		if slices.Contains(got.columns, "") || strings.ContainsAny(strings.Join(got.columns, ""), ",;\r\n'") {
			return // no names of ours
		}
		again, err := readSheet(writeSheet(got.columns, rows))
		if err != nil {
			t.Fatalf("written anew: %v", err)
		}
		if len(again.rows) != len(rows) {
			t.Fatalf("%d rows, then %d", len(rows), len(again.rows))
		}
		for i, row := range again.rows {
			for j := range row.cells {
				if plainLines(row.cells[j]) != rows[i][j] {
					t.Fatalf("%q is read as %q", rows[i], row.cells)
				}
			}
		}
	})
}
