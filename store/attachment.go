package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"

	"portico/acd"
)

const (
	// PieceMax is the most bytes of a piece of an attachment: what a commit takes in
	// without being felt.
	PieceMax = 128 << 10
	// piecesAtOnce is how many pieces one transaction deletes.
	piecesAtOnce = 8
)

const attachmentColumns = `unit, id, contact, seq, name, media_type, size, at, by_agent`

func scanAttachment(rows *sql.Rows, a *Attachment) error {
	return rows.Scan((*scanID)(&a.Unit), (*scanID)(&a.ID), (*scanID)(&a.Contact), &a.Seq, &a.Name, &a.MediaType, &a.Size,
		&a.At, (*scanID)(&a.By))
}

// Attachment gives what an attachment is, named by a message or not yet (Seq tells).
func (s *Store) Attachment(ctx context.Context, unit acd.UnitID, id [16]byte) (Attachment, error) {
	return one(ctx, s, scanAttachment, `select `+attachmentColumns+` from attachment
		where site = ? and unit = ? and id = ? and seq >= 0`, s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// MessageAttachments gives the attachments that the messages numbered from first to
// last name, in their order, at most PageMax.
func (s *Store) MessageAttachments(ctx context.Context, unit acd.UnitID, contact acd.ContactID, first, last uint64,
) ([]Attachment, error) {
	return list(ctx, s, scanAttachment, `select `+attachmentColumns+` from attachment
		where site = ? and unit = ? and contact = ? and seq between ? and ? and seq > 0 order by seq, id limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), int64(first), int64(last), PageMax)
}

// AttachmentReader reads the bytes of one attachment and holds one piece of them. It
// is for one goroutine, and good as long as the context it was opened with.
type AttachmentReader struct {
	// Of is the attachment as it was at the opening.
	Of Attachment

	ctx   context.Context
	store *Store
	ends  []int64 // how many bytes the pieces up to each one hold
	at    int64   // where the next Read begins
	n     int     // number of the piece in hand; 0: none
	piece []byte
	err   error
}

// Err gives what the store answered to the last Read that failed; nil when none did.
func (r *AttachmentReader) Err() error { return r.err }

// OpenAttachment gives a reader of an attachment. One whose pieces are not all there
// is an error.
func (s *Store) OpenAttachment(ctx context.Context, unit acd.UnitID, id [16]byte) (*AttachmentReader, error) {
	a, err := s.Attachment(ctx, unit, id)
	if err != nil {
		return nil, err
	}
	sizes, err := list(ctx, s, scanNumber, `select length(bytes) from attachment_piece
		where site = ? and unit = ? and attachment = ? order by n`, s.encoder.site, s.engine.id(unit), s.engine.id(id))
	if err != nil {
		return nil, err
	}
	r := &AttachmentReader{Of: a, ctx: ctx, store: s, ends: make([]int64, len(sizes))}
	var end int64
	for i, size := range sizes {
		end += size
		r.ends[i] = end
	}
	if uint64(end) != a.Size {
		return nil, fmt.Errorf("the attachment is not whole: %d bytes of %d are there", end, a.Size)
	}
	return r, nil
}

// Read reads on from where the last Read or Seek ended. One Read gives bytes of one
// piece.
func (r *AttachmentReader) Read(b []byte) (int, error) {
	if r.at >= int64(r.Of.Size) {
		return 0, io.EOF
	}
	i, _ := slices.BinarySearch(r.ends, r.at+1)
	if r.n != i+1 {
		piece, err := one(r.ctx, r.store, func(rows *sql.Rows, b *[]byte) error { return rows.Scan(b) },
			`select bytes from attachment_piece where site = ? and unit = ? and attachment = ? and n = ?`,
			r.store.encoder.site, r.store.engine.id(r.Of.Unit), r.store.engine.id(r.Of.ID), int64(i+1))
		if err != nil {
			r.err = fmt.Errorf("reading piece %d of an attachment: %w", i+1, err)
			return 0, r.err
		}
		r.n, r.piece = i+1, piece
	}
	n := copy(b, r.piece[int64(len(r.piece))-(r.ends[i]-r.at):])
	r.at += int64(n)
	return n, nil
}

// Seek says where the next Read begins, as io.Seeker has it.
func (r *AttachmentReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += int64(r.Of.Size)
	}
	if offset < 0 {
		return r.at, errors.New("store: a place before the beginning of an attachment")
	}
	r.at = offset
	return offset, nil
}

// DropAttachment deletes an attachment that no message names, with its pieces, and
// waits until it is gone. One that a message names meanwhile stays.
func (s *Store) DropAttachment(ctx context.Context, unit acd.UnitID, id [16]byte) error {
	return s.dropAttachment(ctx, doomed{unit: unit, id: id})
}
