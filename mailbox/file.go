package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// move files messages of the selected folder into a place, and says where they are
// now; those that have gone meanwhile are left out, or their UID is not known.
func (s *session) move(ctx context.Context, uids []uint32, to Place) ([]Move, error) {
	name, err := s.name(ctx, to)
	if err != nil {
		return nil, err
	}
	moves, err := s.moveTo(ctx, uids, name)
	var refused *imap.Error
	if errors.As(err, &refused) && alive(err) { // TRYCREATE, in whatever words
		if _, bad := s.ensure(ctx, to); bad != nil {
			return nil, bad
		}
		moves, err = s.moveTo(ctx, uids, name)
	}
	return moves, err
}

func (s *session) moveTo(ctx context.Context, uids []uint32, name string) ([]Move, error) {
	set := uidSet(uids)
	var validity uint32
	var from, to []uint32
	err := s.do(ctx, fmt.Sprintf("moving %d messages to %s", len(uids), name), int64(len(uids))*lineMax+answerMax, func() error {
		if s.caps.Has(imap.CapMove) {
			data, err := s.client.Move(set, name).Wait()
			if err == nil {
				validity, from, to = data.UIDValidity, expand(data.SourceUIDs, len(uids)), expand(data.DestUIDs, len(uids))
			}
			return err
		}
		data, err := s.client.Copy(set, name).Wait()
		if err != nil {
			return err
		}
		validity, from, to = data.UIDValidity, expand(data.SourceUIDs, len(uids)), expand(data.DestUIDs, len(uids))
		return s.delete(set)
	})
	if err != nil {
		return nil, err
	}
	moves := make([]Move, 0, len(uids))
	for _, uid := range uids {
		m := Move{From: s.ref(uid), To: Ref{Account: s.account.ID, Folder: name}}
		if i := slices.Index(from, uid); i >= 0 && i < len(to) {
			m.To.UIDValidity, m.To.UID = validity, to[i]
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// delete marks messages as deleted and removes them, and no others: without UIDPLUS
// they stay, marked, since EXPUNGE would also remove what people have marked.
func (s *session) delete(set imap.UIDSet) error {
	err := s.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
	if err != nil || !s.caps.Has(imap.CapUIDPlus) {
		return err
	}
	return s.client.UIDExpunge(set).Close()
}

func (s *session) ref(uid uint32) Ref {
	return Ref{Account: s.account.ID, Folder: s.selected, UIDValidity: s.validity, UID: uid}
}

// expand lists the numbers of a set, unless there are more than can be.
func expand(numbers imap.NumSet, most int) []uint32 {
	set, ok := numbers.(imap.UIDSet)
	if !ok {
		return nil
	}
	var out []uint32
	for _, r := range set {
		if r.Start == 0 || r.Stop < r.Start || int64(r.Stop)-int64(r.Start) >= int64(most-len(out)) {
			return nil
		}
		for n := int64(r.Start); n <= int64(r.Stop); n++ {
			out = append(out, uint32(n))
		}
	}
	return out
}

// put appends a message of a known size to a place.
func (s *session) put(ctx context.Context, to Place, size int64, body func(io.Writer) error) (Ref, error) {
	name, err := s.ensure(ctx, to)
	if err != nil {
		return Ref{}, err
	}
	ref := Ref{Account: s.account.ID, Folder: name}
	err = s.doWithin(ctx, 10*s.stepMax, "filing a message in "+name, answerMax, func() error {
		cmd := s.client.Append(name, size, &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}})
		wrote := &exact{w: cmd, left: size}
		err := body(wrote)
		if err == nil && wrote.left > 0 {
			err = errors.New("the message is shorter than it was said to be")
		}
		if err != nil {
			s.conn.Close() // a literal cannot be taken back
		}
		if bad := cmd.Close(); err == nil {
			err = bad
		}
		data, bad := cmd.Wait()
		if err == nil {
			err = bad
		}
		if err == nil {
			ref.UIDValidity, ref.UID = data.UIDValidity, uint32(data.UID)
		}
		return err
	})
	return ref, err
}

// exact lets no more through than was announced.
type exact struct {
	w    io.Writer
	left int64
}

func (e *exact) Write(b []byte) (int, error) {
	if int64(len(b)) > e.left {
		return 0, errors.New("the message is longer than it was said to be")
	}
	n, err := e.w.Write(b)
	e.left -= int64(n)
	return n, err
}

// find looks for a message by its Message-ID in the selected folder; 0: none. Some
// servers search without an index, or not at all: intake never needs it.
func (s *session) find(ctx context.Context, messageID string) (uid uint32, err error) {
	if messageID == "" {
		return 0, nil
	}
	err = s.do(ctx, "searching a message", answerMax, func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: messageID}}}, nil).Wait()
		if err != nil {
			return err
		}
		if all := expand(data.All, 1000); len(all) > 0 {
			uid = all[len(all)-1]
		}
		return nil
	})
	return uid, err
}

