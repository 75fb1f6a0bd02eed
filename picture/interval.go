package picture

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"time"

	"portico/acd"
)

const (
	// quarter is how long an interval is, in milliseconds.
	quarter = acd.Time(15 * time.Minute / time.Millisecond)
	// keepIntervals is more than a day of any length, so that today is always here.
	keepIntervals = 26 * time.Hour
	// freshIntervals is how many of a queue's intervals are not packed: that which is
	// counted in, and the one before.
	freshIntervals = 2
)

// intervalKey names a queue's quarter of an hour.
type intervalKey struct {
	queue acd.QueueID
	start acd.Time
}

// interval is what was counted in a quarter of an hour of a queue.
type interval struct {
	unit  acd.UnitID
	start acd.Time
	count Counters
}

// intervals are those of a queue's last day, by their time. All but the newest are packed:
// thousands of queues have a hundred each, and hardly anybody asks for them again.
type intervals struct {
	fresh  []*interval // the newest, by their start
	packed []byte      // those before, by their start: varints each
	until  acd.Time    // start of the last one that is packed
}

// at gives the interval that begins at a time, made if need be, to be counted in.
func (s *intervals) at(start acd.Time, unit acd.UnitID) *interval {
	if len(s.packed) > 0 && start <= s.until {
		s.unpack(unit) // the clock went back, or the store tells of a day in another order
	}
	i, found := slices.BinarySearchFunc(s.fresh, start, func(i *interval, start acd.Time) int { return cmp.Compare(i.start, start) })
	if found {
		return s.fresh[i]
	}
	made := &interval{unit: unit, start: start}
	s.fresh = slices.Insert(s.fresh, i, made)
	for len(s.fresh) > freshIntervals && s.fresh[0] != made {
		s.pack()
	}
	return made
}

// pack packs the oldest that is not yet.
func (s *intervals) pack() {
	i := s.fresh[0]
	s.fresh = slices.Delete(s.fresh, 0, 1)
	c := &i.count
	for _, n := range [...]uint64{uint64(i.start / quarter), uint64(c.Offered), uint64(c.Answered), uint64(c.InTime), uint64(c.Abandoned), uint64(c.LeftInTime),
		uint64(c.NotAnswered), c.WaitMs, c.HandleMs} {
		s.packed = binary.AppendUvarint(s.packed, n)
	}
	s.until = i.start
}

// unpack makes them all fresh.
func (s *intervals) unpack(unit acd.UnitID) {
	var all []*interval
	for rest := s.packed; len(rest) > 0; {
		i := &interval{unit: unit}
		i.start, i.count, rest = next(rest)
		all = append(all, i)
	}
	s.fresh, s.packed, s.until = append(all, s.fresh...), nil, 0
}

// all gives them by their time.
func (s *intervals) all() iter.Seq2[acd.Time, Counters] {
	return func(yield func(acd.Time, Counters) bool) {
		for rest := s.packed; len(rest) > 0; {
			start, count, more := next(rest)
			if !yield(start, count) {
				return
			}
			rest = more
		}
		for _, i := range s.fresh {
			if !yield(i.start, i.count) {
				return
			}
		}
	}
}

// next reads the first of those that are packed.
func next(packed []byte) (start acd.Time, c Counters, rest []byte) {
	var n [9]uint64
	for i := range n {
		v, size := binary.Uvarint(packed)
		n[i], packed = v, packed[size:]
	}
	return acd.Time(n[0]) * quarter, Counters{Offered: uint32(n[1]), Answered: uint32(n[2]), InTime: uint32(n[3]), Abandoned: uint32(n[4]), LeftInTime: uint32(n[5]),
		NotAnswered: uint32(n[6]), WaitMs: n[7], HandleMs: n[8]}, packed
}

// forget drops those that began before a time.
func (s *intervals) forget(before acd.Time) {
	rest := s.packed
	for len(rest) > 0 {
		start, _, more := next(rest)
		if start >= before {
			break
		}
		rest = more
	}
	if len(rest) < len(s.packed) {
		s.packed = slices.Clone(rest)
	}
	s.fresh = slices.DeleteFunc(s.fresh, func(i *interval) bool { return i.start < before })
}
