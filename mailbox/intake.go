package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"portico/letter"
)

const (
	// chunkMax is how many messages are asked about at once, batchMax how many bytes of
	// them are fetched at once.
	chunkMax = 64
	batchMax = 4 << 20
	// asideFor is when a message that was set aside, or could not be filed, is tried again.
	asideFor = 5 * time.Minute
	fileFor  = 30 * time.Second
	// refusedMax is how often the connection may break at one message before it is
	// routed as one that the server does not give.
	refusedMax = 3
)

// step is how far a message has come.
type step uint8

const (
	flying step = iota // handed to the Sink
	sure               // taken; to be filed
	filed              // done with
	aside              // not taken; tried again
)

type progress struct {
	step    step
	outcome Outcome
	again   time.Time // of aside, and of what could not be filed: not before
}

// intake takes in what is in the inbox. It belongs to one goroutine.
type intake struct {
	r        *runner
	lanes    *lanes
	s        *session
	validity uint32
	changed  bool // prints carry hashes, since numbers have changed
	next     uint32
	told     uint32 // next, as the Sink knows it
	seen     map[uint32]*progress
	failures map[uint32]int // how often the connection broke at a message
	single   bool           // one message at a time, to find the one that it breaks at
	untold   []Move
}

func newIntake(r *runner) *intake {
	return &intake{r: r, lanes: r.lanes, seen: map[uint32]*progress{}, failures: map[uint32]int{}}
}

// run reads the inbox until the context ends, whatever the server does.
func (in *intake) run(ctx context.Context) {
	for failed := 0; ctx.Err() == nil; {
		err := in.visit(ctx, &failed)
		failed++
		if in.s != nil {
			in.s.close()
			in.s = nil
		}
		if ctx.Err() != nil {
			break
		}
		in.r.lost(err)
		if !sleep(ctx, backoff(failed, in.r.m.o.RetryMax)) {
			break
		}
	}
}

