package webchat

import (
	"context"
	"io"

	"portico/dialogue"
	"portico/store"
)

// What other channels need of how files are taken in here.

// Take saves a file of an agent that no message names yet, once it was judged and looked
// through. One that nothing names is swept at night.
func (c *Chats) Take(ctx context.Context, u dialogue.Upload) (store.Attachment, error) {
	if c.agentUploads.Add(1) > agentUploadsMax {
		c.agentUploads.Add(-1)
		return store.Attachment{}, errBusy
	}
	defer c.agentUploads.Add(-1)
	if !c.enter() {
		return store.Attachment{}, errStopping
	}
	defer c.running.Done()
	if !isClientID(u.ClientID) {
		return store.Attachment{}, errClientID
	}
	conv := &conversation{chats: c, unit: u.Unit, contact: u.Contact} // nobody else's: it counts its own files alone
	return conv.take(ctx, newUpload(u, c.bounds.limits.PieceWait))
}

// Looks reports whether somebody looks through files.
func (c *Chats) Looks() bool { return c.o.Scanner != nil }

// Look has a stream looked through; nil: it is clean.
func (c *Chats) Look(ctx context.Context, name string, r io.Reader) error {
	if c.o.Scanner == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, scanWait)
	defer cancel()
	select {
	case c.scans <- struct{}{}:
		defer func() { <-c.scans }()
	case <-ctx.Done():
		return errBusy
	}
	found, err := c.o.Scanner.Scan(ctx, r)
	if err != nil {
		c.scannerLost(err)
		return errScannerAway
	}
	if c.scannerAway.Swap(false) {
		c.log.Info("the virus scanner is back")
	}
	if found == "" {
		return nil
	}
	c.log.Warn("the virus scanner refuses a part of a mail", "found", found)
	return errFileHarmful.With("name", name).With("found", found)
}
