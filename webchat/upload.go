package webchat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

const (
	// filePace is how many bytes of a file must come in a second on the whole, after a
	// start of Limits.PieceWait.
	filePace = 32 << 10
	// scanWait is how long looking through a file may take.
	scanWait = 2 * time.Minute
	// answerWait is how long the answer to a file may take once all of it is there.
	answerWait = scanWait + 2*messageWait
	// drainMax is how much of a refused file is read all the same: who still sends does not
	// listen, and would not learn why it is refused.
	drainMax = 32 << 20
	// filesMax is how many files one conversation may hold, and uploadsEachMax how many
	// may be on their way to it.
	filesMax       = 200
	uploadsEachMax = 4
	// agentUploadsMax is how many files of agents may be on their way together.
	agentUploadsMax = 64
	// uploadNameMax is how long a file's name may be as it comes, in bytes.
	uploadNameMax = 1000
)

// The faults of files. A file that is refused is named, so that its sender knows which
// one it was.
var (
	errFilesOff     = fault.New(fault.Invalid, "files_off", "Files cannot be sent in this chat.")
	errFileEmpty    = fault.New(fault.Invalid, "file_empty", "The file is empty.").On("file")
	errFileLong     = fault.New(fault.Invalid, "file_too_large", "The file is too large.").On("file")
	errFileLength   = fault.New(fault.Invalid, "file_length", "Say with Content-Length how long the file is.").On("file")
	errFileType     = fault.New(fault.Invalid, "file_type", "Files of this type cannot be sent here.").On("file")
	errFileMismatch = fault.New(fault.Invalid, "file_mismatch", "The file is not what its name or type says.").On("file")
	errFileBroken   = fault.New(fault.Invalid, "file_broken", "The file did not arrive whole. Please send it again.").On("file")
	errFileUnknown  = fault.New(fault.Missing, "file_unknown", "There is no such file.")
	errTooManyFiles = fault.New(fault.TooMany, "too_many_files", "This chat holds too many files.").On("file")
)

// Attach saves a file of an agent and the message that names it, once both are
// durable. The same client id again gives the message that it made.
func (c *Chats) Attach(ctx context.Context, u dialogue.Upload) (store.Message, store.Attachment, error) {
	if c.agentUploads.Add(1) > agentUploadsMax {
		c.agentUploads.Add(-1)
		return store.Message{}, store.Attachment{}, errBusy
	}
	defer c.agentUploads.Add(-1)
	conv, err := c.ofAgent(u.Unit, u.Contact)
	if err != nil {
		return store.Message{}, store.Attachment{}, err
	}
	defer conv.unpin()
	row := store.Message{ClientID: u.ClientID, Author: store.AuthorAgent, By: u.Agent, Kind: kindFile}
	asked := dialogue.Outgoing{Unit: u.Unit, Contact: u.Contact, Agent: u.Agent, Kind: kindFile}
	return conv.attach(ctx, u, row, func() error { return c.mayWrite(asked) })
}

// attachOfCustomer is Attach for the customer, who is at an address.
func (c *Chats) attachOfCustomer(ctx context.Context, u dialogue.Upload, from netip.Addr) (store.Message, store.Attachment, error) {
	done, ok := c.bounds.upload(from, u.Size)
	if !ok {
		return store.Message{}, store.Attachment{}, errBusy
	}
	defer done()
	conv := c.pin(u.Unit, u.Contact)
	defer conv.unpin()
	conv.seen()
	row := store.Message{ClientID: u.ClientID, Author: store.AuthorCustomer, Kind: kindFile}
	return conv.attach(ctx, u, row, func() error { return c.isOpen(u.Unit, u.Contact) })
}

