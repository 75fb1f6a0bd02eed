package api

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/fault"
)

// Limits of a file that is imported.
const (
	csvRowsMax  = 10_000
	csvBytesMax = 8 << 20
	csvCellMax  = 64 << 10 // bytes
)

// The refusals of a whole file.
var (
	errCSVEncoding = fault.New(fault.Invalid, "csv_encoding", "The file is not in UTF-8. Save it as CSV UTF-8, then try again.")
	errCSVForm     = fault.New(fault.Invalid, "csv_form", "The file is not a table: a quotation mark is open or out of place.")
	errCSVEmpty    = fault.New(fault.Invalid, "csv_empty", "The file has no row of column names. Take an export as the pattern.")
	errCSVColumn   = fault.New(fault.Invalid, "csv_column", "There is no such column. Take an export as the pattern.")
	errCSVTwice    = fault.New(fault.Invalid, "csv_twice", "The file has a column twice.")
	errCSVName     = fault.New(fault.Invalid, "csv_name", "The file has no column name, which says what each row is about.")
	errCSVRows     = fault.New(fault.Invalid, "csv_rows", "The file has more than 10,000 rows. Import it in parts.")
	errCSVCell     = fault.New(fault.Invalid, "csv_cell", "The row has more cells than there are columns, or one that is too long.")
)

// sheet is a table as it stands in a file: the names of its columns, and its rows.
type sheet struct {
	columns []string
	rows    []sheetRow
}

// sheetRow is a row of a sheet. Cells that it lacks at its end are empty.
type sheetRow struct {
	line  int
	cells []string
	err   error // why the row cannot be read
}

// readSheet reads a CSV file (RFC 4180) in UTF-8, with or without a byte order mark.
// Its cells are parted by commas or by semicolons, whichever the first line has more of.
// Empty lines are passed over.
func readSheet(raw []byte) (sheet, error) {
	var s sheet
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return s, errCSVEncoding
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	seen := map[string]bool{}
	for {
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			if s.columns == nil {
				return s, errCSVEmpty
			}
			return s, nil
		case err != nil:
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				return s, errCSVForm.With("line", strconv.Itoa(wrong.StartLine))
			}
			return s, errCSVForm
		}
		line, _ := r.FieldPos(0)
		if s.columns == nil {
			for i, name := range cells {
				cells[i] = strings.ToLower(strings.TrimSpace(unguarded(name)))
				if seen[cells[i]] {
					return s, errCSVTwice.With("column", cells[i])
				}
				seen[cells[i]] = true
			}
			s.columns = cells
			continue
		}
		if len(s.rows) == csvRowsMax {
			return s, errCSVRows
		}
		s.rows = append(s.rows, newSheetRow(line, cells, len(s.columns)))
	}
}

func newSheetRow(line int, cells []string, columns int) sheetRow {
	row := sheetRow{line: line, cells: make([]string, columns)}
	for i, cell := range cells {
		if i >= columns && cell == "" {
			continue // spreadsheets fill rows up
		}
		if i >= columns || len(cell) > csvCellMax {
			row.err = errCSVCell
			break
		}
		row.cells[i] = unguarded(cell)
	}
	return row
}

// writeSheet writes what readSheet reads, as spreadsheets want it: with a byte order
// mark, and so that no cell is taken for a formula.
func writeSheet(columns []string, rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Write(columns) // to memory: nothing fails
	for _, row := range rows {
		guarded := make([]string, len(row))
		for i, cell := range row {
			guarded[i] = guard(cell)
		}
		w.Write(guarded)
	}
	w.Flush()
	return b.Bytes()
}

// formula begins what spreadsheets take for one.
const formula = "=+-@\t\r\n"

// guard puts an apostrophe before what a spreadsheet would take for a formula, and
// before what looks like such a guard already.
func guard(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.IndexByte(formula, rest[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

// unguarded takes away what guard has put there.
func unguarded(cell string) string {
	if inside, ok := strings.CutPrefix(cell, "'"); ok && guard(inside) != inside {
		return inside
	}
	return cell
}

// plainLines writes line ends as a reader of CSV gives them.
func plainLines(cell string) string {
	for strings.Contains(cell, "\r\n") {
		cell = strings.ReplaceAll(cell, "\r\n", "\n")
	}
	return cell
}

// joinList writes texts as one: with signs between them, and a backslash before each
// sign that has a meaning in lists.
func joinList(sign byte, parts []string) string {
	return strings.Join(parts, string(sign))
}

// listSigns have a meaning in lists.
const listSigns = `\;:|>`

// inList writes a text as a part of a list.
func inList(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(listSigns, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// splitList parts a text at a sign, where no backslash is before it. Parts keep their
// backslashes, and lose blanks at their ends; an empty text has no parts.
func splitList(sign byte, text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var parts []string
	from := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case sign:
			parts = append(parts, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[from:]))
}

// unescaped takes the backslashes away.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
