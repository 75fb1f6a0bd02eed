package mailbox

import (
	"context"
	"time"

	"portico/letter"
)

// Ref says where a message lies. Folder is the server's own name of it.
type Ref struct {
	Account     ID
	Folder      string
	UIDValidity uint32
	UID         uint32
}

// Print is what a message is known by when its number has changed.
type Print struct {
	UID          uint32
	MessageID    string // with < and >; empty: it has none
	InternalDate time.Time
	Size         int64
	// HeaderHash is the SHA-256 of the header; zero where it was not looked at.
	HeaderHash [32]byte
}

// Incoming is one message that has arrived.
type Incoming struct {
	Ref
	InternalDate time.Time
	Size         int64
	// HeaderHash is the SHA-256 of the header.
	HeaderHash [32]byte
	// Mail is what was understood; never nil.
	Mail *letter.Mail
	// Raw is the whole message, if it has at most 1 MiB; nil otherwise. It may not be
	// kept after Take has returned.
	Raw []byte
}

// Print is what the message is known by under any number.
func (in *Incoming) Print() Print {
	return Print{in.UID, in.Mail.MessageID, in.InternalDate, in.Size, in.HeaderHash}
}

// Outcome says what became of a message: where it belongs now.
type Outcome struct{ Place Place }

// Position is where intake goes on.
type Position struct {
	// Next is the lowest UID of which nothing is known yet; 0: the account's first
	// start. Those below it are not looked at again.
	Next uint32
	// Changed: the account was read before under another UIDVALIDITY. Prints then
	// carry HeaderHash, so that Known can tell by them.
	Changed bool
}

// Move tells where a message has gone. To.UID is 0 where the server does not say.
type Move struct{ From, To Ref }

// Sink takes what arrives, and remembers it. Its methods are called from several
// goroutines; those for one account's messages of one sender come one after the other.
type Sink interface {
	// Position is asked for each time the inbox is opened.
	Position(ctx context.Context, account ID, uidvalidity uint32) (Position, error)
	// Known gives the outcome of those messages that were taken before; by UID.
	Known(ctx context.Context, account ID, uidvalidity uint32, prints []Print) (map[uint32]Outcome, error)
	// Take returns when it is certain that the message is kept. After an error it is
	// handed over again later, as often as it takes; it must bear being told twice.
	Take(ctx context.Context, in *Incoming) (Outcome, error)
	// Moved tells where messages went; an error is told again with the next ones.
	Moved(ctx context.Context, moves []Move) error
	// Advance: everything below next is done with. It may be forgotten: then more is
	// asked of Known after a restart.
	Advance(ctx context.Context, account ID, uidvalidity, next uint32) error
}
