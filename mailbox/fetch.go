package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"portico/letter"
)

// wholeMax is up to which size a message is fetched whole; larger ones by their parts.
const wholeMax = 1 << 20

// headerMax bounds the header of a message, in bytes.
const headerMax = 256 << 10

// uids lists the numbers from next on, in order. It costs what is new, not what is there.
func (s *session) uids(ctx context.Context, next uint32) ([]uint32, error) {
	if s.count() == 0 {
		return nil, nil // some servers do not like to be asked then
	}
	var out []uint32
	err := s.do(ctx, "listing new messages", s.count()*lineMax/16+answerMax, func() error {
		cmd := s.client.Fetch(imap.UIDSet{{Start: imap.UID(max(next, 1))}}, &imap.FetchOptions{UID: true})
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			for item := m.Next(); item != nil; item = m.Next() {
				// A star is the last one, also below next (RFC 9051, 9).
				if uid, ok := item.(imapclient.FetchItemDataUID); ok && uint32(uid.UID) >= next {
					out = append(out, uint32(uid.UID))
				}
			}
		}
		return cmd.Close()
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}

var (
	sectionWhole  = &imap.FetchItemBodySection{Peek: true}
	sectionHeader = &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	sectionID     = &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true}
)

// prints asks what messages are known by. Those that have gone meanwhile are left out.
func (s *session) prints(ctx context.Context, uids []uint32, whole bool) ([]Print, error) {
	section, each := sectionID, int64(lineMax)
	if whole {
		section, each = sectionHeader, headerMax
	}
	var out []Print
	err := s.do(ctx, "asking about new messages", int64(len(uids))*each+answerMax, func() error {
		messages, err := s.client.Fetch(uidSet(uids), &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true,
			BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		for _, m := range messages {
			p := Print{UID: uint32(m.UID), InternalDate: m.InternalDate, Size: m.RFC822Size}
			header := m.FindBodySection(section)
			if mail, _ := letter.Header(bytes.NewReader(header), letter.Options{}); mail != nil {
				p.MessageID = mail.MessageID
			}
			if whole {
				p.HeaderHash = hashHeader(header)
			}
			if slices.Contains(uids, p.UID) {
				out = append(out, p)
			}
		}
		return err
	})
	slices.SortFunc(out, func(a, b Print) int { return int(int64(a.UID) - int64(b.UID)) })
	return out, err
}

// hashHeader is the same for a header alone and for a message that begins with it,
// whatever the line ends.
func hashHeader(message []byte) [32]byte {
	sum := sha256.New()
	for len(message) > 0 {
		line, rest, _ := bytes.Cut(message, []byte("\n"))
		if line = bytes.TrimSuffix(line, []byte("\r")); len(line) == 0 {
			break
		}
		sum.Write(line)
		sum.Write([]byte{'\n'})
		message = rest
	}
	return [32]byte(sum.Sum(nil))
}

// bodies fetches whole messages in one command.
func (s *session) bodies(ctx context.Context, uids []uint32, size int64) (map[uint32][]byte, error) {
	out := make(map[uint32][]byte, len(uids))
	// Sizes are estimates at some servers.
	err := s.doWithin(ctx, 5*s.stepMax, "fetching messages", 2*size+4<<20, func() error {
		messages, err := s.client.Fetch(uidSet(uids), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{sectionWhole}}).Collect()
		for _, m := range messages {
			if len(m.BodySection) > 0 {
				out[uint32(m.UID)] = m.FindBodySection(sectionWhole)
			}
		}
		return err
	})
	return out, err
}

// errGone: the message is not where it was.
var errGone = errors.New("the message is not there any more")

// skeleton fetches the header and the structure of a message.
func (s *session) skeleton(ctx context.Context, uid uint32) (header []byte, parts []letter.Part, err error) {
	err = s.do(ctx, "fetching a message's structure", headerMax+4*answerMax, func() error {
		messages, err := s.client.Fetch(uidSet([]uint32{uid}), &imap.FetchOptions{UID: true,
			BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, BodySection: []*imap.FetchItemBodySection{sectionHeader}}).Collect()
		if err != nil {
			return err
		}
		for _, m := range messages {
			if uint32(m.UID) == uid {
				header, parts = m.FindBodySection(sectionHeader), structure(m.BodyStructure)
				return nil
			}
		}
		return errGone
	})
	return header, parts, err
}

