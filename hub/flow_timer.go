package hub

import (
	"cmp"
	"container/heap"
	"time"

	"portico/acd"
	"portico/workflow"
)

// flowTimers are the deadlines of workflows, the earliest first; ties by contact.
type flowTimers []*flowing

func (h flowTimers) Len() int { return len(h) }
func (h flowTimers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].in.Deadline, h[j].in.Deadline), h[i].contact.ID.Compare(h[j].contact.ID)) < 0
}
func (h flowTimers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].timer, h[j].timer = i, j
}

// Push is the heap's.
func (h *flowTimers) Push(x any) {
	f := x.(*flowing)
	f.timer = len(*h)
	*h = append(*h, f)
}

// Pop is the heap's.
func (h *flowTimers) Pop() any {
	n := len(*h) - 1
	f := (*h)[n]
	(*h)[n] = nil
	*h = (*h)[:n]
	f.timer = -1
	return f
}

// set keeps the deadline of a contact. One that an agent is asked about, or has, has none
// until it is back.
func (h *flowTimers) set(f *flowing) {
	wanted := f.in.Deadline != 0 && !f.in.Paused && !f.in.Over
	switch {
	case wanted && f.timer >= 0:
		heap.Fix(h, f.timer)
	case wanted:
		heap.Push(h, f)
	default:
		h.drop(f)
	}
}

func (h *flowTimers) drop(f *flowing) {
	if f.timer >= 0 {
		heap.Remove(h, f.timer)
	}
}

// delayCalls gives outside calls the time back in which nobody could take their answers:
// one that came meanwhile is told again, and is not to find its component left by timeout.
func (o *owner) delayCalls(gap time.Duration) {
	for _, f := range o.timers {
		if f.in.Doing == workflow.DoingCall {
			f.in.Deadline, f.saved = f.in.Deadline.Add(gap), nil
		}
	}
	heap.Init(&o.timers)
}

// next gives the earliest deadline, zero when there is none.
func (h flowTimers) next() acd.Time {
	if len(h) == 0 {
		return 0
	}
	return h[0].in.Deadline
}
