package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// What was exported is the same when it is imported, in another unit it makes the same
// customers; rows are about whom their id or an address names; nothing is done while one
// row is refused, and a dry run does nothing at all.
func TestCustomerTable(t *testing.T) {
	w := newWorld(t)
	east := w.east
	for i, name := range []string{"=1+1", `a;b:c|d>e\f`, "ünïcode 🙂", `"quoted", and more`, "Ada"} {
		body := customerBody(name, fmt.Sprintf("email c%d@example.com", i), fmt.Sprintf("other @c;%d", i), fmt.Sprintf("email d%d@example.com", i),
			fmt.Sprintf("phone +49 30 1234%d", i))
		body["note"], body["fields"] = name+"\r\n"+name, map[string]any{"a:b;c": name, "empty": ""}
		east.pa.want(201, "POST", "/customers", body)
	}
	table := east.pa.table("customers")
	if !strings.HasPrefix(table, "\ufeffid,name,company,language,email,phone,other,note,agent,fields") {
		t.Errorf("the table begins %q", table[:80])
	}
	if got := east.pa.load("customers", table, false); !got.Applied || got.Same != 5 {
		t.Errorf("the same again: %+v", got)
	}
	var noIDs []string
	for i, line := range strings.Split(strings.TrimPrefix(table, "\ufeff"), "\n") {
		if at := strings.IndexByte(line, ','); i == 0 || at == 36 {
			line = line[at+1:]
		}
		noIDs = append(noIDs, line)
	}
	if got := w.west.pa.load("customers", strings.Join(noIDs, "\n"), false); !got.Applied || got.Created != 5 {
		t.Errorf("into another unit: %+v", got)
	}
	if got := w.west.pa.load("customers", strings.Join(noIDs, "\n"), false); got.Same != 5 {
		t.Errorf("into the other unit again: %+v", got)
	}
	if got := w.west.pa.load("customers", table, true); got.Refused != 5 || got.Rows[0].Code != "csv_customer" {
		t.Errorf("with another unit's ids: %+v", got)
	}
	before := east.pa.table("customers")
	bad := "name;email;phone\nNew;new@example.com;\nAda anew;C4@example.com;+49 30 12344; \nTwo;c0@example.com;+49 30 12341\nTwin;new@example.com;\nWrong;nonsense;\n" +
		strings.Repeat("x", 201) + ";;\n;;\n"
	got := east.pa.load("customers", bad, false)
	var said []string
	for _, row := range got.Rows {
		said = append(said, fmt.Sprint(row.Line, " ", row.Action, " ", row.Code, " ", row.Field))
	}
	if have, want := strings.Join(said, "\n"), "2 create  \n3 refuse csv_cell \n4 refuse csv_two phone\n5 refuse twice email\n6 refuse customer_address email\n7 refuse invalid name\n8 refuse invalid name"; have != want || got.Applied {
		t.Errorf("applied %v:\n%s\nwant\n%s", got.Applied, have, want)
	}
	good := "name;email\nNew;new@example.com\nAda anew;C4@example.com\n"
	if got := east.pa.load("customers", good, true); got.Applied || got.Created != 1 || got.Changed != 1 {
		t.Errorf("a dry run: %+v", got)
	}
	if after := east.pa.table("customers"); after != before {
		t.Error("a refused file or a dry run has changed something")
	}
	if got := east.pa.load("customers", good, false); !got.Applied || got.Created != 1 || got.Changed != 1 {
		t.Errorf("in earnest: %+v", got)
	}
	var page struct{ Items []customer }
	east.pa.want(200, "GET", "/customers?find=ada", nil).into(t, &page)
	if len(page.Items) != 1 || page.Items[0].Name != "Ada anew" || page.Items[0].Version != 2 || len(page.Items[0].Addresses) != 3 || page.Items[0].Fields["a:b;c"] != "Ada" {
		t.Errorf("after the change: %+v", page.Items)
	}
	for text, code := range map[string]string{"name,fax\n": "csv_column", "email\n": "csv_name", "name\n\"": "csv_form"} {
		c := *east.pa
		c.headers = map[string]string{"Content-Type": "text/csv"}
		if a := c.do("POST", "/customers/import", text); a.status != 422 || a.code() != code {
			t.Errorf("%q: %d %s", text, a.status, a.body)
		}
	}
}

// A file of thousands is saved in portions, and whole.
func TestCustomerTableIsLarge(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("name,email\n")
	const rows = 3000
	for i := range rows {
		fmt.Fprintf(&b, "Customer %d,c%d@example.com\n", i, i)
	}
	if got := w.east.pa.load("customers", b.String(), false); !got.Applied || got.Created != rows {
		t.Errorf("applied %v, created %d", got.Applied, got.Created)
	}
	if got := w.east.pa.load("customers", b.String(), false); !got.Applied || got.Same != rows {
		t.Errorf("again: applied %v, same %d", got.Applied, got.Same)
	}
}
