package outcall

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"portico/fault"
)

// messageMax is how large one message of a PostgreSQL server may be: a row, or the
// description of its columns.
const messageMax = 4 * AnswerMax

// postgres reads of a PostgreSQL server, over a connection for this one question: what
// a statement leaves behind in its session is nobody else's.
func (c *Outcall) postgres(to Connection, password string) reader {
	return func(ctx context.Context, s statement, values []string) (*row, error) {
		config, err := c.pgConfig(to, password)
		if err != nil {
			return nil, err
		}
		conn, err := pgconn.ConnectConfig(ctx, config)
		if err != nil {
			return nil, pgFault(err)
		}
		defer closeSoon(conn)
		if err := begin(ctx, conn); err != nil {
			return nil, pgFault(err)
		}
		// A cursor gives the first row alone, however many there are, and is refused for
		// anything but a query. The extended protocol takes one statement alone.
		parameters := make([][]byte, len(values))
		for i, v := range values {
			parameters[i] = []byte(v)
		}
		declared := conn.ExecParams(ctx, "declare lookup no scroll cursor for "+s.text, parameters, nil, nil, nil).Read()
		if declared.Err != nil {
			return nil, pgFault(declared.Err)
		}
		fetched := conn.ExecParams(ctx, "fetch 1 from lookup", nil, nil, nil, nil).Read()
		if fetched.Err != nil {
			return nil, pgFault(fetched.Err)
		}
		if len(fetched.Rows) == 0 {
			return nil, nil
		}
		found := &row{}
		for i, f := range fetched.FieldDescriptions {
			found.columns = append(found.columns, f.Name)
			found.values = append(found.values, string(fetched.Rows[0][i]))
			found.null = append(found.null, fetched.Rows[0][i] == nil)
		}
		return found, nil
	}
}

// begin begins a transaction that may only read, and that the server itself ends when
// the time is over, though nobody listens any more.
func begin(ctx context.Context, conn *pgconn.PgConn) error {
	left := TimeoutMax
	if deadline, ok := ctx.Deadline(); ok {
		left = max(time.Until(deadline), time.Millisecond)
	}
	ms := max(left.Milliseconds(), 1)
	_, err := conn.Exec(ctx, fmt.Sprintf("begin transaction read only; set local statement_timeout = %d; "+
		"set local lock_timeout = %d; set local idle_in_transaction_session_timeout = %d", ms, ms, ms)).ReadAll()
	return err
}

// closeSoon ends the session; a server that does not answer is not waited for.
func closeSoon(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = conn.Close(ctx)
}

// pgConfig is all that a connection needs. Nothing of it comes from the environment or
// from files of the system's user.
func (c *Outcall) pgConfig(to Connection, password string) (*pgconn.Config, error) {
	config, err := pgconn.ParseConfig("host=localhost port=5432 user=nobody dbname=none sslmode=disable connect_timeout=5 sslcert='' sslkey='' sslrootcert='' sslpassword='' options='' passfile=/dev/null servicefile=/dev/null target_session_attrs=any")
	if err != nil {
		return nil, fmt.Errorf("preparing a connection: %w", err)
	}
	config.Host, config.Port, config.Database, config.User, config.Password = to.Host, uint16(to.Port), to.Database, to.User, password
	if config.Port == 0 {
		config.Port = 5432
	}
	config.Fallbacks, config.ConnectTimeout = nil, TimeoutMax
	config.RuntimeParams = map[string]string{"application_name": "portico"}
	config.MaxProtocolMessageBodyLen = messageMax
	config.LookupFunc = func(ctx context.Context, host string) ([]string, error) {
		found, err := c.addresses(ctx, host)
		if err != nil {
			return nil, err
		}
		texts := make([]string, len(found))
		for i, ip := range found {
			texts[i] = ip.String()
		}
		return texts, nil
	}
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		to, err := netip.ParseAddrPort(address) // what was judged, as an address
		if err != nil {
			return nil, errSpelling
		}
		return dialFirst(ctx, network, []netip.Addr{to.Addr()}, fmt.Sprint(to.Port()))
	}
	config.TLSConfig, err = to.encryption()
	return config, err
}

// encryption is how a connection is encrypted; nil: not at all.
func (c Connection) encryption() (*tls.Config, error) {
	t := &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}
	switch c.TLS {
	case TLSOff:
		return nil, nil
	case TLSRequire:
		t.InsecureSkipVerify = true
	}
	if c.Authority != "" {
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM([]byte(c.Authority)) {
			return nil, errAuthority
		}
	}
	return t, nil
}

// pgFault says what a PostgreSQL server refused.
func pgFault(err error) error {
	var of *pgconn.PgError
	if !errors.As(err, &of) {
		if strings.Contains(err.Error(), "server refused TLS connection") {
			return errEncrypt
		}
		return err
	}
	say := func(f *fault.Fault) error { return filled(f, "message", of.Message) }
	switch of.Code {
	case "57014", "55P03", "25P03": // cancelled, lock not available, idle for too long
		return errTimeout
	case "25006":
		return errWrites
	case "28000", "28P01":
		return errSignIn
	case "3D000":
		return errNoBase
	case "42501":
		return errMayNot
	case "42P01", "42703", "42883", "3F000":
		return say(errNoTable)
	case "42601":
		return say(errSyntax)
	}
	if strings.HasPrefix(of.Code, "22") {
		return say(errValue)
	}
	return say(errDatabases)
}