// attach takes a file in and has a message name it. What no message names in the end
// is deleted: by whoever finds that out, else at night.
func (c *conversation) attach(ctx context.Context, u dialogue.Upload, row store.Message, allowed func() error) (store.Message, store.Attachment, error) {
	chats := c.chats
	if !chats.enter() {
		return store.Message{}, store.Attachment{}, errStopping
	}
	defer chats.running.Done()
	body := newUpload(u, chats.bounds.limits.PieceWait)
	old, err := c.sent(ctx, u.ClientID)
	if err == nil {
		body.drain()
		return c.attached(ctx, old)
	}
	if errors.Is(err, store.ErrNone) {
		err = allowed()
	}
	if err != nil {
		body.drain()
		return old, store.Attachment{}, err
	}
	a, err := c.take(ctx, body)
	if err != nil {
		return old, a, err
	}
	row.Text = a.Name
	sending, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	m, err := c.sendNaming(sending, row, &a, allowed)
	if err != nil {
		// One that could not be saved for now may still be: the night knows.
		if f := fault.Of(err); f != nil && f.Kind != fault.Unavailable {
			chats.dropFile(a)
		}
		return m, a, err
	}
	m, named, err := c.attached(ctx, m)
	if err == nil && named.ID != a.ID { // another upload with the client id was first
		chats.dropFile(a)
	}
	return m, named, err
}

// sent finds the message of a client id, durable or on its way; store.ErrNone for none.
func (c *conversation) sent(ctx context.Context, clientID string) (store.Message, error) {
	if !isClientID(clientID) {
		return store.Message{}, errClientID
	}
	if c.chats.away.Load() {
		return store.Message{}, errStoreAway
	}
	ctx, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	if err := c.acquire(ctx); err != nil {
		return store.Message{}, err
	}
	if m := c.inFlight(clientID); m != nil {
		c.mu.Unlock()
		select {
		case <-m.certain:
			return m.row, m.err
		case <-ctx.Done():
			return store.Message{}, errStoreAway
		}
	}
	if !c.isKnown(clientID) {
		c.mu.Unlock()
		return store.Message{}, store.ErrNone
	}
	return c.former(ctx, clientID)
}

// attached gives a message with the file that it names.
func (c *conversation) attached(ctx context.Context, m store.Message) (store.Message, store.Attachment, error) {
	if m.Kind != kindFile {
		return m, store.Attachment{}, errClientID // it is that of a message without a file
	}
	ctx, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	all, err := c.chats.o.Store.MessageAttachments(ctx, c.unit, c.contact, m.Seq, m.Seq)
	if err != nil {
		return m, store.Attachment{}, fmt.Errorf("read the file of a message: %w", err)
	}
	if len(all) == 0 {
		return m, store.Attachment{}, errFileUnknown
	}
	return m, all[0], nil
}

// take judges a file by its first piece, saves it piece by piece, and has it looked
// through.
func (c *conversation) take(ctx context.Context, body *upload) (store.Attachment, error) {
	ends, err := c.uploadBegins()
	if err != nil {
		body.drain()
		return store.Attachment{}, err
	}
	defer ends()
	a, piece, err := c.judge(body)
	if err != nil {
		body.drain()
		return a, err
	}
	chats := c.chats
	if err = chats.saveFile(ctx, a, body, piece); err == nil {
		body.until(time.Now().Add(answerWait))
		err = chats.look(ctx, a)
	} else {
		body.drain()
	}
	if err != nil {
		chats.dropFile(a)
	}
	return a, err
}

func (c *conversation) uploadBegins() (ends func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.files+c.uploads >= filesMax:
		return nil, errTooManyFiles
	case c.uploads >= uploadsEachMax:
		return nil, errBusy
	}
	c.uploads++
	return func() {
		c.mu.Lock()
		c.uploads--
		c.mu.Unlock()
	}, nil
}

