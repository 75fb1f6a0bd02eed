package acd

import "encoding/binary"

// index finds the dense number of an id: a hash table with open addressing, whose
// owner keeps the ids. It is here because every event looks up one or two ids
// among a hundred thousand, and a table of words beside the objects costs one
// memory access less than a map from 16 bytes.
type index struct {
	cells []uint64 // upper half: of the hash; lower half: dense number + 1; zero: free
	used  int
	mask  uint32
}

// hashOf mixes an id. The first half of an id is mostly the time at which it was
// made, the second mostly random.
func hashOf(id *[16]byte) uint32 {
	x := binary.LittleEndian.Uint64(id[:8])*0x9e3779b97f4a7c15 ^ binary.LittleEndian.Uint64(id[8:])
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return uint32(x >> 32)
}

// add notes the number of an id that is not in the table.
func (t *index) add(hash uint32, n int32) {
	if t.used*2 >= len(t.cells) {
		t.grow()
	}
	i := hash & t.mask
	for t.cells[i] != 0 {
		i = (i + 1) & t.mask
	}
	t.cells[i] = uint64(hash)<<32 | uint64(n+1)
	t.used++
}

func (t *index) grow() {
	old := t.cells
	t.cells = make([]uint64, max(64, 2*len(old)))
	t.mask = uint32(len(t.cells) - 1)
	for _, cell := range old {
		if cell != 0 {
			i := uint32(cell>>32) & t.mask
			for t.cells[i] != 0 {
				i = (i + 1) & t.mask
			}
			t.cells[i] = cell
		}
	}
}

// remove takes a number out and moves up what lies behind it.
func (t *index) remove(hash uint32, n int32) {
	cell := uint64(hash)<<32 | uint64(n+1)
	i := hash & t.mask
	for t.cells[i] != cell {
		if t.cells[i] == 0 {
			return
		}
		i = (i + 1) & t.mask
	}
	t.used--
	for j := i; ; {
		j = (j + 1) & t.mask
		if t.cells[j] == 0 {
			break
		}
		home := uint32(t.cells[j]>>32) & t.mask
		if (j-home)&t.mask >= (j-i)&t.mask {
			t.cells[i] = t.cells[j]
			i = j
		}
	}
	t.cells[i] = 0
}

// contact gives the number of an open contact.
func (c *Core) contact(id ContactID) (int32, bool) {
	t := &c.contactAt
	if t.used == 0 {
		return none, false
	}
	hash := hashOf((*[16]byte)(&id))
	for i := hash & t.mask; t.cells[i] != 0; i = (i + 1) & t.mask {
		if uint32(t.cells[i]>>32) == hash {
			if n := int32(uint32(t.cells[i])) - 1; c.contacts[n].row.ID == id {
				return n, true
			}
		}
	}
	return none, false
}

// agent gives the number of an agent of the plan.
func (c *Core) agent(id AgentID) (int32, bool) {
	t := &c.agentAt
	if t.used == 0 {
		return none, false
	}
	hash := hashOf((*[16]byte)(&id))
	for i := hash & t.mask; t.cells[i] != 0; i = (i + 1) & t.mask {
		if uint32(t.cells[i]>>32) == hash {
			if n := int32(uint32(t.cells[i])) - 1; c.agents[n].id == id {
				return n, true
			}
		}
	}
	return none, false
}
