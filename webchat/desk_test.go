package webchat

import (
	"context"

	"portico/acd"
	"portico/store"
)

// A desk keeps no files.

func (d *desk) Save(context.Context, store.Unit) error { return nil }

func (d *desk) MessageAttachments(context.Context, acd.UnitID, acd.ContactID, uint64, uint64) ([]store.Attachment, error) {
	return nil, nil
}

func (d *desk) OpenAttachment(context.Context, acd.UnitID, [16]byte) (*store.AttachmentReader, error) {
	return nil, store.ErrNone
}

func (d *desk) DropAttachment(context.Context, acd.UnitID, [16]byte) error { return nil }

func (d *desk) ReadMarks(context.Context, acd.UnitID, acd.ContactID) ([]store.ReadMark, error) {
	return nil, nil
}

// FlowSteps: the desk's chat is in no workflow.
func (d *desk) FlowSteps(context.Context, acd.UnitID, acd.ContactID) ([]store.FlowStep, error) {
	return nil, nil
}
