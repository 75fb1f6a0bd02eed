// Package mailbox reads a company's mailboxes by IMAP: it takes in what arrives, in
// order and without doubles, files it once that is certain, and gives agents the parts
// of messages that they ask for. The mail server stays the archive: nothing is deleted
// here but what Expire and Remove are told to, and the package's own test messages.
//
// One goroutine of each account owns its intake session, which nobody else uses; all
// other sessions form a pool that its users share in turn. What is durable is the
// Sink's: after a restart it says where intake goes on.
package mailbox

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"portico/post"
)

// ID names an account.
type ID = [16]byte

// Place is one of the folders that matter, whatever its name at the server.
type Place string

// The places. Stay is the answer of a Sink that wants a message left where it is.
const (
	Stay       Place = ""
	Inbox      Place = "inbox"
	Working    Place = "working"    // its contact is open
	Done       Place = "done"       // its contact is over
	Exceptions Place = "exceptions" // not routed as usual
	Sent       Place = "sent"
)

// Folders are the names of the places, with a slash between levels whatever the server
// has; an empty one takes its default.
type Folders struct {
	Inbox      string // INBOX
	Working    string // Portico/Working
	Done       string // Portico/Done
	Exceptions string // Portico/Exceptions
	Sent       string // what the server calls \Sent (RFC 6154), else Sent
}

// Account is one mailbox with its two servers.
type Account struct {
	ID, Unit ID
	Name     string
	// Address is the mailbox's own: test messages go from it to it.
	Address    string
	IMAP, SMTP post.Server
	OAuth      post.OAuth
	// CAs and Pins count for both servers, besides their own.
	CAs  []byte
	Pins []string
	// MaxSessions is how many IMAP sessions there are at once, at least 2; 0: 10.
	// Reserve of them are the intake's share, of which it uses one; 0: 1.
	MaxSessions, Reserve int
	// RatePerMinute bounds messages sent; 0: no bound.
	RatePerMinute int
	// MaxSize is how large a message may be, in bytes; larger ones are routed by their
	// header alone. 0: 50 MiB.
	MaxSize int64
	Folders Folders
	// Keepalive is how often a test message goes out, to be seen again; 0: never.
	Keepalive time.Duration
	// Poll is how often a server without IDLE is asked; 0: 5 s.
	Poll time.Duration
	// Preset names the server's kind; empty: any.
	Preset string
	// OnlyNew leaves messages alone that were in the mailbox before the first start.
	OnlyNew bool
	// Maintenance are the times at which alerts are held.
	Maintenance []Window
}

// Window is a time that comes again: from a time of day for a while, on some days.
type Window struct {
	Days []time.Weekday // on which it begins; none: every day
	From time.Duration  // since midnight
	For  time.Duration  // at most a week
	Zone *time.Location // nil: UTC
}

// Holds reports whether an instant lies within the window.
func (w Window) Holds(at time.Time) bool {
	zone := w.Zone
	if zone == nil {
		zone = time.UTC
	}
	at = at.In(zone)
	for back := range 8 { // it may have begun up to a week ago
		day := time.Date(at.Year(), at.Month(), at.Day()-back, 0, 0, 0, 0, zone)
		if len(w.Days) > 0 && !slices.Contains(w.Days, day.Weekday()) {
			continue
		}
		// The wall clock counts, also on the days that have 23 or 25 hours.
		begin := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, int(w.From/time.Second), 0, zone)
		if !at.Before(begin) && at.Before(begin.Add(w.For)) {
			return true
		}
	}
	return false
}

const (
	defaultSessions = 10
	defaultMaxSize  = 50 << 20
	defaultPoll     = 5 * time.Second
)

// filled gives a copy in which every default stands.
func (a Account) filled() Account {
	a.MaxSessions = cmp.Or(a.MaxSessions, defaultSessions)
	a.MaxSessions = max(a.MaxSessions, 2)
	a.Reserve = min(max(cmp.Or(a.Reserve, 1), 1), a.MaxSessions-1)
	a.MaxSize = cmp.Or(a.MaxSize, defaultMaxSize)
	a.Poll = cmp.Or(a.Poll, defaultPoll)
	a.Folders.Inbox = cmp.Or(a.Folders.Inbox, "INBOX")
	a.Folders.Working = cmp.Or(a.Folders.Working, "Portico/Working")
	a.Folders.Done = cmp.Or(a.Folders.Done, "Portico/Done")
	a.Folders.Exceptions = cmp.Or(a.Folders.Exceptions, "Portico/Exceptions")
	for _, s := range []*post.Server{&a.IMAP, &a.SMTP} {
		s.CAs = slices.Concat(s.CAs, a.CAs)
		s.Pins = slices.Concat(s.Pins, a.Pins)
		s.Host = strings.TrimSpace(s.Host)
	}
	return a
}

func cmpOr[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}

// name is what the account calls a place; empty for Sent means: ask the server.
func (f Folders) name(p Place) string {
	switch p {
	case Working:
		return f.Working
	case Done:
		return f.Done
	case Exceptions:
		return f.Exceptions
	case Sent:
		return f.Sent
	}
	return f.Inbox
}

// Post is how the account sends. tokens may be nil where the login is by password.
func (a Account) Post(tokens *post.Tokens) post.Options {
	a = a.filled()
	return post.Options{Server: a.SMTP, Tokens: tokens, RatePerMinute: a.RatePerMinute}
}
