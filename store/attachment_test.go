package store_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/iotest"
	"time"

	"portico/acd"
	"portico/store"
)

// attached gives an attachment of so many whole pieces and one byte, with its pieces.
func attached(c store.Contact, whole int) (store.Attachment, []store.AttachmentPiece) {
	a := store.Attachment{ID: ids.ID(), Unit: c.Unit, Contact: c.ID, Name: "Größe ‮.pdf", MediaType: "application/pdf",
		Size: uint64(whole*store.PieceMax + 1), At: 5, By: agentID()}
	var pieces []store.AttachmentPiece
	for n := range whole {
		pieces = append(pieces, store.AttachmentPiece{Unit: a.Unit, Attachment: a.ID, N: uint32(n + 1),
			Bytes: bytes.Repeat([]byte{byte(n)}, store.PieceMax)})
	}
	return a, append(pieces, store.AttachmentPiece{Unit: a.Unit, Attachment: a.ID, N: uint32(whole + 1), Bytes: []byte{0xff}})
}

// upload saves an attachment with all its pieces, as units that may share a commit.
func upload(t testing.TB, s *store.Store, a store.Attachment, pieces []store.AttachmentPiece) {
	t.Helper()
	answers := make(chan error, len(pieces)+1)
	done := func(o store.Outcome) { answers <- o.Err }
	must(t, s.Submit(store.Channel, store.Unit{Rows: []store.Row{a}}, done))
	for _, p := range pieces {
		must(t, s.Submit(store.Channel, store.Unit{Rows: []store.Row{p}}, done))
	}
	for range len(pieces) + 1 {
		must(t, <-answers)
	}
}

func named(c store.Contact, seq uint64, a store.Attachment) store.MessageAttachment {
	return store.MessageAttachment{Unit: c.Unit, Contact: c.ID, Seq: seq, Attachment: a.ID}
}

// pieceCount counts the saved pieces of all attachments.
func pieceCount(t testing.TB, o store.Options) (n int) {
	t.Helper()
	must(t, beside(t, o).QueryRow(`select count(*) from attachment_piece`).Scan(&n))
	return n
}

// An attachment is read back as it was, in pieces, by its own unit alone.
func TestAttachments(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		a, pieces := attached(c, 9) // more than one transaction reads
		must(t, save(t, s, c))
		upload(t, s, a, pieces)
		got, err := s.Attachment(ctx, c.Unit, a.ID)
		must(t, err)
		want(t, "attachment", got, a)
		must(t, save(t, s, message(c, 1, "m1"), named(c, 1, a)))
		a.Seq = 1
		of, err := s.MessageAttachments(ctx, c.Unit, c.ID, 1, 9)
		must(t, err)
		want(t, "attachments of the messages", of, []store.Attachment{a})
		r, err := s.OpenAttachment(ctx, c.Unit, a.ID)
		must(t, err)
		whole, err := io.ReadAll(r)
		must(t, err)
		var wanted []byte
		for _, p := range pieces {
			wanted = append(wanted, p.Bytes...)
		}
		if !bytes.Equal(whole, wanted) {
			t.Errorf("%d bytes are read back, and not those that were saved", len(whole))
		}
		_, err = r.Seek(0, io.SeekStart)
		must(t, err)
		if err := iotest.TestReader(r, wanted); err != nil {
			t.Error(err)
		}

		foreign := unitID()
		none[store.Attachment](t, "foreign attachment")(s.Attachment(ctx, foreign, a.ID))
		none[*store.AttachmentReader](t, "foreign reader")(s.OpenAttachment(ctx, foreign, a.ID))
		of, err = s.MessageAttachments(ctx, foreign, c.ID, 1, 9)
		must(t, err)
		want(t, "foreign attachments", len(of), 0)
	})
}