// visit connects and stays until something breaks.
func (in *intake) visit(ctx context.Context, failed *int) (err error) {
	in.s, err = open(ctx, &in.r.account, in.r.tokens, in.r.m.o.StepMax)
	if err != nil {
		return err
	}
	for _, p := range []Place{Working, Done, Exceptions} {
		if _, err := in.s.ensure(ctx, p); err != nil && !alive(err) {
			return err // what the server merely refuses is seen again when filing
		}
	}
	inbox, err := in.s.name(ctx, Inbox)
	if err != nil {
		return err
	}
	if err := in.s.enter(ctx, inbox, true); err != nil {
		return err
	}
	if err := in.resume(ctx); err != nil {
		return err
	}
	in.r.connected(in.s)
	for ctx.Err() == nil {
		*failed = 0
		if err := in.round(ctx); err != nil {
			return err
		}
		if err := in.s.idle(ctx, in.pause()); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// pause is how long to wait at most: shorter when something is to be tried again.
func (in *intake) pause() time.Duration {
	most := in.r.m.o.IdleMax
	for _, p := range in.seen {
		if p.step == aside || p.step == sure {
			most = min(most, max(time.Until(p.again), 10*time.Millisecond))
		}
	}
	if len(in.untold) > 0 {
		most = min(most, fileFor)
	}
	return most
}

// resume finds out where to go on in the inbox that was just opened.
func (in *intake) resume(ctx context.Context) error {
	if in.validity == in.s.validity && in.validity != 0 {
		return nil // the server or the network went away, and nothing else happened
	}
	// What is on its way has numbers that count no more: first it has to be certain.
	for !in.lanes.settled(ctx, time.Minute) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	in.lanes.results()
	var at Position
	err := in.insist(ctx, "asking where to go on", func() (err error) {
		at, err = in.r.m.o.Sink.Position(ctx, in.r.account.ID, in.s.validity)
		return err
	})
	if err != nil {
		return err
	}
	if in.validity != 0 {
		in.r.log.Info("the mailbox's numbers have changed", "before", in.validity, "now", in.s.validity)
	}
	in.validity, in.changed = in.s.validity, at.Changed
	in.next, in.told, in.untold = max(at.Next, 1), at.Next, nil
	clear(in.seen)
	clear(in.failures)
	if at.Next == 0 && !at.Changed && in.r.account.OnlyNew {
		in.next = in.s.uidNext
		if in.next == 0 { // the server does not tell
			all, err := in.s.uids(ctx, 1)
			if err != nil {
				return err
			}
			if in.next = 1; len(all) > 0 {
				in.next = all[len(all)-1] + 1
			}
		}
	}
	return nil
}

// insist asks the Sink until it answers.
func (in *intake) insist(ctx context.Context, what string, f func() error) error {
	for n := 1; ; n++ {
		err := f()
		if err == nil {
			return nil
		}
		in.r.log.Warn("the mailbox waits for the store", "doing", what, "err", err)
		in.r.note(func(s *State) { s.Error = "New messages wait in the mailbox, since nothing can be saved now." })
		if !sleep(ctx, backoff(n, retryMax)) {
			return context.Cause(ctx)
		}
	}
}

// round takes in what is new and files what is certain.
func (in *intake) round(ctx context.Context) error {
	uids, err := in.s.uids(ctx, in.next)
	if err != nil {
		return err
	}
	now := time.Now()
	for uid, p := range in.seen {
		if _, there := slices.BinarySearch(uids, uid); p.step == aside && !there {
			p.step = filed // somebody took it away
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool {
		p := in.seen[uid]
		return p != nil && (p.step != aside || now.Before(p.again))
	})
	in.r.note(func(s *State) { s.Waiting = len(fresh) + in.count(flying, aside) })
	for len(fresh) > 0 {
		n := min(chunkMax, len(fresh))
		if in.single {
			n = 1
		}
		if err := in.chunk(ctx, fresh[:n]); err != nil {
			return in.blame(ctx, fresh[:n], err)
		}
		if err := in.file(ctx); err != nil {
			return err
		}
		fresh = fresh[n:]
		in.advance(ctx, fresh)
		in.r.note(func(s *State) { s.Waiting = len(fresh) + in.count(flying, aside) })
	}
	in.single = len(in.failures) > 0
	in.lanes.settled(ctx, 250*time.Millisecond)
	if err := in.file(ctx); err != nil {
		return err
	}
	in.advance(ctx, nil)
	in.tell(ctx)
	in.r.note(func(s *State) {
		s.Waiting, s.Aside = in.count(flying, aside), in.count(aside)
		s.Error, s.Hint = "", ""
	})
	return nil
}

func (in *intake) count(steps ...step) int {
	n := 0
	for _, p := range in.seen {
		if slices.Contains(steps, p.step) {
			n++
		}
	}
	return n
}

// blame counts an error against the messages at which it happened, and next time looks
// at one after the other.
func (in *intake) blame(ctx context.Context, uids []uint32, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if in.single || len(uids) == 1 {
		in.failures[uids[0]]++
	}
	in.single = true
	if alive(err) { // refused, and the session still stands: go on at once
		in.r.log.Warn("the server refuses to give messages", "err", err)
		select {
		case in.s.news <- struct{}{}:
		default:
		}
		return nil
	}
	return err
}

// chunk takes in some messages, lowest number first.
func (in *intake) chunk(ctx context.Context, uids []uint32) error {
	if len(uids) == 1 && in.failures[uids[0]] >= refusedMax {
		return in.refused(ctx, uids[0])
	}
	prints, err := in.s.prints(ctx, uids, in.changed)
	if err != nil {
		return err
	}
	prints, err = in.echoes(ctx, prints)
	if err != nil {
		return err
	}
	var known map[uint32]Outcome
	err = in.insist(ctx, "asking what is known", func() (err error) {
		known, err = in.r.m.o.Sink.Known(ctx, in.r.account.ID, in.validity, prints)
		return err
	})
	if err != nil {
		return err
	}
	there := map[uint32]bool{}
	var small []Print
	for _, p := range prints {
		there[p.UID] = true
		outcome, old := known[p.UID]
		switch {
		case old:
			in.seen[p.UID] = &progress{step: sure, outcome: outcome}
		case p.Size <= wholeMax && in.failures[p.UID] == 0:
			small = append(small, p)
		default:
			// In order: what came before goes first.
			if err := in.batches(ctx, small); err != nil {
				return err
			}
			small = nil
			if err := in.large(ctx, p); err != nil {
				return err
			}
		}
	}
	if err := in.batches(ctx, small); err != nil {
		return err
	}
	for _, uid := range uids {
		if !there[uid] && in.seen[uid] == nil {
			in.seen[uid] = &progress{step: filed} // gone meanwhile
		}
	}
	return nil
}

// batches fetches small messages whole, as many at once as memory allows.
func (in *intake) batches(ctx context.Context, prints []Print) error {
	for len(prints) > 0 {
		size, n := int64(0), 0
		for n < len(prints) && (n == 0 || size+prints[n].Size <= batchMax) {
			size += prints[n].Size
			n++
		}
		batch := prints[:n]
		prints = prints[n:]
		uids := make([]uint32, n)
		for i, p := range batch {
			uids[i] = p.UID
		}
		bodies, err := in.s.bodies(ctx, uids, size)
		if err != nil {
			return err
		}
		for _, p := range batch {
			raw, ok := bodies[p.UID]
			if !ok { // gone meanwhile, or withheld: the next list tells
				in.failures[p.UID]++
				in.single = true
				in.seen[p.UID] = &progress{step: aside}
				continue
			}
			mail := letter.Read(bytes.NewReader(raw), in.letter())
			if err := in.hand(ctx, p, mail, raw, hashHeader(raw)); err != nil {
				return err
			}
			delete(bodies, p.UID)
		}
	}
	return nil
}

func (in *intake) letter() letter.Options { return in.r.m.o.Letter(in.r.account.ID) }

// large takes in a message by its parts; when the server does not describe it well, by
// reading it from end to end without keeping it.
func (in *intake) large(ctx context.Context, p Print) error {
	var mail *letter.Mail
	var hash [32]byte
	var err error
	if in.failures[p.UID] == 0 {
		mail, hash, err = in.s.assemble(ctx, p.UID, in.letter())
	} else {
		mail, hash, err = in.through(ctx, p)
	}
	if err == errGone {
		in.failures[p.UID]++
		in.seen[p.UID] = &progress{step: aside}
		return nil
	}
	if err != nil {
		in.failures[p.UID]++ // the chunk's other messages are beyond doubt
		return err
	}
	if p.Size > in.r.account.MaxSize && mail.Broken == "" {
		mail.Broken = fmt.Sprintf("The message has %d MiB, more than the %d MiB that are taken in; its attachments are in the mailbox.", p.Size>>20, in.r.account.MaxSize>>20)
	}
	return in.hand(ctx, p, mail, nil, hash)
}

// through reads a whole message as it comes.
func (in *intake) through(ctx context.Context, p Print) (*letter.Mail, [32]byte, error) {
	body, err := in.s.stream(ctx, p.UID, "", 2*min(p.Size, in.r.account.MaxSize)+4<<20, 10*in.s.stepMax)
	if err != nil {
		return nil, [32]byte{}, err
	}
	head := &beginning{r: body, most: headerMax}
	mail := letter.Read(head, in.letter())
	if err := body.finish(); err != nil {
		return nil, [32]byte{}, err
	}
	return mail, hashHeader(head.kept), nil
}

// refused routes a message that the server does not give, with what is known of it.
func (in *intake) refused(ctx context.Context, uid uint32) error {
	mail := &letter.Mail{Broken: "The mail server does not give this message, though it was asked several times. Look at it in the mailbox with another program.", Subject: "(unreadable message)"}
	delete(in.failures, uid)
	return in.hand(ctx, Print{UID: uid}, mail, nil, [32]byte{})
}

// hand gives a message to its lane.
func (in *intake) hand(ctx context.Context, p Print, mail *letter.Mail, raw []byte, hash [32]byte) error {
	delete(in.failures, p.UID)
	in.seen[p.UID] = &progress{step: flying}
	in.r.note(func(s *State) { s.Last = time.Now() })
	return in.lanes.give(ctx, &Incoming{Ref: in.s.ref(p.UID), InternalDate: p.InternalDate, Size: p.Size, HeaderHash: hash, Mail: mail, Raw: raw})
}

// file moves what is certain to where it belongs.
func (in *intake) file(ctx context.Context) error {
	now := time.Now()
	for _, v := range in.lanes.results() {
		p := in.seen[v.uid]
		if p == nil || v.validity != in.validity {
			continue
		}
		if v.aside {
			p.step, p.again = aside, now.Add(asideFor)
		} else {
			p.step, p.outcome = sure, v.outcome
		}
	}
	ready := map[Place][]uint32{}
	for uid, p := range in.seen {
		if p.step == sure && !now.Before(p.again) {
			ready[p.outcome.Place] = append(ready[p.outcome.Place], uid)
		}
	}
	for _, place := range slices.Sorted(maps.Keys(ready)) {
		uids := ready[place]
		slices.Sort(uids)
		for batch := range slices.Chunk(uids, 200) {
			if err := in.fileTo(ctx, place, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *intake) fileTo(ctx context.Context, place Place, uids []uint32) error {
	if place != Stay && place != Inbox {
		moves, err := in.s.move(ctx, uids, place)
		if err != nil && !alive(err) {
			return err
		}
		if err != nil { // a full mailbox, a folder that may not be: the messages stay meanwhile
			in.r.log.Warn("messages cannot be filed", "err", err)
			for _, uid := range uids {
				in.seen[uid].again = time.Now().Add(fileFor)
			}
			return nil
		}
		in.untold = append(in.untold, moves...)
	}
	for _, uid := range uids {
		in.seen[uid].step = filed
	}
	return nil
}

// tell lets the Sink know where messages have gone.
func (in *intake) tell(ctx context.Context) {
	if len(in.untold) == 0 {
		return
	}
	if err := in.r.m.o.Sink.Moved(ctx, in.untold); err != nil {
		in.r.log.Warn("where messages were filed is not saved yet", "err", err)
		return
	}
	in.untold = nil
}

// advance moves next up to the first message that is not done with; waiting are those
// not looked at yet, in order.
func (in *intake) advance(ctx context.Context, waiting []uint32) {
	next := in.next
	for uid := range in.seen {
		next = max(next, uid+1)
	}
	if len(waiting) > 0 {
		next = min(next, waiting[0])
	}
	for uid, p := range in.seen {
		if p.step != filed {
			next = min(next, uid)
		}
	}
	maps.DeleteFunc(in.seen, func(uid uint32, _ *progress) bool { return uid < next })
	maps.DeleteFunc(in.failures, func(uid uint32, _ int) bool { return uid < next })
	in.next = next
	if next == in.told || len(waiting) > 0 {
		return
	}
	if err := in.r.m.o.Sink.Advance(ctx, in.r.account.ID, in.validity, next); err != nil {
		in.r.log.Warn("where intake goes on is not saved yet", "err", err)
		return
	}
	in.told = next
}

// beginning keeps the first bytes of what is read through it.
type beginning struct {
	r    io.Reader
	most int
	kept []byte
}

func (b *beginning) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if room := b.most - len(b.kept); room > 0 {
		b.kept = append(b.kept, p[:min(n, room)]...)
	}
	return n, err
}
