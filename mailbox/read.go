package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"portico/fault"
)

// ErrGone: the message is not in the mailbox any more, or not where it can be found.
var ErrGone = fault.New(fault.Missing, "mail_gone", "The message is not in the mailbox any more: it was deleted there, or its time is over.")

// readMax is how long one part may take to be read.
const readMax = 15 * time.Minute

// Location says where a message should be, and what it is known by when it is not.
type Location struct {
	Ref
	// MessageID finds it again when it was moved, or its number has changed.
	MessageID string
	// Size and Header find one without a Message-ID: Header is the beginning of its
	// HeaderHash. Zero: then it cannot be found.
	Size   int64
	Header [16]byte
}

// Part is a part of a message as it comes from the server, still in its transfer
// encoding (see letter.Decode). Close it soon: it holds one of the account's sessions.
type Part struct {
	// At is where the message was found.
	At     Ref
	runner *runner
	stream *stream
	closed bool
}

// Read gives what comes.
func (p *Part) Read(b []byte) (int, error) { return p.stream.Read(b) }

// Close gives the session back.
func (p *Part) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	p.runner.release(p.stream.session, p.stream.finish())
	return nil
}

// session takes one of the pool for an agent.
func (m *Mailboxes) session(ctx context.Context, account ID, who string) (*runner, *session, error) {
	r := m.of(account)
	if r == nil {
		return nil, nil, errStopped
	}
	s, err := r.pool.take(ctx, who)
	return r, s, err
}

// Open gives a part of a message, or the whole of it for the empty path, through the
// pool's fair share. who is the agent that reads. ErrGone when it is not there.
func (m *Mailboxes) Open(ctx context.Context, who string, at Location, path string) (*Part, error) {
	r, s, err := m.session(ctx, at.Account, who)
	if err != nil {
		return nil, err
	}
	for _, look := range []func(context.Context, Location) (Ref, error){s.direct, s.search} {
		ref, err := look(ctx, at)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			r.release(s, err)
			return nil, err
		}
		body, err := s.stream(ctx, ref.UID, path, 2*r.account.MaxSize+4<<20, readMax)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			r.release(s, err)
			return nil, fmt.Errorf("reading a message: %w", err)
		}
		return &Part{At: ref, runner: r, stream: body}, nil
	}
	r.release(s, nil)
	return nil, ErrGone
}

// direct goes to where the message should be; whether it is there shows when it is read.
func (s *session) direct(ctx context.Context, at Location) (Ref, error) {
	if at.UID == 0 || at.Folder == "" {
		return Ref{}, errGone
	}
	err := s.enter(ctx, at.Folder, false)
	if err != nil && !alive(err) {
		return Ref{}, err
	}
	if err != nil || s.validity != at.UIDValidity {
		s.selected = "" // perhaps an old view of it
		return Ref{}, errGone
	}
	return s.ref(at.UID), nil
}

