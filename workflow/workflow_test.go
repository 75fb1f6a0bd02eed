package workflow

import (
	"errors"
	"reflect"
	"testing"

	"portico/acd"
)

// The built-in graph sends a contact to the queue that it was addressed to, and the
// instance says where it stands.
func TestBuiltIn(t *testing.T) {
	c := Contact{Queue: acd.QueueID{1}, Priority: 7, Skills: []acd.SkillLevel{{Level: 3}}, Hold: 5}
	in, cmd, err := Start(1000, BuiltIn(), c)
	if err != nil {
		t.Fatal(err)
	}
	if want := Command(Enqueue(c)); !reflect.DeepEqual(cmd, want) {
		t.Errorf("command %+v, want %+v", cmd, want)
	}
	if want := (Instance{Node: "queue", Visit: 2, Since: 1000}); !reflect.DeepEqual(in, want) {
		t.Errorf("instance %+v, want %+v", in, want)
	}
}

// A graph that goes in a circle is stopped; a missing node is named.
func TestBadGraphs(t *testing.T) {
	circle := &Graph{Start: "a", Nodes: map[NodeID]Node{"a": StartNode{Next: "a"}}}
	if _, _, err := Start(0, circle, Contact{}); !errors.Is(err, ErrLoop) {
		t.Errorf("circle: %v", err)
	}
	torn := &Graph{Start: "a", Nodes: map[NodeID]Node{"a": StartNode{Next: "b"}}}
	if _, _, err := Start(0, torn, Contact{}); !errors.Is(err, ErrNode) {
		t.Errorf("torn: %v", err)
	}
}

// What is saved is what is read; anything else is an error.
func TestEncode(t *testing.T) {
	in := Instance{Version: 3, Node: "queue", Visit: 9, Since: 77, Variables: map[string]string{"a": "ü"}}
	saved, err := in.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(saved)
	if err != nil || !reflect.DeepEqual(got, in) {
		t.Errorf("got %+v %v", got, err)
	}
	if _, err := Decode([]byte("{")); err == nil {
		t.Error("a torn instance was read")
	}
}
