package outcall

import (
	"crypto/x509"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/fault"
	"portico/plan"
)

// Connection is a database that look-ups may read.
type Connection struct {
	Description string   `json:"description,omitempty" required:"false" maxLength:"1000"`
	Driver      string   `json:"driver" enum:"postgres,sqlite"`
	Host        string   `json:"host,omitempty" required:"false" maxLength:"253" doc:"of PostgreSQL"`
	Port        int      `json:"port,omitempty" required:"false" default:"0" minimum:"0" maximum:"65535" doc:"0: 5432"`
	Database    string   `json:"database,omitempty" required:"false" maxLength:"63"`
	User        string   `json:"user,omitempty" required:"false" maxLength:"63" doc:"a role that may do no more than read what is looked up"`
	Secret      SecretID `json:"secret,omitzero" required:"false" doc:"holds the password"`
	TLS         string   `json:"tls,omitempty" required:"false" default:"" enum:",verify,require,off" doc:"verify, also when empty: encrypted, and the certificate is judged; require: encrypted; off: not encrypted"`
	Authority   string   `json:"certificate_authority,omitempty" required:"false" maxLength:"20000" doc:"PEM: whose certificates are trusted instead of those that the machine trusts"`
	File        string   `json:"file,omitempty" required:"false" maxLength:"250" doc:"of SQLite: its path below the folder lookups of the data folder"`
}

// The drivers of connections.
const (
	DriverPostgres = "postgres"
	DriverSQLite   = "sqlite"
)

// How a connection to PostgreSQL is encrypted.
const (
	TLSVerify  = "verify"
	TLSRequire = "require"
	TLSOff     = "off"
)

var (
	errDriver    = fault.New(fault.Invalid, "connection_driver", "The driver must be postgres or sqlite.").On("driver")
	errHost      = fault.New(fault.Invalid, "connection_host", "Name the host at which PostgreSQL listens, without a port.").On("host")
	errPort      = fault.New(fault.Invalid, "connection_port", "The port must be from 1 to 65535, or 0 for 5432.").On("port")
	errDatabase  = fault.New(fault.Invalid, "connection_database", "Name the database, in at most 63 characters.").On("database")
	errUser      = fault.New(fault.Invalid, "connection_user", "Name the role that reads, in at most 63 characters.").On("user")
	errTLS       = fault.New(fault.Invalid, "connection_tls", "The encryption must be verify, require or off.").On("tls")
	errAuthority = fault.New(fault.Invalid, "connection_authority", "This is no certificate in the form PEM.").On("certificate_authority")
	errFile      = fault.New(fault.Invalid, "connection_file", "Name a file below the folder lookups, such as orders.db.").On("file")
)

// Check judges a connection by itself.
func (c Connection) Check() error {
	if utf8.RuneCountInString(c.Description) > descriptionMax {
		return errDescription
	}
	switch c.Driver {
	case DriverSQLite:
		if c.File == "" || c.File == "." || !filepath.IsLocal(c.File) || !isLine(c.File, 250) || strings.Contains(c.File, `\`) {
			return errFile
		}
		return nil
	case DriverPostgres:
	default:
		return errDriver
	}
	switch {
	case !isLine(c.Host, 253) || c.Host == "" || strings.ContainsAny(c.Host, "/ ,@"):
		return errHost
	case c.Port < 0 || c.Port > 65535:
		return errPort
	case !isLine(c.Database, 63) || c.Database == "":
		return errDatabase
	case !isLine(c.User, 63) || c.User == "":
		return errUser
	case c.TLS != "" && c.TLS != TLSVerify && c.TLS != TLSRequire && c.TLS != TLSOff:
		return errTLS
	case c.Authority != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(c.Authority)):
		return errAuthority
	}
	return nil
}

// References gives the secret that it names.
func (c Connection) References() []plan.Reference {
	if c.Secret.IsZero() {
		return nil
	}
	return []plan.Reference{{Field: "secret", Kind: KindSecret, ID: c.Secret}}
}

// isLine reports whether a text is one line of at most n characters.
func isLine(text string, n int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= n && !strings.ContainsFunc(text, unicode.IsControl)
}
