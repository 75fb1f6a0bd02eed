package api

import (
	"errors"
	"math/rand/v2"
	"testing"

	"portico/acd"
	"portico/dialogue"
	"portico/store"
)

// Whatever is told, dropped, told late or read while more comes: a socket sends each
// message of a conversation once, in order.
func TestSocketSendsEachMessageOnce(t *testing.T) {
	for seed := range uint64(300) {
		chance := rand.New(rand.NewPCG(seed, 1))
		contact := acd.ContactID{1}
		k := &socket{wake: make(chan struct{}, 1), talks: map[acd.ContactID]*follow{}, tables: map[tableKind]*tableState{}}
		talk := &follow{contact: contact, behind: true}
		k.talks[contact] = talk
		var saved []store.Message
		var sent []uint64
		quiet := false
		commit := func(tell bool) {
			if quiet {
				return
			}
			saved = append(saved, store.Message{Contact: contact, Seq: uint64(len(saved) + 1)})
			if tell {
				k.tell(talk, dialogue.Frame{Message: &saved[len(saved)-1]})
			}
		}
		flush := func() { // what the writer does, with news at every moment
			frames := k.frames
			k.frames = nil
			for _, f := range frames {
				if chance.IntN(8) == 0 {
					commit(chance.IntN(4) > 0)
				}
				if tf, ok := f.(talkFrame); ok && tf.news.Message != nil {
					sent = append(sent, tf.news.Message.Seq)
				}
			}
			for t, after := k.nextBehind(); t != nil; t, after = k.nextBehind() {
				if chance.IntN(5) == 0 {
					k.caughtUp(t, nil, errors.New("away"))
					break
				}
				rows := saved[after:min(int(after)+catchUpPage, len(saved))]
				if chance.IntN(2) == 0 {
					commit(true)
				}
				k.caughtUp(t, rows, nil)
				for _, m := range rows {
					sent = append(sent, m.Seq)
				}
				if chance.IntN(4) == 0 {
					commit(true)
				}
			}
		}
		for range 100 {
			switch chance.IntN(12) {
			case 0:
				for range chance.IntN(400) {
					commit(true)
				}
			case 1:
				commit(false) // not told: the next one shows the gap
			case 2, 3:
				flush()
			case 4:
				k.push(frame{Topic: "system", Kind: "pong"})
			default:
				commit(true)
			}
		}
		commit(true)
		quiet = true
		for k.waiting() {
			flush()
		}
		for i, seq := range sent {
			if seq != uint64(i+1) {
				t.Fatalf("seed %d: the message %d is sent as the %d-th", seed, seq, i+1)
			}
		}
		if len(sent) < len(saved) {
			t.Fatalf("seed %d: %d of %d messages were sent", seed, len(sent), len(saved))
		}
	}
}