// twinsMax is how many messages of one size are looked at, to find one without a Message-ID.
const twinsMax = 64

// findTwin looks for a message by its size and header in the selected folder; 0: none.
func (s *session) findTwin(ctx context.Context, at Location) (uint32, error) {
	var uids []uint32
	err := s.do(ctx, "searching a message", answerMax, func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{Larger: at.Size - 1, Smaller: at.Size + 1}, nil).Wait()
		if err == nil {
			uids = expand(data.All, 100*twinsMax)
		}
		return err
	})
	if err != nil || len(uids) == 0 {
		return 0, err
	}
	prints, err := s.prints(ctx, uids[max(0, len(uids)-twinsMax):], true)
	if err != nil {
		return 0, err
	}
	for _, p := range prints {
		if p.Size == at.Size && [16]byte(p.HeaderHash[:16]) == at.Header {
			return p.UID, nil
		}
	}
	return 0, nil
}

// Quota is how full a mailbox is (RFC 2087), in bytes; Limit 0: there is none.
type Quota struct{ Used, Limit int64 }

// quota reads the first limit on storage.
func (s *session) quota(ctx context.Context) (q Quota, err error) {
	if !s.caps.Has(imap.CapQuota) {
		return Quota{}, nil
	}
	inbox, err := s.name(ctx, Inbox)
	if err != nil {
		return Quota{}, err
	}
	err = s.do(ctx, "reading the quota", answerMax, func() error {
		roots, err := s.client.GetQuotaRoot(inbox).Wait()
		for _, root := range roots {
			if r, ok := root.Resources[imap.QuotaResourceStorage]; ok && r.Limit > 0 {
				q = Quota{Used: r.Usage << 10, Limit: r.Limit << 10} // units of 1024 bytes
				break
			}
		}
		return err
	})
	if err != nil && alive(err) {
		return Quota{}, nil // not everybody may know
	}
	return q, err
}

// idle waits for something new, at most so long, without asking. It returns early also
// when nothing is new.
func (s *session) idle(ctx context.Context, most time.Duration) error {
	select {
	case <-s.news: // it came while something else was asked
		return nil
	default:
	}
	if !s.caps.Has(imap.CapIdle) {
		return s.poll(ctx, min(most, s.account.Poll))
	}
	var running *imapclient.IdleCommand
	err := s.do(ctx, "beginning to wait for messages", 1<<20, func() (err error) {
		running, err = s.client.Idle()
		return err
	})
	if err != nil {
		return err
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-s.news:
	case <-timer.C:
	case <-ctx.Done():
	case <-s.client.Closed():
	}
	if ctx.Err() != nil { // stopping: the connection's end is the command's
		s.conn.Close()
		return context.Cause(ctx)
	}
	return s.do(ctx, "ending to wait for messages", 1<<20, func() error {
		if err := running.Close(); err != nil {
			return err
		}
		return running.Wait()
	})
}

func (s *session) poll(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return s.do(ctx, "asking for new messages", answerMax, func() error { return s.client.Noop().Wait() })
}
