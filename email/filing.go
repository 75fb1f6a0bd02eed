package email

import (
	"context"
	"fmt"
	"time"

	"portico/acd"
	"portico/mailbox"
	"portico/store"
)

const (
	// filingsMax is how many contacts' messages may wait to be moved.
	filingsMax = 16384
	filingMax  = 30 * time.Second
	// filingTries is how often a message is moved that is still on its way elsewhere.
	filingTries = 5
	filingPause = 2 * time.Second
)

// filing is a contact that is over: its messages go to the folder of what is done. Where
// that is lost the message stays in the folder of what is open; nothing depends on it.
type filing struct {
	unit    acd.UnitID
	contact acd.ContactID
	tries   int
}

// fileSoon has the messages of a contact moved. It does not block.
func (c *Channel) fileSoon(unit acd.UnitID, contact acd.ContactID) {
	select {
	case c.filing <- filing{unit: unit, contact: contact}:
	default:
		c.log.Info("a handled message stays where it is: too many wait to be moved", "contact", contact)
	}
}

// file moves messages until the channel stops.
func (c *Channel) file() {
	for {
		select {
		case <-c.context.Done():
			return
		case f := <-c.filing:
			ctx, cancel := context.WithTimeout(c.context, filingMax)
			err := c.fileOne(ctx, f)
			cancel()
			if err == nil || c.context.Err() != nil {
				continue
			}
			if f.tries++; f.tries >= filingTries {
				c.log.Info("a handled message stays where it is", "contact", f.contact, "err", err)
				continue
			}
			timer := time.AfterFunc(filingPause, func() {
				select {
				case c.filing <- f:
				default:
				}
			})
			context.AfterFunc(c.context, func() { timer.Stop() })
		}
	}
}

func (c *Channel) fileOne(ctx context.Context, f filing) error {
	mails, err := c.o.Store.Mails(ctx, f.unit, f.contact, 0)
	if err != nil {
		return fmt.Errorf("reading the mails of a contact: %w", err)
	}
	for _, m := range mails {
		if m.Direction != store.MailIn || m.Place.IsGone() {
			continue
		}
		moves, err := c.boxes.Move(ctx, intakeWho, []mailbox.Location{locate(m)}, mailbox.Done)
		if err != nil {
			return fmt.Errorf("moving a message: %w", err)
		}
		if err := (sink{c}).Moved(ctx, moves); err != nil {
			return err
		}
	}
	return nil
}
