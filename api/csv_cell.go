package api

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

// column is one of a kind's table: how a body is written there, and read.
type column[Shown any] struct {
	name string
	get  func(n *namer, b Shown) string
	// set changes the body; its faults are about the cell.
	set func(n *namer, cell string, b *Shown) error
}

// namer knows objects of a unit by their names, since a table holds no ids.
type namer struct {
	d    *draft
	unit acd.UnitID
}

func (n *namer) name(kind store.ObjectKind, id [16]byte) string {
	o, err := n.d.now.reachable(n.unit, kind, id)
	if err != nil {
		return ""
	}
	return o.Name
}

var (
	errNoName  = fault.New(fault.Invalid, "no_such_name", "There is nothing of this name. Mind the spelling.")
	errCell    = fault.New(fault.Invalid, "cell", "The cell cannot be read.")
	errYesNo   = fault.New(fault.Invalid, "cell_yes_no", "The cell must be true or false.")
	errNumber  = fault.New(fault.Invalid, "cell_number", "The cell must be a whole number.")
	errLevel   = fault.New(fault.Invalid, "cell_level", "A name and a number are wanted, such as Billing:80. With several, put ; between them.")
	errSteps   = fault.New(fault.Invalid, "cell_steps", "A step is written as seconds>skills>queues>agents, such as 30>Billing:80;English:60>Sales>anna. With several, put | between them.")
	errOneOf   = fault.New(fault.Invalid, "cell_one_of", "The cell holds none of the words that are possible there.")
	errDomains = fault.New(fault.Invalid, "cell_domain", "A media routing domain is voice, email, chat or outbound.")
)

func (n *namer) id(kind store.ObjectKind, name string) ([16]byte, error) {
	o, err := n.d.find(n.unit, kind, name)
	if err != nil && sharedKinds[kind] {
		o, err = n.d.now.find(identity.Global, kind, name)
	}
	if err != nil {
		return [16]byte{}, errNoName.With("kind", string(kind)).With("name", name)
	}
	return o.ID, nil
}

// names writes a list of objects.
func names[ID ~[16]byte](n *namer, kind store.ObjectKind, ids []ID) string {
	parts := make([]string, 0, len(ids))
	for _, id := range ids {
		parts = append(parts, inList(n.name(kind, id)))
	}
	return joinList(';', parts)
}

// named reads a list of objects; it is never nil.
func idsOf[ID ~[16]byte](n *namer, kind store.ObjectKind, cell string) ([]ID, error) {
	ids := []ID{}
	for _, part := range splitList(';', cell) {
		id, err := n.id(kind, unescaped(part))
		if err != nil {
			return nil, err
		}
		ids = append(ids, ID(id))
	}
	return ids, nil
}

// levels writes skills with their levels, in their order.
func levels(n *namer, all []SkillLevel) string {
	parts := make([]string, 0, len(all))
	for _, s := range all {
		parts = append(parts, inList(n.name(plan.KindSkill, s.Skill))+":"+strconv.Itoa(int(s.Level)))
	}
	return joinList(';', parts)
}

func levelsOf(n *namer, cell string) ([]SkillLevel, error) {
	all := []SkillLevel{}
	err := eachNumber(cell, func(name string, number uint8) error {
		id, err := n.id(plan.KindSkill, name)
		all = append(all, SkillLevel{Skill: id, Level: number})
		return err
	})
	return all, err
}

// eachNumber reads a list such as Billing:80;English:60.
func eachNumber(cell string, visit func(name string, number uint8) error) error {
	for _, part := range splitList(';', cell) {
		pair := splitList(':', part)
		if len(pair) != 2 {
			return errLevel
		}
		number, err := strconv.ParseUint(pair[1], 10, 8)
		if err != nil {
			return errLevel
		}
		if err := visit(unescaped(pair[0]), uint8(number)); err != nil {
			return err
		}
	}
	return nil
}

func capacity(all map[DomainName]uint8) string {
	parts := make([]string, 0, len(all))
	for _, d := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, d.String()+":"+strconv.Itoa(int(all[d])))
	}
	return joinList(';', parts)
}

func capacityOf(cell string) (map[DomainName]uint8, error) {
	all := map[DomainName]uint8{}
	err := eachNumber(cell, func(name string, number uint8) error {
		var d DomainName
		if d.UnmarshalText([]byte(strings.ToLower(name))) != nil {
			return errDomains
		}
		all[d] = number
		return nil
	})
	return all, err
}

func preferences(n *namer, all map[acd.QueueID]uint8) string {
	parts := make([]string, 0, len(all))
	for id, number := range all {
		parts = append(parts, inList(n.name(plan.KindQueue, id))+":"+strconv.Itoa(int(number)))
	}
	slices.Sort(parts)
	return joinList(';', parts)
}

func preferencesOf(n *namer, cell string) (map[acd.QueueID]uint8, error) {
	all := map[acd.QueueID]uint8{}
	err := eachNumber(cell, func(name string, number uint8) error {
		id, err := n.id(plan.KindQueue, name)
		all[id] = number
		return err
	})
	return all, err
}

// steps writes the steps of a queue, such as 0>Billing:80|30>Billing:1>Sales|120.
func steps(n *namer, all []Step) string {
	parts := make([]string, 0, len(all))
	for _, s := range all {
		part := joinList('>', []string{strconv.Itoa(s.AfterS), levels(n, s.Requirements),
			names(n, plan.KindQueue, s.Queues), names(n, plan.KindUser, s.Agents)})
		parts = append(parts, strings.TrimRight(part, ">"))
	}
	return joinList('|', parts)
}

