package acd

import (
	"encoding/json"
	"iter"
	"slices"
)

// DomainStates holds an agent's state in each domain in which the agent has capacity,
// ascending by domain, each domain once. They are a few: it is a list because one of them
// changes with each assignment, which is cheaper there than in a map. As JSON it is an
// object whose keys are the domains' numbers.
type DomainStates []StateIn

// StateIn is an agent's state in one domain.
type StateIn struct {
	Domain Domain
	DomainState
}

// In gives the state in a domain; ok is false where the agent has no capacity.
func (s DomainStates) In(d Domain) (state DomainState, ok bool) {
	for i := range s {
		if s[i].Domain == d {
			return s[i].DomainState, true
		}
	}
	return DomainState{}, false
}

// Of gives the state in a domain, the zero state where the agent has no capacity.
func (s DomainStates) Of(d Domain) DomainState {
	state, _ := s.In(d)
	return state
}

// All yields the states, ascending by domain. What the loop's body sets or drops does not
// change what it is given.
func (s DomainStates) All() iter.Seq2[Domain, DomainState] {
	return func(yield func(Domain, DomainState) bool) {
		for _, in := range slices.Clone(s) {
			if !yield(in.Domain, in.DomainState) {
				return
			}
		}
	}
}

// Set gives the agent a state in a domain.
func (s *DomainStates) Set(d Domain, state DomainState) {
	i, there := slices.BinarySearchFunc(*s, d, byDomain)
	if !there {
		*s = slices.Insert(*s, i, StateIn{Domain: d})
	}
	(*s)[i].DomainState = state
}

// Drop takes a domain out.
func (s *DomainStates) Drop(d Domain) {
	if i, there := slices.BinarySearchFunc(*s, d, byDomain); there {
		*s = slices.Delete(*s, i, i+1)
	}
}

func byDomain(in StateIn, d Domain) int { return int(in.Domain) - int(d) }

// MarshalJSON writes an object by the numbers of domains.
func (s DomainStates) MarshalJSON() ([]byte, error) {
	object := make(map[Domain]DomainState, len(s))
	for _, in := range s {
		object[in.Domain] = in.DomainState
	}
	return json.Marshal(object)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *DomainStates) UnmarshalJSON(text []byte) error {
	var object map[Domain]DomainState
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	*s = nil
	for d, state := range object {
		s.Set(d, state)
	}
	return nil
}
