// Package mailpeer runs a real mail server for tests and load tests: Dovecot for IMAP
// and LMTP, Postfix for SMTP, on loopback ports of their own, in a temporary folder,
// as ordinary children that can be stopped, killed and frozen. It also holds the
// certificate authority and the token endpoint that they trust. Mail never leaves it:
// what is addressed to somebody it does not know is refused. It starts only what it
// also ends, and needs root, because both servers give up rights that only root has.
package mailpeer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Host is the name that the certificate is good for, besides 127.0.0.1.
const Host = "localhost"

// ErrCannot: the peers are not installed, or this is not root.
var ErrCannot = errors.New("Dovecot and Postfix cannot be run here")

// Options set up a peer. The zero value is good for most tests.
type Options struct {
	// SessionsMax is how many IMAP sessions a user may have at once; 0: 100. More are
	// refused with the response code LIMIT.
	SessionsMax int
	// Without names capabilities that the IMAP server must not offer, such as IDLE,
	// MOVE or UIDPLUS.
	Without []string
	// TLSOnly makes both servers refuse a plain login without TLS.
	TLSOnly bool
	// LoginToSend makes Postfix refuse senders that have not signed in.
	LoginToSend bool
}

// Peer is a running mail server.
type Peer struct {
	// IMAP takes STARTTLS and plain sessions, IMAPS begins with TLS; SMTP and SMTPS
	// likewise. LMTP delivers to the mailboxes without asking Postfix.
	IMAP, IMAPS, SMTP, SMTPS, LMTP int
	// world is where mail comes in from elsewhere. Nobody logs in there, so it takes mail
	// while Dovecot, which knows the logins, is away.
	world int
	// CA is the certificate of the authority that signed the servers', as PEM.
	CA []byte
	// Certificate is the servers' own, as DER.
	Certificate []byte
	// Dovecot and Postfix are the two servers, to be killed and frozen.
	Dovecot, Postfix *Server

	options    Options
	dir        string
	uid, gid   int // owner of the mailboxes
	tokens     *tokens
	lookups    *lookups
	refuser    *refuser
	mu         sync.Mutex
	deliveries int
}