// search looks for the message in all places, by its Message-ID, or by its size and header.
func (s *session) search(ctx context.Context, at Location) (Ref, error) {
	if at.MessageID == "" && (at.Size <= 0 || at.Header == [16]byte{}) {
		return Ref{}, errGone
	}
	var names []string
	if at.Folder != "" {
		names = append(names, at.Folder)
	}
	for _, p := range []Place{Done, Working, Inbox, Exceptions, Sent} {
		name, err := s.name(ctx, p)
		if err != nil {
			return Ref{}, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		err := s.enter(ctx, name, true)
		var uid uint32
		if err == nil && at.MessageID != "" {
			uid, err = s.find(ctx, at.MessageID)
		} else if err == nil {
			uid, err = s.findTwin(ctx, at)
		}
		if err != nil && !alive(err) {
			return Ref{}, err
		}
		if uid != 0 {
			return s.ref(uid), nil
		}
	}
	return Ref{}, errGone
}

// Move files messages of one account into a place, and tells where they are then.
// Those that are not there any more are left out.
func (m *Mailboxes) Move(ctx context.Context, who string, at []Location, to Place) ([]Move, error) {
	return m.each(ctx, who, at, func(s *session, uids []uint32) ([]Move, error) {
		if name, err := s.name(ctx, to); err != nil || name == s.selected {
			return nil, err // they are there
		}
		return s.move(ctx, uids, to)
	})
}

// Remove deletes messages of one account for good, and tells which there were.
func (m *Mailboxes) Remove(ctx context.Context, who string, at []Location) ([]Ref, error) {
	moves, err := m.each(ctx, who, at, func(s *session, uids []uint32) ([]Move, error) {
		err := s.do(ctx, "deleting messages", int64(len(uids))*lineMax+answerMax, func() error { return s.delete(uidSet(uids)) })
		if err != nil {
			return nil, err
		}
		var gone []Move
		for _, uid := range uids {
			gone = append(gone, Move{From: s.ref(uid)})
		}
		return gone, nil
	})
	var out []Ref
	for _, move := range moves {
		out = append(out, move.From)
	}
	return out, err
}

// each does something with messages, folder by folder, wherever they are now.
func (m *Mailboxes) each(ctx context.Context, who string, at []Location, do func(*session, []uint32) ([]Move, error)) ([]Move, error) {
	if len(at) == 0 {
		return nil, nil
	}
	r, s, err := m.session(ctx, at[0].Account, who)
	if err != nil {
		return nil, err
	}
	var out []Move
	err = func() error {
		found, err := s.locate(ctx, at)
		if err != nil {
			return err
		}
		for _, group := range found {
			if err := s.enter(ctx, group.folder, false); err != nil {
				return err
			}
			moves, err := do(s, group.uids)
			out = append(out, moves...)
			if err != nil {
				return err
			}
		}
		return nil
	}()
	r.release(s, err)
	if err != nil {
		return out, fmt.Errorf("filing messages: %w", err)
	}
	return out, nil
}

type group struct {
	folder string
	uids   []uint32
}

// locate finds where messages are now, by folder.
func (s *session) locate(ctx context.Context, at []Location) ([]group, error) {
	var out []group
	add := func(ref Ref) {
		i := slices.IndexFunc(out, func(g group) bool { return g.folder == ref.Folder })
		if i < 0 {
			out = append(out, group{folder: ref.Folder})
			i = len(out) - 1
		}
		out[i].uids = append(out[i].uids, ref.UID)
	}
	for _, l := range at {
		ref, err := s.direct(ctx, l)
		if err == nil {
			var there []Print
			if there, err = s.prints(ctx, []uint32{ref.UID}, false); err == nil && (len(there) == 0 || l.MessageID != "" && there[0].MessageID != l.MessageID) {
				err = errGone
			}
		}
		if errors.Is(err, errGone) {
			ref, err = s.search(ctx, l)
		}
		switch {
		case errors.Is(err, errGone):
		case err != nil:
			return nil, err
		default:
			add(ref)
		}
	}
	return out, nil
}

// Append files a message into a place, as it is: the copy of one that was sent. body
// writes it with CRLF ends; a size below 0 is found out by writing it twice.
func (m *Mailboxes) Append(ctx context.Context, who string, account ID, to Place, size int64, body func(io.Writer) error) (Ref, error) {
	if size < 0 {
		var n counter
		if err := body(&n); err != nil {
			return Ref{}, fmt.Errorf("writing a message: %w", err)
		}
		size = int64(n)
	}
	r, s, err := m.session(ctx, account, who)
	if err != nil {
		return Ref{}, err
	}
	ref, err := s.put(ctx, to, size, body)
	r.release(s, err)
	if err != nil {
		return Ref{}, fmt.Errorf("filing a message: %w", err)
	}
	return ref, nil
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// Find looks for a message in a place by its Message-ID, so that a copy is not filed
// twice after a crash; false when it is not there.
func (m *Mailboxes) Find(ctx context.Context, who string, account ID, in Place, messageID string) (Ref, bool, error) {
	r, s, err := m.session(ctx, account, who)
	if err != nil {
		return Ref{}, false, err
	}
	var ref Ref
	err = func() error {
		name, err := s.ensure(ctx, in)
		if err != nil {
			return err
		}
		if err := s.enter(ctx, name, true); err != nil {
			return err
		}
		uid, err := s.find(ctx, messageID)
		if uid != 0 {
			ref = s.ref(uid)
		}
		return err
	}()
	r.release(s, err)
	if err != nil {
		return Ref{}, false, fmt.Errorf("looking for a message: %w", err)
	}
	return ref, ref.UID != 0, nil
}

// Expiry asks for a bounded piece of a folder's clearing.
type Expiry struct {
	Account ID
	Place   Place
	// Before is the age at which a message goes: those that arrived earlier.
	Before time.Time
	// From is the UID to go on at, from the former step; 0: the beginning. Max is how
	// many messages are looked at; 0: 500.
	From uint32
	Max  int
	// Keep, unless nil, may spare messages that are still needed.
	Keep func(Ref) bool
}

// Expire removes what is too old among the next messages of a folder, and tells what
// went and where to go on; next is 0 at the end.
func (m *Mailboxes) Expire(ctx context.Context, e Expiry) (gone []Ref, next uint32, err error) {
	if e.Max <= 0 {
		e.Max = 500
	}
	r, s, err := m.session(ctx, e.Account, "retention")
	if err != nil {
		return nil, 0, err
	}
	gone, next, err = s.expire(ctx, e)
	r.release(s, err)
	if err != nil {
		return nil, 0, fmt.Errorf("clearing a folder: %w", err)
	}
	return gone, next, nil
}

func (s *session) expire(ctx context.Context, e Expiry) (gone []Ref, next uint32, err error) {
	name, err := s.name(ctx, e.Place)
	if err != nil {
		return nil, 0, err
	}
	if found, err := s.exists(ctx, name); err != nil || !found {
		return nil, 0, err
	}
	if err := s.enter(ctx, name, true); err != nil {
		return nil, 0, err
	}
	all, err := s.uids(ctx, max(e.From, 1))
	if err != nil || len(all) == 0 {
		return nil, 0, err
	}
	step := all[:min(e.Max, len(all))]
	if len(step) < len(all) {
		next = all[len(step)]
	}
	prints, err := s.prints(ctx, step, false)
	if err != nil {
		return nil, 0, err
	}
	var old []uint32
	for _, p := range prints {
		if ref := s.ref(p.UID); p.InternalDate.Before(e.Before) && !p.InternalDate.IsZero() && (e.Keep == nil || !e.Keep(ref)) {
			old, gone = append(old, p.UID), append(gone, ref)
		}
	}
	if len(old) == 0 {
		return nil, next, nil
	}
	err = s.do(ctx, "deleting old messages", int64(len(old))*lineMax+answerMax, func() error { return s.delete(uidSet(old)) })
	return gone, next, err
}
