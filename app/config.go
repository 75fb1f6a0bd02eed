package app

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portico/clamd"
	"portico/picture"
	"portico/store"
	"portico/webchat"
)

// Options say where the data are; everything else is in the configuration file
// or, better, in the store.
type Options struct {
	Data    string // data folder
	Store   string // postgres://…; empty: the embedded store
	Listen  string // HOST:PORT
	Version string
	Log     *slog.Logger
	Now     func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// configName is the one configuration file, in the data folder. It may be missing.
const configName = "config.json"

// Config is what cannot be in the store, because it is needed before the store is
// open or differs between machines. docs/configuration.md describes each field.
type Config struct {
	// VirtualPath is where the customers' pages are, such as /web.
	VirtualPath string `json:"virtual_path"`
	// TrustedProxies are addresses or networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `json:"trusted_proxies"`
	// TLSCertificate and TLSKey are PEM files; both or none.
	TLSCertificate string `json:"tls_certificate"`
	TLSKey         string `json:"tls_key"`
	// Origins may embed the widget's live connection and the application besides the
	// server's own, such as https://www.example.com.
	Origins []string `json:"origins"`
	// Connections is how many network connections are held at most.
	Connections int `json:"connections"`
	// RetentionMonths is how many whole months before the present one contacts and facts
	// are kept; 0 keeps all.
	RetentionMonths int `json:"retention_months"`
	// Clamd is where a clamd listens that looks through files: host:port, or the path of a
	// socket. Empty: nobody does.
	Clamd string `json:"clamd"`
	// ExpectedWait is how waiting times are expected: line, by how fast the line moves, or
	// head, by how long the first of it has waited.
	ExpectedWait string `json:"expected_wait"`
}

// readConfig reads and validates the file as a whole. An unknown field is an error:
// a misspelt setting must not be silently without effect.
func readConfig(data string) (Config, error) {
	c := Config{VirtualPath: "/web", Connections: 30_000, ExpectedWait: "line"}
	path := filepath.Join(data, configName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("reading the configuration: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	return c, c.check()
}

// estimators are how waiting times may be expected.
var estimators = map[string]picture.Estimator{"line": picture.ByLine, "head": picture.ByHead}

func (c Config) check() error {
	var wrong []error
	if !strings.HasPrefix(c.VirtualPath, "/") || len(c.VirtualPath) < 2 || strings.HasSuffix(c.VirtualPath, "/") || strings.ContainsAny(c.VirtualPath, " ?#%{}") {
		wrong = append(wrong, fmt.Errorf("virtual_path %q: want a path such as /web", c.VirtualPath))
	}
	if strings.EqualFold(c.VirtualPath, "/api") {
		wrong = append(wrong, errors.New("virtual_path /api belongs to the API: choose another"))
	}
	if (c.TLSCertificate == "") != (c.TLSKey == "") {
		wrong = append(wrong, errors.New("tls_certificate and tls_key: give both or none"))
	}
	if c.Connections < 10 {
		wrong = append(wrong, fmt.Errorf("connections %d: want at least 10", c.Connections))
	}
	if c.RetentionMonths < 0 || c.RetentionMonths > retentionMax {
		wrong = append(wrong, fmt.Errorf("retention_months %d: want 0 (keep all) to %d", c.RetentionMonths, retentionMax))
	}
	if _, err := c.scanner(); err != nil {
		wrong = append(wrong, fmt.Errorf("clamd %q: %w", c.Clamd, err))
	}
	if _, ok := estimators[c.ExpectedWait]; !ok {
		wrong = append(wrong, fmt.Errorf("expected_wait %q: want line or head", c.ExpectedWait))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the configuration %s is refused: %w", configName, errors.Join(wrong...))
	}
	return nil
}

// scanner gives who looks through files; nil for nobody.
func (c Config) scanner() (webchat.Scanner, error) {
	if c.Clamd == "" {
		return nil, nil
	}
	return clamd.New(c.Clamd)
}

// derive makes one of several independent keys from the key file, so that a use
// of one tells nothing of the others (RFC 5869).
func derive(key [store.KeySize]byte, use string) [32]byte {
	out, err := hkdf.Key(sha256.New, key[:], nil, "portico "+use, 32)
	if err != nil {
		panic(err) // only for lengths that no SHA-256 gives
	}
	return [32]byte(out)
}