// structure lists the parts of a message as letter knows them.
func structure(root imap.BodyStructure) []letter.Part {
	if root == nil {
		return nil
	}
	var out []letter.Part
	root.Walk(func(path []int, bs imap.BodyStructure) bool {
		if len(out) >= letter.PartsMax || len(path) > letter.DepthMax {
			return false
		}
		p := letter.Part{Path: pathOf(path), MediaType: strings.ToLower(bs.MediaType())}
		if d := bs.Disposition(); d != nil {
			p.Inline = strings.EqualFold(d.Value, "inline")
		}
		single, leaf := bs.(*imap.BodyStructureSinglePart)
		if !leaf {
			if len(path) > 0 {
				out = append(out, p)
			}
			return true
		}
		p.Name, p.ContentID = single.Filename(), strings.Trim(single.ID, "<> ")
		p.Encoding, p.Charset = strings.ToLower(single.Encoding), strings.ToLower(single.Params["charset"])
		p.Size = int64(single.Size)
		if p.Encoding == "base64" {
			p.Size = p.Size * 3 / 4 * 76 / 78
		}
		if p.Name == "" && single.Disposition() != nil && strings.EqualFold(single.Disposition().Value, "attachment") {
			p.Name = "part-" + p.Path
		}
		out = append(out, p)
		return true
	})
	return out
}

func pathOf(path []int) string {
	words := make([]string, len(path))
	for i, n := range path {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ".")
}

// section is what is asked for of a part; nil when the path is none. Empty is the
// whole message.
func section(path string) *imap.FetchItemBodySection {
	out := &imap.FetchItemBodySection{Peek: true}
	if path == "" {
		return out
	}
	for word := range strings.SplitSeq(path, ".") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 10_000 || len(out.Part) > letter.DepthMax {
			return nil
		}
		out.Part = append(out.Part, n)
	}
	return out
}

// assemble takes a large message in by its texts alone.
func (s *session) assemble(ctx context.Context, uid uint32, o letter.Options) (*letter.Mail, [32]byte, error) {
	header, parts, err := s.skeleton(ctx, uid)
	if err != nil {
		return nil, [32]byte{}, err
	}
	texts := map[string][]byte{}
	for _, p := range letter.Wanted(parts) {
		text, err := s.text(ctx, uid, p)
		if err != nil && !alive(err) {
			return nil, [32]byte{}, err
		}
		texts[p.Path] = text // a server that will not give it: without
	}
	return letter.Assemble(header, texts, parts, o), hashHeader(header), nil
}

// text fetches the beginning of a part; of a message within its header.
func (s *session) text(ctx context.Context, uid uint32, p letter.Part) (text []byte, err error) {
	want := section(p.Path)
	if want == nil || len(want.Part) == 0 {
		return nil, nil
	}
	if strings.HasPrefix(p.MediaType, "message/") && (p.MediaType == "message/rfc822" || p.MediaType == "message/global") {
		want.Specifier = imap.PartSpecifierHeader
	} else {
		want.Partial = &imap.SectionPartial{Offset: 0, Size: letter.SourceMax}
	}
	err = s.do(ctx, "fetching a message's text", 2*letter.SourceMax+answerMax, func() error {
		messages, err := s.client.Fetch(uidSet([]uint32{uid}), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{want}}).Collect()
		for _, m := range messages {
			if uint32(m.UID) == uid && len(m.BodySection) > 0 {
				text = m.BodySection[0].Bytes
			}
		}
		return err
	})
	return text, err
}

// stream gives a part as it comes, or the whole message for the empty path. The session
// is busy until the stream is closed; max bounds it.
func (s *session) stream(ctx context.Context, uid uint32, path string, max int64, each time.Duration) (*stream, error) {
	want := section(path)
	if want == nil {
		return nil, errGone
	}
	ctx, cancel := context.WithTimeout(ctx, each)
	s.conn.allow(max)
	out := &stream{session: s, cancel: cancel, ctx: ctx}
	out.stop = context.AfterFunc(ctx, func() { s.conn.Close() })
	out.cmd = s.client.Fetch(uidSet([]uint32{uid}), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{want}})
	for m := out.cmd.Next(); m != nil; m = out.cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil {
				out.body = body.Literal
				return out, nil
			}
		}
	}
	err := out.finish()
	if err == nil {
		err = errGone
	}
	return nil, err
}

// stream is a part that is being read.
type stream struct {
	session *session
	cmd     *imapclient.FetchCommand
	body    imap.LiteralReader
	ctx     context.Context
	cancel  func()
	stop    func() bool
}

func (s *stream) Read(b []byte) (int, error) {
	n, err := s.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = explain(s.ctx, s.session.account, err)
	}
	return n, err
}

// drainMax is how much is read of a part that nobody wants to the end, before the
// connection is rather closed.
const drainMax = 1 << 20

// finish ends the command. After an error the session is of no use.
func (s *stream) finish() error {
	if s.body != nil && s.body.Size() > drainMax {
		if n, err := io.CopyN(io.Discard, s.body, drainMax); err == nil && n == drainMax {
			s.session.conn.Close()
		}
	}
	err := s.cmd.Close()
	s.stop()
	s.cancel()
	s.session.used = time.Now()
	if err != nil {
		return explain(s.ctx, s.session.account, err)
	}
	return nil
}
