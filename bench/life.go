package bench

import (
	"context"
	"fmt"
)

// facts: every pushed offer and every answered command of an agent has its fact,
// once, and the facts make one possible life.
func (v *verdict) facts(have []FactView) {
	for _, o := range v.chat.offers {
		n := 0
		for _, f := range have {
			if f.Kind == "offered" && f.Agent == o.agent && f.Number == o.n {
				n++
			}
		}
		v.once(n, fmt.Sprintf("offer %d to %s", o.n, o.agent))
	}
	for _, d := range v.chat.deeds {
		n := 0
		for _, f := range have {
			if f.Kind == d.kind && (f.Agent == d.agent || d.kind == "ended") {
				n++
			}
		}
		if n == 0 {
			v.add(Lost, "fact", d.kind+" by "+d.agent)
		}
	}
	for _, wrong := range life(have) {
		v.add(Contradiction, "fact", wrong)
	}
}

func (v *verdict) once(n int, what string) {
	if n == 0 {
		v.add(Lost, "fact", what)
	}
	for range n - 1 {
		v.add(Doubled, "fact", what)
	}
}

// owner: whoever was answered an acceptance has the contact until the facts say
// that it went on. Facts that came meanwhile make the comparison void.
func (v *verdict) owner(ctx context.Context, have []FactView, pages Pages) error {
	holder := ""
	for _, f := range have {
		switch f.Kind {
		case "accepted":
			holder = f.Agent
		case "returned", "queued", "held", "timed", "ended":
			holder = ""
		}
	}
	if holder == "" {
		return nil
	}
	is, err := pages.Contact(ctx, have[0].Contact)
	if err != nil {
		return fmt.Errorf("reading the owner of %s: %w", have[0].Contact, err)
	}
	after, err := pages.Facts(ctx, have[0].Contact)
	if err != nil {
		return fmt.Errorf("reading the facts of %s: %w", have[0].Contact, err)
	}
	if len(after) == len(have) && is.Agent != holder {
		v.add(Contradiction, "owner", "the facts name "+holder+", the contact "+is.Agent)
	}
	return nil
}

// life holds facts in their order against the rules of a contact's life: one
// arrival, one owner at a time, one end.
func life(facts []FactView) (wrong []string) {
	asked, owner, over := "", "", false
	for i, f := range facts {
		if over {
			wrong = append(wrong, f.Kind+" after the end")
		}
		if (f.Kind == "arrived") != (i == 0) {
			wrong = append(wrong, fmt.Sprintf("%s as fact %d", f.Kind, i+1))
		}
		switch f.Kind {
		case "offered":
			if owner != "" || asked != "" {
				wrong = append(wrong, "offered to "+f.Agent+" while in the hand of "+owner+asked)
			}
			asked = f.Agent
		case "not_accepted":
			if asked != f.Agent {
				wrong = append(wrong, "not accepted by "+f.Agent+", offered to "+asked)
			}
			asked = ""
		case "accepted":
			if owner != "" || (asked != f.Agent && f.Why != "picked") {
				wrong = append(wrong, "accepted by "+f.Agent+", offered to "+asked+", owned by "+owner)
			}
			asked, owner = "", f.Agent
		case "returned":
			if owner != f.Agent {
				wrong = append(wrong, "returned by "+f.Agent+", owned by "+owner)
			}
			owner = ""
		case "finished":
			if owner != f.Agent {
				wrong = append(wrong, "finished by "+f.Agent+", owned by "+owner)
			}
		case "ended":
			asked, owner, over = "", "", true
		}
	}
	return wrong
}