func stepsOf(n *namer, cell string) ([]Step, error) {
	all := []Step{}
	for _, text := range splitList('|', cell) {
		parts := splitList('>', text)
		if len(parts) == 0 || len(parts) > 4 {
			return nil, errSteps
		}
		after, err := strconv.Atoi(parts[0])
		if err != nil {
			return nil, errSteps
		}
		step := Step{AfterS: after}
		parts = append(parts, "", "", "")
		if step.Requirements, err = levelsOf(n, parts[1]); err != nil {
			return nil, err
		}
		if step.Queues, err = idsOf[acd.QueueID](n, plan.KindQueue, parts[2]); err != nil {
			return nil, err
		}
		if step.Agents, err = idsOf[acd.AgentID](n, plan.KindUser, parts[3]); err != nil {
			return nil, err
		}
		all = append(all, step)
	}
	return all, nil
}

// one reads a name; an empty cell is the zero id.
func one[ID ~[16]byte](n *namer, kind store.ObjectKind, cell string) (ID, error) {
	if cell == "" {
		return ID{}, nil
	}
	id, err := n.id(kind, cell)
	return ID(id), err
}

// yesNo reads true or false; an empty cell is as said.
func yesNo(cell string, empty bool) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "":
		return empty, nil
	case "true", "yes", "1":
		return true, nil
	case "false", "no", "0":
		return false, nil
	}
	return false, errYesNo
}

// Columns of one text, number or choice each.

func textColumn[Shown any](name string, at func(*Shown) *string) column[Shown] {
	return column[Shown]{name: name,
		get: func(_ *namer, b Shown) string { return *at(&b) },
		set: func(_ *namer, cell string, b *Shown) error { *at(b) = cell; return nil }}
}

// wordColumn holds one of some words; an empty cell is the first.
func wordColumn[Shown any](name string, at func(*Shown) *string, words ...string) column[Shown] {
	return column[Shown]{name: name,
		get: func(_ *namer, b Shown) string { return *at(&b) },
		set: func(_ *namer, cell string, b *Shown) error {
			cell = strings.ToLower(strings.TrimSpace(cell))
			if cell == "" {
				cell = words[0]
			}
			if !slices.Contains(words, cell) {
				return errOneOf.With("words", strings.Join(words, ", "))
			}
			*at(b) = cell
			return nil
		}}
}

func numberColumn[Shown any](name string, at func(*Shown) *int) column[Shown] {
	return column[Shown]{name: name,
		get: func(_ *namer, b Shown) string { return strconv.Itoa(*at(&b)) },
		set: func(_ *namer, cell string, b *Shown) error {
			if cell = strings.TrimSpace(cell); cell == "" {
				cell = "0"
			}
			n, err := strconv.Atoi(cell)
			if err != nil {
				return errNumber
			}
			*at(b) = n
			return nil
		}}
}

func boolColumn[Shown any](name string, at func(*Shown) *bool) column[Shown] {
	return column[Shown]{name: name,
		get: func(_ *namer, b Shown) string { return strconv.FormatBool(*at(&b)) },
		set: func(_ *namer, cell string, b *Shown) (err error) {
			*at(b), err = yesNo(cell, false)
			return err
		}}
}

// flagColumn holds yes, no, or, in an empty cell, what counts where nothing is said.
func flagColumn[Shown any](name string, at func(*Shown) **bool) column[Shown] {
	return column[Shown]{name: name,
		get: func(_ *namer, b Shown) string {
			if on := *at(&b); on != nil {
				return strconv.FormatBool(*on)
			}
			return ""
		},
		set: func(_ *namer, cell string, b *Shown) error {
			if *at(b) = nil; strings.TrimSpace(cell) == "" {
				return nil
			}
			on, err := yesNo(cell, false)
			*at(b) = &on
			return err
		}}
}

// listColumn holds the names of objects of a kind.
func listColumn[Shown any, ID ~[16]byte](name string, kind store.ObjectKind, at func(*Shown) *[]ID) column[Shown] {
	return column[Shown]{name: name,
		get: func(n *namer, b Shown) string { return names(n, kind, *at(&b)) },
		set: func(n *namer, cell string, b *Shown) (err error) {
			*at(b), err = idsOf[ID](n, kind, cell)
			return err
		}}
}

// nameColumn holds the name of one object of a kind, or nothing.
func nameColumn[Shown any, ID ~[16]byte](name string, kind store.ObjectKind, at func(*Shown) *ID) column[Shown] {
	return column[Shown]{name: name,
		get: func(n *namer, b Shown) string { return n.name(kind, *at(&b)) },
		set: func(n *namer, cell string, b *Shown) (err error) {
			*at(b), err = one[ID](n, kind, cell)
			return err
		}}
}

// noPermissions is the cell of a person who was given none; an empty one is of a person
// whose permissions follow from the roles.
const noPermissions = "none"

// permissions writes what a person may do to the work of others.
func permissions(all []identity.Permission) string {
	if all != nil && len(all) == 0 {
		return noPermissions
	}
	parts := make([]string, len(all))
	for i, p := range all {
		parts[i] = string(p)
	}
	return joinList(';', parts)
}

func permissionsOf(cell string) ([]identity.Permission, error) {
	cell = strings.ToLower(strings.TrimSpace(cell))
	switch cell {
	case "":
		return nil, nil
	case noPermissions:
		return []identity.Permission{}, nil
	}
	var all []identity.Permission
	for _, part := range splitList(';', cell) {
		p := identity.Permission(part)
		if !slices.Contains(identity.Permissions(), p) {
			return nil, errOneOf
		}
		all = append(all, p)
	}
	return all, nil
}
