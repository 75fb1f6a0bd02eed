package systemtest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/bench"
)

// conferenceKills is how often the process is killed in the middle of one conference.
const conferenceKills = 6

// A kill in the middle of a conference loses nothing: whoever takes part does so
// afterwards, in the same role, an invitation that waits still waits, and every whisper
// that was answered is there once, in its order.
func TestKillInAConference(t *testing.T) {
	onEachStore(t, killInAConference)
}

func killInAConference(t *testing.T, store string) {
	s := install(t, store, false)
	s.start()
	f := newFloor(t, s, nil)
	ann := f.desk("ann", 100, 5)
	ann.available()
	c := f.ask()
	ann.accept(c)
	bob, eve, kim := f.desk("bob", 100, 5), f.desk("eve", 100, 5), f.desk("kim", 100, 5)
	for _, d := range []*desk{bob, eve, kim} {
		d.available()
	}
	invite := func(d *desk, role string) {
		ann.do(c, "invite", map[string]any{"client_id": "invite-" + d.name, "to": d.id, "role": role, "note": "for " + d.name})
	}
	invite(bob, "conferenced")
	bob.accept(c)
	invite(eve, "consulted")
	eve.accept(c)
	invite(kim, "consulted")
	want := []string{"bob conferenced active", "eve consulted active", "kim consulted offered"}
	talk := &talk{f: f, contact: c}
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	for range conferenceKills {
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			for talk.whisper([]*desk{ann, bob, eve}[talk.next%3]) == nil {
			}
		}()
		rest(50*time.Millisecond + time.Duration(chance.Int64N(int64(250*time.Millisecond))))
		s.kill()
		<-stopped
		s.start()
		if have := f.beside(c); !slices.Equal(have, want) {
			t.Fatalf("after the kill there take part %q, want %q", have, want)
		}
		f.is(c, "active", ann)
		for _, d := range []*desk{ann, bob, eve, kim} { // desktops that stay away are given up
			d.lose()
			d.connect()
		}
	}
	for talk.whisper(bob) != nil { // the last one may have met the kill
		s.alive()
	}
	talk.check()
	kim.do(c, "accept", map[string]any{"offer": kim.sees(c, "offered").Offer})
	ann.do(c, "hand-over", map[string]any{"to": bob.id})
	f.is(c, "active", bob)
	t.Logf("%d whispers answered over %d kills", talk.next, conferenceKills)
}

// talk is what the agents of a contact whisper: one after the other, each under its own
// client id until it is answered.
type talk struct {
	f       *floor
	contact string
	next    int // whispers answered so far
}

func (k *talk) whisper(d *desk) error {
	err := d.call(http.MethodPost, "/contacts/"+k.contact+"/messages",
		map[string]any{"client_id": fmt.Sprintf("whisper-%d", k.next), "kind": "whisper", "text": fmt.Sprint("quietly ", k.next)}, nil)
	if err == nil {
		k.next++
	}
	return err
}

// check reads the conversation and demands each whisper once, in order.
func (k *talk) check() {
	k.f.t.Helper()
	var have []string
	for after := ""; ; {
		var page struct {
			Items []struct{ Kind, Text string }
			Next  string
		}
		query := url.Values{"unit": {k.f.admin.UnitID()}, "limit": {"500"}}
		if after != "" {
			query.Set("after", after)
		}
		if err := k.f.s.door.JSON(k.f.ctx, http.MethodGet, "/api/v1/contacts/"+k.contact+"/messages?"+query.Encode(), bench.Bearer(k.f.s.token), nil, &page); err != nil {
			k.f.t.Fatal(err)
		}
		for _, m := range page.Items {
			if m.Kind == "whisper" {
				have = append(have, m.Text)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for i := range max(k.next, len(have)) {
		if i >= len(have) || have[i] != fmt.Sprint("quietly ", i) {
			k.f.t.Fatalf("of %d whispers answered %d are there, and number %d is %q", k.next, len(have), i, strings.Join(have[min(i, len(have)):min(i+1, len(have))], ""))
		}
	}
}

// beside tells who takes part in a contact beside its owner, as "name role state".
func (f *floor) beside(contact string) []string {
	f.t.Helper()
	var v struct {
		Participants []struct{ Agent, Role, State string }
	}
	query := url.Values{"unit": {f.admin.UnitID()}}
	if err := f.s.door.JSON(f.ctx, http.MethodGet, "/api/v1/contacts/"+contact+"?"+query.Encode(), bench.Bearer(f.s.token), nil, &v); err != nil {
		f.t.Fatal(err)
	}
	var all []string
	for _, p := range v.Participants {
		all = append(all, f.who(p.Agent)+" "+p.Role+" "+p.State)
	}
	return all
}
