package acd

import (
	"testing"
	"unsafe"
)

// What searches read of an agent lies in one line of the processor's cache: searches
// over 12,000 agents wait for memory more than for anything else.
func TestAgentsLieOnLines(t *testing.T) {
	const line = 64
	var a agent
	if size := unsafe.Sizeof(a); size%line != 0 {
		t.Errorf("an agent takes %d bytes, %d more than a multiple of %d: change the last field", size, size%line, line)
	}
	if end := unsafe.Offsetof(a.seats) + unsafe.Sizeof(a.seats); unsafe.Offsetof(a.edges) != 0 || end > line {
		t.Errorf("what searches read ends at byte %d", end)
	}
}

// The states of domains keep their order and their saved form.
func TestDomainStates(t *testing.T) {
	var s DomainStates
	for _, d := range []Domain{Email, Chat, Voice, Chat} {
		s.Set(d, DomainState{Since: Time(d) + 1})
	}
	s.Drop(Outbound)
	if len(s) != 3 || s.Of(Voice).Since != Time(Voice)+1 {
		t.Fatalf("got %+v", s)
	}
	for i := 1; i < len(s); i++ {
		if s[i-1].Domain >= s[i].Domain {
			t.Errorf("%d stands before %d", s[i-1].Domain, s[i].Domain)
		}
	}
	text, err := s.MarshalJSON()
	var back DomainStates
	if err != nil || back.UnmarshalJSON(text) != nil || len(back) != 3 || back.Of(Chat) != s.Of(Chat) {
		t.Errorf("%s was read as %+v, %v", text, back, err)
	}
	for d := range s.All() {
		s.Drop(d)
	}
	if _, ok := s.In(Chat); ok || len(s) != 0 {
		t.Errorf("left: %+v", s)
	}
	if back.UnmarshalJSON([]byte(`[1]`)) == nil {
		t.Error("a list was taken for states")
	}
}
