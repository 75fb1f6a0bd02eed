package soak

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"portico/acd"
)

// size is how large the company is, and how much it is asked.
type size struct {
	agents, queues, queuesEach int
	contacts                   int           // in the day
	hour                       time.Duration // of the day's 24
}

// sizeOf is the reference company when PORTICO_SOAK says how many contacts its day has,
// else a small one.
func sizeOf(t *testing.T) size {
	text := os.Getenv("PORTICO_SOAK")
	if text == "" {
		return size{agents: 20, queues: 8, queuesEach: 4, contacts: 600, hour: 4 * time.Minute}
	}
	contacts, err := strconv.Atoi(text)
	if err != nil || contacts < 1 {
		t.Fatalf("PORTICO_SOAK is the number of contacts, not %q", text)
	}
	return size{agents: 12_000, queues: 4_000, queuesEach: 15, contacts: contacts, hour: time.Hour}
}

var unit = acd.UnitID{15: 1}

func numbered(kind byte, n int) (id [16]byte) {
	id[0], id[6], id[8] = kind, 0x70, 0x80
	binary.BigEndian.PutUint32(id[12:], uint32(n))
	return id
}

func queueID(n int) acd.QueueID { return numbered(2, n) }
func agentID(n int) acd.AgentID { return numbered(3, n) }

var away, noAnswer = acd.ReasonID{15: 9}, acd.ReasonID{15: 10}

// plan has queues of ten steps under all policies, and agents who serve some of them at
// some step: one queue in four by its popularity.
func (s size) plan(r *rand.Rand) acd.PlanChange {
	change := acd.PlanChange{Version: 1, Settings: &acd.Settings{Ageing: acd.DefaultAgeing, DesktopGrace: acd.DefaultDesktopWait,
		NoAnswer: noAnswer, DeclinedTooOften: noAnswer, SystemEnd: acd.ReasonID{15: 11}}}
	const steps = 10
	for n := range s.queues {
		q := acd.QueuePlan{ID: queueID(n), Unit: unit, Domain: acd.Chat, Objective: 20 * time.Second, Policy: acd.Policy(n % 4),
			OfferTime: 20 * time.Second, WrapUp: time.Minute, CustomerGrace: time.Minute}
		for k := range steps {
			q.Steps = append(q.Steps, time.Duration(k)*15*time.Second)
		}
		change.Queues = append(change.Queues, q)
	}
	popular := rand.NewZipf(r, 1.1, 8, uint64(s.queues-1))
	for n := range s.agents {
		a := acd.AgentPlan{ID: agentID(n), Unit: unit}
		a.Capacity[acd.Chat] = 3
		change.Agents = append(change.Agents, a)
		serves := map[int]bool{n % s.queues: true} // nobody's queue is nobody's
		for tries := 0; len(serves) < s.queuesEach && tries < 100; tries++ {
			if tries%4 == 0 {
				serves[int(popular.Uint64())] = true
			} else {
				serves[r.IntN(s.queues)] = true
			}
		}
		for q := range s.queues {
			if serves[q] {
				change.Edges = append(change.Edges, acd.Edge{Queue: queueID(q), Agent: agentID(n), First: uint8(r.IntN(steps)), Tier: uint8(r.IntN(100))})
			}
		}
	}
	return change
}

// openFrom and openTo are the hours in which customers come.
const openFrom, openTo = 6, 22

// arrivals gives the contacts of each hour of the day: a hill from opening to closing,
// the same before its middle as after.
func (s size) arrivals() (hours [24]int) {
	var weight [24]float64
	var sum float64
	for h := range hours {
		if h >= openFrom && h < openTo {
			weight[h] = 0.25 + math.Sin(math.Pi*(float64(h-openFrom)+0.5)/(openTo-openFrom))
			sum += weight[h]
		}
	}
	rest := s.contacts
	for h := range hours {
		hours[h] = min(rest, int(math.Ceil(float64(s.contacts)*weight[h]/sum)))
		rest -= hours[h]
	}
	return hours
}