// judge reads the first piece of a file and decides what it is, and whether it may come.
func (c *conversation) judge(body *upload) (a store.Attachment, first []byte, err error) {
	files := c.chats.setup(c.unit).Settings.Attachments
	switch {
	case !files.Enabled:
		return a, nil, errFilesOff
	case body.Size <= 0:
		return a, nil, errFileEmpty
	case body.Size > files.BytesMax:
		return a, nil, errFileLong.With("max", megabytes(files.BytesMax))
	case !isText(body.Name) || len(body.Name) > uploadNameMax:
		return a, nil, errWrong.On("name")
	}
	if first, err = body.piece(); err != nil {
		return a, nil, err
	}
	is, ok := mediaTypeOf(body.MediaType, body.Name, first)
	name := c.chats.Masker(c.unit).Text(fileName(body.Name, is))
	switch {
	case !ok:
		return a, nil, errFileMismatch.With("name", name)
	case !allowsType(files.Types, is):
		return a, nil, errFileType.With("name", name)
	}
	return store.Attachment{ID: c.chats.o.NewID(), Unit: c.unit, Contact: c.contact, Name: name, MediaType: is, Size: uint64(body.Size),
		At: acd.At(c.chats.o.Now()), By: body.Agent}, first, nil
}

// megabytes writes a limit as people read it.
func megabytes(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt((n+1023)>>10, 10) + " KB"
	}
	return strconv.FormatInt(n>>20, 10) + " MB"
}

// saveFile announces a file and saves its pieces, each as soon as it is there.
func (c *Chats) saveFile(ctx context.Context, a store.Attachment, body *upload, piece []byte) error {
	if err := c.save(ctx, a); err != nil {
		return err
	}
	for n := uint32(1); ; n++ {
		if err := c.save(ctx, store.AttachmentPiece{Unit: a.Unit, Attachment: a.ID, N: n, Bytes: piece}); err != nil {
			return err
		}
		if body.read == body.Size {
			return nil
		}
		var err error
		if piece, err = body.piece(); err != nil {
			return err
		}
	}
}

// save returns when rows are durable.
func (c *Chats) save(ctx context.Context, rows ...store.Row) error {
	if c.away.Load() {
		return errStoreAway
	}
	ctx, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	if err := c.o.Store.Save(ctx, store.Unit{Rows: rows}); err != nil {
		return fmt.Errorf("save a file: %w", err)
	}
	return nil
}

// dropFile deletes what no message names. What it cannot delete goes at night.
func (c *Chats) dropFile(a store.Attachment) {
	ctx, cancel := context.WithTimeout(c.context, messageWait)
	defer cancel()
	if err := c.o.Store.DropAttachment(ctx, a.Unit, a.ID); err != nil {
		c.log.Info("a file without a message stays until the night", "contact", a.Contact, "err", err)
	}
}

// upload is a file that comes; whoever sends it too slowly is cut off.
type upload struct {
	dialogue.Upload
	wait time.Duration // for one piece
	ends time.Time     // when all of it must be there
	read int64
	err  error // of Body
}

func newUpload(u dialogue.Upload, wait time.Duration) *upload {
	return &upload{Upload: u, wait: wait, ends: time.Now().Add(wait + time.Duration(u.Size/filePace)*time.Second)}
}

func (u *upload) until(at time.Time) {
	if u.Until != nil {
		u.Until(at)
	}
}

// expect gives the next bytes their time.
func (u *upload) expect() {
	at := time.Now().Add(u.wait)
	if at.After(u.ends) {
		at = u.ends
	}
	u.until(at)
}

// piece gives the next bytes, in a buffer of their own: the store may hold them longer
// than its caller waits.
func (u *upload) piece() ([]byte, error) {
	piece := make([]byte, min(store.PieceMax, u.Size-u.read))
	u.expect()
	n, err := io.ReadFull(u.Body, piece)
	u.read += int64(n)
	if err != nil {
		u.err = err
		return nil, errFileBroken
	}
	return piece, nil
}

// drain reads what is left of a refused file, so that its sender comes to listen.
func (u *upload) drain() {
	for u.err == nil && u.read < min(u.Size, drainMax) {
		u.expect()
		var n int64
		n, u.err = io.CopyN(io.Discard, u.Body, min(store.PieceMax, u.Size-u.read))
		u.read += n
	}
	if u.err != nil { // nothing more is waited for
		u.until(time.Now())
	}
}
