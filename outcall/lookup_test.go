package outcall

import (
	"context"
	"crypto/x509"
	"database/sql"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portico/acd"
	"portico/workflow"
)

// house of a real PostgreSQL with a few tables; the role reads and may write, so that
// it is not the role that holds it back.
func postgresHouse(t *testing.T) (*house, *pgx.Conn) {
	t.Helper()
	address := cluster.Database(t)
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close(ctx) })
	if _, err := admin.Exec(ctx, `create table orders(id int primary key, state text, price numeric, sent date, note text);
		insert into orders values (1, 'sent', 12.50, '2026-01-02', null), (2, 'open', 1e3, null, 'ü');
		create function writes() returns int language sql as 'insert into orders(id) values (99) returning id'`); err != nil {
		t.Fatal(err)
	}
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, "127.0.0.1")
	h.connections[ConnectionID{1}] = Connection{Driver: DriverPostgres, Host: config.Host, Port: int(config.Port), Database: config.Database, User: config.User, TLS: TLSOff}
	return h, admin
}

func (h *house) look(t testing.TB, timeout time.Duration, query string, parameters map[string]string, columns ...string) Result {
	t.Helper()
	l := &workflow.LookupCall{Connection: ConnectionID{1}.String(), Query: query, Parameters: parameters}
	for _, c := range columns {
		l.Outputs = append(l.Outputs, workflow.Column{Column: c, Key: c})
	}
	return h.Do(t.Context(), Call{Call: workflow.Call{Timeout: timeout, Lookup: l}})
}