// Start starts both servers and waits until they answer.
func Start(o Options) (*Peer, error) {
	if err := able(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mailpeer-")
	if err != nil {
		return nil, err
	}
	p := &Peer{options: o, dir: dir}
	if err := p.start(); err != nil {
		p.Close()
		return nil, fmt.Errorf("starting the mail servers: %w", err)
	}
	return p, nil
}

// able says why the peers cannot run here.
func able() error {
	if os.Getuid() != 0 {
		return fmt.Errorf("%w: this is not root", ErrCannot)
	}
	for _, path := range []string{dovecotPath, postfixPath} {
		if _, err := exec.LookPath(path); err != nil {
			return fmt.Errorf("%w: %s is not installed (Debian: apt-get install dovecot-imapd dovecot-lmtpd postfix)", ErrCannot, path)
		}
	}
	return nil
}

func (p *Peer) start() error {
	if err := os.Chmod(p.dir, 0o755); err != nil { // both servers' own users pass through it
		return err
	}
	owner, err := user.Lookup("mail")
	if err != nil {
		return fmt.Errorf("%w: there is no user mail", ErrCannot)
	}
	p.uid, _ = strconv.Atoi(owner.Uid)
	p.gid, _ = strconv.Atoi(owner.Gid)
	if err := p.ports(); err != nil {
		return err
	}
	if err := p.certify(); err != nil {
		return err
	}
	if p.tokens, err = newTokens(); err != nil {
		return err
	}
	if p.lookups, err = newLookups(); err != nil {
		return err
	}
	if p.refuser, err = newRefuser(); err != nil {
		return err
	}
	if err := p.configureDovecot(); err != nil {
		return err
	}
	if err := p.configurePostfix(); err != nil {
		return err
	}
	if err := os.Mkdir(p.path("users"), 0o755); err != nil {
		return err
	}
	// Postfix asks Dovecot about logins only when there is one: both may start at once.
	if err := p.Dovecot.launch(); err != nil {
		return err
	}
	if err := p.Postfix.launch(); err != nil {
		return err
	}
	if err := p.Dovecot.ready(); err != nil {
		return err
	}
	return p.Postfix.ready()
}

// ports takes free ones below those that systems give to outgoing connections: one of
// them would have a port while its server starts, or is stopped for a while.
func (p *Peer) ports() error {
	for _, port := range []*int{&p.IMAP, &p.IMAPS, &p.SMTP, &p.SMTPS, &p.LMTP, &p.world} {
		listener, err := listenLow()
		if err != nil {
			return err
		}
		defer listener.Close() // once all are known
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	return nil
}

func listenLow() (listener net.Listener, err error) {
	for range 100 {
		if listener, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(20_000+rand.IntN(10_000))); err == nil {
			return listener, nil
		}
	}
	return nil, fmt.Errorf("looking for a free port: %w", err)
}

// Close ends both servers and removes everything.
func (p *Peer) Close() {
	for _, s := range []*Server{p.Postfix, p.Dovecot} {
		if s != nil {
			s.close()
		}
	}
	if p.tokens != nil {
		p.tokens.close()
	}
	if p.lookups != nil {
		p.lookups.close()
	}
	if p.refuser != nil {
		p.refuser.close()
	}
	os.RemoveAll(p.dir)
}

// Said are the lines of both servers' logs about a message, by its Message-ID, and the paths
// of the files that hold it.
func (p *Peer) Said(messageID string) []string {
	var out []string
	words := []string{messageID}
	for _, log := range []string{p.Postfix.Log(), p.Dovecot.Log()} {
		for line := range strings.Lines(log) {
			if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(line, word) }) {
				out = append(out, strings.TrimSpace(line))
			}
			// Postfix names the Message-ID once, and then its own number.
			if _, rest, ok := strings.Cut(line, "postfix/cleanup["); ok && strings.Contains(line, messageID) {
				if fields := strings.Fields(rest); len(fields) > 1 {
					words = append(words, fields[1])
				}
			}
		}
	}
	filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && path != p.Postfix.logs && path != p.Dovecot.logs {
			if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(messageID)) {
				out = append(out, path)
			}
		}
		return nil
	})
	return out
}

// User makes a mailbox for an address, which is also the login. More fields of
// Dovecot's passwd-file may follow, such as userdb_quota_rule=*:storage=1M.
func (p *Peer) User(address, password string, fields ...string) error {
	// A file each, since Dovecot looks only once a second whether one has changed.
	name := strings.ToLower(address)
	line := fmt.Sprintf("%s:{PLAIN}%s:%d:%d::%s::%s\n", name, password, p.uid, p.gid, p.home(name), strings.Join(fields, " "))
	if err := os.WriteFile(p.path("users", name), []byte(line), 0o644); err != nil {
		return err
	}
	p.lookups.set("mailbox", address, "OK")
	return nil
}

// Alias lets mail to an address arrive in the mailbox of another one. The
// destination stays in X-Original-To and Delivered-To.
func (p *Peer) Alias(alias, mailbox string) { p.lookups.set("alias", alias, mailbox) }

// Refuse makes Postfix answer mail to, or from, an address with words of its own, such
// as "550 5.7.1 We do not like you"; empty words end that.
func (p *Peer) Refuse(address, words string) { p.lookups.set("access", address, words) }

// Bounce makes Postfix accept mail to an address and send it back later, with words
// such as "5.1.1 The box is gone".
func (p *Peer) Bounce(address, words string) {
	p.lookups.set("mailbox", address, "OK")
	p.refuser.mu.Lock()
	p.refuser.words[strings.ToLower(address)] = words
	p.refuser.mu.Unlock()
	p.lookups.set("transport", address, "lmtp:inet:"+p.refuser.address)
}

func (p *Peer) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

func (p *Peer) home(address string) string { return p.path("mail", strings.ToLower(address)) }
