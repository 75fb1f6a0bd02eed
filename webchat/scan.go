package webchat

import (
	"context"
	"fmt"
	"io"

	"portico/fault"
	"portico/store"
)

// Scanner looks through files before anybody sees them.
type Scanner interface {
	// Scan gives the name of what it found; empty for nothing. An error says nothing of
	// the file.
	Scan(ctx context.Context, file io.Reader) (found string, err error)
}

// scansMax is how many files are looked through at the same time.
const scansMax = 4

var (
	errFileHarmful = fault.New(fault.Invalid, "file_harmful", "The virus scanner refuses this file.").On("file")
	errScannerAway = fault.New(fault.Unavailable, "scanner_away",
		"Files cannot be checked for viruses at the moment, so none is taken. Please try again later.").On("file")
)

// look has a saved file looked through, where there is somebody to do so. What nobody
// could look through is refused.
func (c *Chats) look(ctx context.Context, a store.Attachment) error {
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
	file, err := c.o.Store.OpenAttachment(ctx, a.Unit, a.ID)
	if err != nil {
		return fmt.Errorf("open a file for the scanner: %w", err)
	}
	began := c.o.Now()
	found, err := c.o.Scanner.Scan(ctx, file)
	switch {
	case err != nil && file.Err() != nil:
		return fmt.Errorf("read a file for the scanner: %w", err)
	case err != nil:
		c.scannerLost(err)
		return errScannerAway
	}
	if c.scannerAway.Swap(false) {
		c.log.Info("the virus scanner is back")
	}
	if found == "" {
		return nil
	}
	c.log.Warn("the virus scanner refuses a file", "contact", a.Contact, "found", found, "took", c.o.Now().Sub(began))
	return errFileHarmful.With("name", a.Name).With("found", found)
}

// scannerLost raises the alarm once, until the scanner is back.
func (c *Chats) scannerLost(err error) {
	if !c.scannerAway.Swap(true) {
		c.log.Error("the virus scanner does not answer", "err", err)
	}
}
