package store

import (
	"context"
	"database/sql"
	"fmt"

	"portico/acd"
)

const (
	// PieceMax is the most bytes of a piece of an attachment: what a commit takes in
	// without being felt.
	PieceMax = 128 << 10
	// piecesAtOnce is how many pieces one transaction reads or deletes.
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

type pieceRow struct {
	n     int64
	bytes []byte
}

func scanPiece(rows *sql.Rows, p *pieceRow) error { return rows.Scan(&p.n, &p.bytes) }

// AttachmentPieces gives the bytes of an attachment, piece by piece. An error of yield
// ends it. An attachment whose pieces are not all there is an error behind the last.
func (s *Store) AttachmentPieces(ctx context.Context, unit acd.UnitID, id [16]byte, yield func([]byte) error) error {
	a, err := s.Attachment(ctx, unit, id)
	if err != nil {
		return err
	}
	var n int64
	var size uint64
	for {
		pieces, err := list(ctx, s, scanPiece, `select n, bytes from attachment_piece
			where site = ? and unit = ? and attachment = ? and n > ? order by n limit ?`,
			s.encoder.site, s.engine.id(unit), s.engine.id(id), n, piecesAtOnce)
		if err != nil {
			return err
		}
		for _, p := range pieces {
			if err := yield(p.bytes); err != nil {
				return err
			}
			n = p.n
			size += uint64(len(p.bytes))
		}
		if len(pieces) < piecesAtOnce {
			break
		}
	}
	if size != a.Size {
		return fmt.Errorf("the attachment is not whole: %d bytes of %d are there", size, a.Size)
	}
	return nil
}