// No message names what is not there, not whole, or another's; then the message is
// not saved either. A repeat is told apart from what is missing.
func TestAttachmentGuards(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c, other := contact(unitID(), "c1"), contact(unitID(), "c2")
		a, pieces := attached(c, 1)
		refused := func(what string, wanted error, rows ...store.Row) {
			t.Helper()
			if err := save(t, s, rows...); !errors.Is(err, wanted) {
				t.Errorf("%s: got %v, want %v", what, err, wanted)
			}
		}
		refused("a piece of nothing", store.ErrNone, pieces[0])
		refused("a message that names nothing", store.ErrNone, message(c, 1, "m1"), named(c, 1, a))
		must(t, save(t, s, a))
		refused("the same attachment", store.ErrExists, a)
		must(t, save(t, s, pieces[0]))
		refused("the same piece", store.ErrExists, pieces[0])
		refused("a message that names half of it", store.ErrNone, message(c, 1, "m1"), named(c, 1, a))
		if _, err := s.OpenAttachment(t.Context(), c.Unit, a.ID); err == nil || errors.Is(err, store.ErrNone) {
			t.Errorf("reading half of it: %v", err)
		}
		must(t, save(t, s, pieces[1]))
		refused("another contact's message", store.ErrNone, message(other, 1, "m1"), named(other, 1, a))
		refused("no message", store.ErrNone, named(c, 1, a))
		must(t, save(t, s, message(c, 1, "m1"), named(c, 1, a)))
		refused("the same message", store.ErrExists, message(c, 1, "m1"), named(c, 1, a))
		refused("the same name", store.ErrExists, named(c, 1, a))
		refused("a second message", store.ErrNone, message(c, 2, "m2"), named(c, 2, a))
		refused("a piece behind the end", store.ErrNone,
			store.AttachmentPiece{Unit: c.Unit, Attachment: a.ID, N: 9, Bytes: []byte{1}})
		seq, err := s.LastSeq(t.Context(), c.Unit, c.ID)
		must(t, err)
		want(t, "messages that were saved", seq, 1)
	})
}

// The limits are known before anything is queued.
func TestAttachmentLimits(t *testing.T) {
	c := contact(unitID(), "c1")
	a, pieces := attached(c, 1)
	must(t, store.Check(a, pieces[0], named(c, 1, a)))
	long, empty, zero, first := pieces[0], pieces[0], a, named(c, 0, a)
	long.Bytes = make([]byte, store.PieceMax+1)
	empty.Bytes = nil
	zero.Size = 0
	unnamed, unnumbered := a, pieces[0]
	unnamed.Name = ""
	unnumbered.N = 0
	for _, row := range []store.Row{long, empty, zero, first, unnamed, unnumbered} {
		if err := store.Check(row); !errors.Is(err, store.ErrBadUnit) {
			t.Errorf("%T: %v", row, err)
		}
	}
}

// What was brought before there was a contact becomes its message's in the commit that
// makes it; what is another's, or a message's already, stays as it is.
func TestAttachmentMoved(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		waiting := store.Contact{Unit: c.Unit, ID: contact(c.Unit, "w").ID}
		file, pieces := attached(waiting, 1)
		upload(t, s, file, pieces)
		moved := store.AttachmentMoved{Unit: c.Unit, Attachment: file.ID, From: waiting.ID, Contact: c.ID, Seq: 1}
		foreign := moved
		foreign.From = c.ID
		must(t, save(t, s, c, message(c, 1, "m1"), foreign))
		got, err := s.Attachment(ctx, c.Unit, file.ID)
		must(t, err)
		want(t, "the message of a file of another place", got.Seq, uint64(0))
		second := moved
		second.Seq = 2
		must(t, save(t, s, message(c, 2, "m2"), second, moved))
		all, err := s.MessageAttachments(ctx, c.Unit, c.ID, 1, 9)
		must(t, err)
		if len(all) != 1 || all[0].ID != file.ID || all[0].Seq != 2 {
			t.Errorf("the contact's files are %+v", all)
		}
	})
}

