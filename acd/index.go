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

// newIndex gives an empty table.
func newIndex() index { return index{cells: make([]uint64, 64), mask: 63} }

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
	t.cells = make([]uint64, 2*len(old))
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

// after gives the first number with a hash from cell i on, or none, and the cell
// behind it.
func (t *index) after(hash uint32, i uint32) (int32, uint32) {
	for t.cells[i] != 0 {
		if uint32(t.cells[i]>>32) == hash {
			return int32(uint32(t.cells[i])) - 1, (i + 1) & t.mask
		}
		i = (i + 1) & t.mask
	}
	return none, i
}

// contact gives the number of an open contact.
func (c *Core) contact(id ContactID) (int32, bool) {
	t := &c.contactAt
	hash := hashOf((*[16]byte)(&id))
	n, i := t.after(hash, hash&t.mask)
	for n != none && c.contacts[n].row.ID != id {
		n, i = t.after(hash, i)
	}
	return n, n != none
}

// agent gives the number of an agent of the plan.
func (c *Core) agent(id AgentID) (int32, bool) {
	t := &c.agentAt
	hash := hashOf((*[16]byte)(&id))
	n, i := t.after(hash, hash&t.mask)
	for n != none && c.agents[n].id != id {
		n, i = t.after(hash, i)
	}
	return n, n != none
}

// queue gives the number of a queue of the plan.
func (c *Core) queue(id QueueID) (int32, bool) {
	t := &c.queueAt
	hash := hashOf((*[16]byte)(&id))
	n, i := t.after(hash, hash&t.mask)
	for n != none && c.queues[n].plan.ID != id {
		n, i = t.after(hash, i)
	}
	return n, n != none
}
