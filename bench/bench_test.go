package bench

import (
	"context"
	"testing"
	"time"
)

func options(f *fake, mode Mode) Options {
	return Options{URL: f.URL, Token: "t", Mode: mode, Clients: 4, Agents: 4,
		Duration: 300 * time.Millisecond, ContactsMax: 200}
}

func run(t *testing.T, o Options) *Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An honest server is found clean, in every mode and loop, and something was done.
func TestHonestServerIsClean(t *testing.T) {
	for name, o := range map[string]Options{
		"chats": {Mode: Chats}, "chats open": {Mode: Chats, Rate: 300}, "messages": {Mode: Messages},
		"messages open": {Mode: Messages, Rate: 200}, "lives": {Mode: Lives, Talk: 1}, "lives open": {Mode: Lives, Rate: 100},
	} {
		t.Run(name, func(t *testing.T) {
			base := options(newFake(t), o.Mode)
			base.Rate, base.Talk = o.Rate, o.Talk
			r := run(t, base)
			if !r.Clean() || r.Unfinished != 0 {
				t.Errorf("found %+v, unfinished %d", r.Findings, r.Unfinished)
			}
			done := map[Mode]int64{Chats: r.Contacts, Messages: min(r.Messages, r.Pushes), Lives: min(r.Lives, r.Offers)}
			if done[o.Mode] == 0 {
				t.Errorf("nothing was measured: %+v", r)
			}
		})
	}
}

// A server that answers chats which it does not keep is told by the exact number.
func TestLostChatsAreCounted(t *testing.T) {
	f := newFake(t)
	f.forgetChat = func(n int) bool { return n%40 == 0 }
	o := options(f, Chats)
	o.ContactsMax, o.Clients, o.Duration = 100, 1, time.Minute
	if r := run(t, o); r.Lost != 2 || r.Duplicated+r.Reordered+r.Contradicts != 0 {
		t.Errorf("lost %d, want 2; %+v", r.Lost, r.Findings)
	}
}

// A server that forgets messages, or keeps them twice, is told by the exact number.
func TestHarmedMessagesAreCounted(t *testing.T) {
	f := newFake(t)
	f.forgetMessage = func(n int) bool { return n == 3 || n == 8 }
	f.twice = func(n int) bool { return n == 5 }
	o := options(f, Messages)
	o.Clients, o.Agents = 1, 1
	if r := run(t, o); r.Lost != 2 || r.Duplicated != 1 || r.Reordered != 0 {
		t.Errorf("lost %d, doubled %d, reordered %d; want 2, 1, 0: %+v", r.Lost, r.Duplicated, r.Reordered, r.Findings)
	}
}

// The self-test finds what its own proxy did, and nothing else.
func TestSelfTestIsExact(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := SelfTest(ctx, options(newFake(t), Chats))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Exact() {
		t.Errorf("planted  %+v\nreported %+v\n%v", r.Planted, r.Reported, r.Findings)
	}
}

// The self-test fails on a server that has faults of its own.
func TestSelfTestIsNotExactOnABadServer(t *testing.T) {
	f := newFake(t)
	f.forgetChat = func(n int) bool { return n == 9 }
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := SelfTest(ctx, options(f, Chats))
	if err != nil {
		t.Fatal(err)
	}
	if r.Exact() {
		t.Errorf("a lost chat went unnoticed: %+v", r)
	}
}