// Attachments that no message names go once they are old, pieces and all; named and
// young ones stay.
func TestSweepOrphans(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		orphan, orphanPieces := attached(c, 17) // more than one unit deletes
		half, halfPieces := attached(c, 2)
		kept, keptPieces := attached(c, 1)
		young, youngPieces := attached(c, 1)
		young.At = 100
		upload(t, s, orphan, orphanPieces)
		upload(t, s, half, halfPieces[:1])
		upload(t, s, kept, keptPieces)
		upload(t, s, young, youngPieces)
		must(t, save(t, s, c, message(c, 1, "m1"), named(c, 1, kept)))
		// A sweep that a process did not live to end.
		execBeside(t, o, `update attachment set seq = -1 where size = `+"262145")

		must(t, s.SweepOrphans(ctx, 100))
		none[store.Attachment](t, "orphan")(s.Attachment(ctx, c.Unit, orphan.ID))
		none[store.Attachment](t, "half an orphan")(s.Attachment(ctx, c.Unit, half.ID))
		for _, id := range [...][16]byte{kept.ID, young.ID} {
			_, err := s.Attachment(ctx, c.Unit, id)
			must(t, err)
		}
		want(t, "pieces", pieceCount(t, o), 4)
		must(t, s.SweepOrphans(ctx, 100))
		want(t, "pieces after another sweep", pieceCount(t, o), 4)
	})
}

var createTable = regexp.MustCompile(`(?m)^create table (\w+)`)

// tablesAfterFirst are the tables that the migrations after the first make.
func tablesAfterFirst(t *testing.T) (tables []string) {
	t.Helper()
	files, err := filepath.Glob("schema/*.sql")
	must(t, err)
	for _, file := range files[1:] {
		text, err := os.ReadFile(file)
		must(t, err)
		for _, found := range createTable.FindAllSubmatch(text, -1) {
			tables = append(tables, string(found[1]))
		}
	}
	return tables
}

// What no message names is dropped whole at a word; what one names stays.
func TestDropAttachment(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		dropped, droppedPieces := attached(c, 17) // more than one unit deletes
		kept, keptPieces := attached(c, 1)
		upload(t, s, dropped, droppedPieces)
		upload(t, s, kept, keptPieces)
		must(t, save(t, s, c, message(c, 1, "m1"), named(c, 1, kept)))
		must(t, s.DropAttachment(ctx, c.Unit, dropped.ID))
		must(t, s.DropAttachment(ctx, c.Unit, dropped.ID))
		must(t, s.DropAttachment(ctx, c.Unit, kept.ID))
		none[store.Attachment](t, "dropped")(s.Attachment(ctx, c.Unit, dropped.ID))
		_, err := s.OpenAttachment(ctx, c.Unit, kept.ID)
		must(t, err)
		want(t, "pieces", pieceCount(t, o), 2)
	})
}

// A store of the first schema is brought up to date at its opening, with all it holds.
func TestFirstSchemaOpens(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := contact(unitID(), "c1")
		must(t, save(t, s, message(c, 1, "m1"), c, openRow(c, acd.Queued), fact(c, acd.FactArrived, acd.At(time.Now()))))
		old := audit(c.Unit, "queue.change")
		must(t, save(t, s, old))
		core := s.Core()
		must(t, s.Close())
		// The first schema is the present one without what came after it.
		if o.DSN == "" {
			execBeside(t, o, `drop table mail_find`)
		}
		for _, table := range tablesAfterFirst(t) {
			execBeside(t, o, `drop table `+table)
		}
		for _, text := range []string{`drop index audit_chain`, `drop index audit_object`, `alter table audit drop column n`,
			`alter table audit drop column hash`, `drop index object_name`, `alter table object drop column owner`,
			`create unique index object_name on object (site, unit, kind, fold) where not deleted`, `drop index contact_thread`, `alter table contact drop column category`, `alter table interval_count drop column abandoned_in_time`, `update core set schema = 1`} {
			execBeside(t, o, text)
		}
		s = open(t, o)
		want(t, "epoch", s.Core().Epoch, core.Epoch+1)
		got, err := s.Contact(t.Context(), c.Unit, c.ID)
		must(t, err)
		want(t, "contact", got, c)
		a, pieces := attached(c, 1)
		upload(t, s, a, pieces)
		must(t, save(t, s, message(c, 2, "m2"), named(c, 2, a)))
		// What is from before the chain of audit entries is its beginning.
		must(t, save(t, s, audit(c.Unit, "queue.remove")))
		want(t, "the audit log", checkAudit(t, s, c.Unit), store.ChainCheck{Entries: 2})
		execBeside(t, o, `update audit set by_name = 'another' where action = 'queue.change'`)
		if got := checkAudit(t, s, c.Unit); !got.Bad || got.Number != 1 {
			t.Errorf("an entry from before the chain was changed: %+v", got)
		}
	})
}