// A look-up gives the columns of the first row, by what its parameters say and never by
// what they spell; it cannot write, in whatever way it tries, and ends in time.
func TestPostgres(t *testing.T) {
	h, admin := postgresHouse(t)
	r := h.look(t, 0, "select id, state, price, sent, note from orders where id = :id and state = :state::text;", map[string]string{"id": "1", "state": "sent"}, "id", "state", "price", "sent", "note")
	want(t, "found", r, workflow.ExitFound, "")
	if !reflect.DeepEqual(r.Values, map[string]string{"id": "1", "state": "sent", "price": "12.50", "sent": "2026-01-02"}) {
		t.Errorf("data %v", r.Values)
	}
	for _, c := range []struct {
		query string
		exit  workflow.Exit
		code  string
	}{
		{"select state from orders where state = :x", workflow.ExitNone, ""},
		{"select state from orders order by id desc", workflow.ExitFound, ""},
		{"select i as state from (select generate_series(1, 100000000) as i) as s", workflow.ExitFound, ""},
		{"select state from orders where id = :x", workflow.ExitError, "lookup_value"},
		{"select 1 as other", workflow.ExitError, "lookup_column"},
		{"select :missing", workflow.ExitError, "lookup_parameter"},
		{"select writes()", workflow.ExitError, "lookup_writes"},
		{"with w as (insert into orders(id) values (98) returning id) select id from w", workflow.ExitError, "lookup_refused"},
		{"select id into copy from orders", workflow.ExitError, "lookup_syntax"},
		{"select state from orders for update", workflow.ExitError, "lookup_writes"},
		{"select set_config('transaction_read_only', 'off', false), writes()", workflow.ExitError, "lookup_refused"},
		{"select nextval('x')", workflow.ExitError, "lookup_no_table"},
		{"select state from nowhere", workflow.ExitError, "lookup_no_table"},
		{"select state frm orders where", workflow.ExitError, "lookup_syntax"},
		{"select 1/0 as state", workflow.ExitError, "lookup_value"},
		{"select repeat('x', 70000) as state", workflow.ExitError, "outcall_too_large"},
		{"select repeat('x', 1000000) as state", workflow.ExitError, "outcall_broken"},
		{"drop table orders", workflow.ExitError, "lookup_query"},
		{"select 1; drop table orders", workflow.ExitError, "lookup_query"},
	} {
		want(t, c.query, h.look(t, 0, c.query, map[string]string{"x": "' or 1=1 --"}, "state"), c.exit, c.code)
	}
	want(t, "sleeping", h.look(t, short, "select pg_sleep(3600)", nil), workflow.ExitTimeout, "outcall_timeout")
	want(t, "many rows, sorted", h.look(t, short, "select random() from generate_series(1, 1000000000) order by 1", nil), workflow.ExitTimeout, "outcall_timeout")
	var orders int
	if err := admin.QueryRow(t.Context(), "select count(*) from orders").Scan(&orders); err != nil || orders != 2 {
		t.Errorf("%d orders (%v)", orders, err)
	}
	// Nothing goes on at the server for somebody who has left.
	deadline := time.Now().Add(20 * time.Second)
	for {
		var left int
		if err := admin.QueryRow(t.Context(), "select count(*) from pg_stat_activity where application_name = 'portico'").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d statements go on", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// The test of a connection says in words what is wrong.
func TestPostgresConnection(t *testing.T) {
	h, admin := postgresHouse(t)
	good := h.connections[ConnectionID{1}]
	if err := h.TestConnection(t.Context(), acd.UnitID{}, good); err != nil {
		t.Error(err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	h.names.set("db.example.com", "127.0.0.1")
	h.names.set("inside.example.com", "10.0.0.1")
	for code, spoil := range map[string]func(*Connection){
		"lookup_no_database":  func(c *Connection) { c.Database = "nowhere" },
		"lookup_sign_in":      func(c *Connection) { c.User = "nobody" },
		"lookup_encrypt":      func(c *Connection) { c.TLS = TLSRequire },
		"outcall_not_reached": func(c *Connection) { c.Port = port },
		"outcall_forbidden":   func(c *Connection) { c.Host = "inside.example.com" },
		"outcall_no_host":     func(c *Connection) { c.Host = "unknown.example.com" },
		"outcall_secret":      func(c *Connection) { c.Secret = SecretID{9} },
		"outcall_spelling":    func(c *Connection) { c.Host = "2130706433" },
	} {
		bad := good
		spoil(&bad)
		want(t, code, failed(h.TestConnection(t.Context(), acd.UnitID{}, bad)), workflow.ExitError, code)
	}
	named := good
	named.Host = "db.example.com"
	if err := h.TestConnection(t.Context(), acd.UnitID{}, named); err != nil {
		t.Error(err)
	}
	if _, err := admin.Exec(t.Context(), "create role reader login; create table hidden(a int)"); err != nil {
		t.Fatal(err)
	}
	reader := good
	reader.User = "reader"
	h.connections[ConnectionID{1}] = reader
	want(t, "may not", h.look(t, 0, "select a from hidden", nil), workflow.ExitError, "lookup_may_not")
}

// Neither the environment nor files of the system's user say where a connection leads.
func TestPostgresEnvironment(t *testing.T) {
	for name, value := range map[string]string{"PGHOST": "evil.example.com", "PGPASSWORD": "x", "PGSSLMODE": "verify-full", "PGOPTIONS": "-c x=y",
		"PGTARGETSESSIONATTRS": "read-write", "PGSSLROOTCERT": "/nowhere", "PGPORT": "nonsense", "PGSSLCERT": "/nowhere", "PGSSLKEY": "/nowhere", "PGCONNECT_TIMEOUT": "x"} {
		t.Setenv(name, value)
	}
	h := newHouse(t)
	config, err := h.pgConfig(Connection{Driver: DriverPostgres, Host: "db", User: "u", Database: "d"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "db" || config.Port != 5432 || config.Password != "" || len(config.Fallbacks) != 0 || len(config.RuntimeParams) != 1 ||
		config.ValidateConnect != nil || config.TLSConfig == nil || config.TLSConfig.InsecureSkipVerify || config.TLSConfig.ServerName != "db" ||
		len(config.TLSConfig.Certificates) != 0 || config.TLSConfig.RootCAs != (*x509.CertPool)(nil) {
		t.Errorf("%+v", config)
	}
}

// Servers that are none hold nobody up, and nothing that they send is believed.
func TestHostilePostgres(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	message := func(kind byte, size uint32, body string) string {
		var b [5]byte
		b[0] = kind
		binary.BigEndian.PutUint32(b[1:], size)
		return string(b[:]) + body
	}
	ok := message('R', 8, "\x00\x00\x00\x00")
	for _, c := range []struct {
		name, says string
		hangs      bool
		exit       workflow.Exit
		code       string
	}{
		{"hangs", "", true, workflow.ExitTimeout, "outcall_timeout"},
		{"hangs after sign-in", ok, true, workflow.ExitTimeout, "outcall_timeout"},
		{"closes", "", false, workflow.ExitError, "outcall_broken"},
		{"promises a gigabyte", ok + message('Z', 1<<30, "I"), true, workflow.ExitError, "outcall_broken"},
		{"promises less than nothing", ok + message('Z', 0, ""), true, workflow.ExitError, "outcall_broken"},
		{"speaks HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", true, workflow.ExitError, "outcall_broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := peer(t, func(conn net.Conn) {
				conn.Read(make([]byte, 1024))
				io.WriteString(conn, c.says)
				if c.hangs {
					io.Copy(io.Discard, conn)
				}
			})
			host, port, _ := net.SplitHostPort(address)
			n, _ := strconv.Atoi(port)
			h.connections[ConnectionID{1}] = Connection{Driver: DriverPostgres, Host: host, Port: n, Database: "d", User: "u", TLS: TLSOff}
			timeout := TimeoutMax
			if c.exit == workflow.ExitTimeout {
				timeout = short
			}
			want(t, c.name, h.look(t, timeout, "select 1", nil), c.exit, c.code)
		})
	}
}

func sqliteHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	if err := os.Mkdir(filepath.Join(h.o.Lookups, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(h.o.Lookups, "below", "o #1 %41.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`create table orders(id integer primary key, state text, price real, sent date, note blob);
		insert into orders values (1, 'sent', 12.5, '2026-01-02', null), (2, 'open', 1e3, null, x'00ff')`); err != nil {
		t.Fatal(err)
	}
	h.connections[ConnectionID{1}] = Connection{Driver: DriverSQLite, File: "below/o #1 %41.db"}
	return h
}

// The same for a file of SQLite: read, never written, bounded in time and size.
func TestSQLite(t *testing.T) {
	h := sqliteHouse(t)
	if err := h.TestConnection(t.Context(), acd.UnitID{}, h.connections[ConnectionID{1}]); err != nil {
		t.Error(err)
	}
	r := h.look(t, 0, "select id, state, price, sent, note from orders where id = :id", map[string]string{"id": "1"}, "id", "state", "price", "sent", "note")
	want(t, "found", r, workflow.ExitFound, "")
	if !reflect.DeepEqual(r.Values, map[string]string{"id": "1", "state": "sent", "price": "12.5", "sent": "2026-01-02"}) {
		t.Errorf("data %v", r.Values)
	}
	for _, c := range []struct {
		query string
		exit  workflow.Exit
		code  string
	}{
		{"select state from orders where state = :x", workflow.ExitNone, ""},
		{"select note as state from orders where id = 2", workflow.ExitFound, ""},
		{"with recursive n(i) as (select 1 union all select i+1 from n) select i as state from n", workflow.ExitFound, ""},
		{"with x as (select 1) delete from orders", workflow.ExitError, "lookup_writes"},
		{"with x as (select 1) insert into orders(id) select 9 from x", workflow.ExitError, "lookup_writes"},
		{"select load_extension('x')", workflow.ExitError, "lookup_syntax"},
		{"select state from nowhere", workflow.ExitError, "lookup_syntax"},
		{"select zeroblob(70000) as state", workflow.ExitError, "outcall_too_large"},
		{"select zeroblob(1000000000) as state", workflow.ExitError, "outcall_too_large"},
		{"select ? as state", workflow.ExitError, "outcall_broken"},
	} {
		want(t, c.query, h.look(t, 0, c.query, map[string]string{"x": "' or 1=1 --"}, "state"), c.exit, c.code)
	}
	want(t, "endless", h.look(t, short, "with recursive n(i) as (select 1 union all select i+1 from n) select count(*) from n", nil), workflow.ExitTimeout, "outcall_timeout")
	want(t, "still two", h.look(t, 0, "select id from orders where (select count(*) from orders) = 2", nil), workflow.ExitFound, "")
}

// Only regular files below the folder are opened, wherever links lead.
func TestSQLiteFiles(t *testing.T) {
	h := sqliteHouse(t)
	outside := filepath.Join(t.TempDir(), "secret.db")
	if db, err := sql.Open("sqlite", outside); err != nil {
		t.Fatal(err)
	} else if _, err := db.Exec("create table a(b)"); err != nil {
		t.Fatal(err)
	} else {
		db.Close()
	}
	at := func(name string) string { return filepath.Join(h.o.Lookups, name) }
	for _, err := range []error{os.Symlink(outside, at("link.db")), os.Symlink(filepath.Dir(outside), at("folder")), syscall.Mkfifo(at("fifo"), 0o600),
		os.WriteFile(at("text.db"), []byte(strings.Repeat("no database", 100)), 0o600), os.Symlink("below/o #1 %41.db", at("within.db"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"link.db", "folder/secret.db", "fifo", "text.db", "nothing.db", "below", "../secret.db", outside, ""} {
		want(t, name, failed(h.TestConnection(t.Context(), acd.UnitID{}, Connection{Driver: DriverSQLite, File: name})), workflow.ExitError, "lookup_no_file")
	}
	if _, err := os.Stat(at("nothing.db")); err == nil {
		t.Error("a file was made")
	}
	if err := h.TestConnection(t.Context(), acd.UnitID{}, Connection{Driver: DriverSQLite, File: "within.db"}); err != nil {
		t.Error(err)
	}
}
