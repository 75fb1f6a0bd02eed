package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// ratingsMax is how long a time ratings are counted over at once.
const ratingsMax = 366 * 24 * time.Hour

// Satisfaction is how customers found their conversations over some time.
type Satisfaction struct {
	Count   int           `json:"count"`
	Mean    float64       `json:"mean" doc:"of the scores; 0 where there are none"`
	ByScore [5]int        `json:"by_score" nullable:"false" doc:"how many have the score 1, 2 … 5"`
	Queues  []RatingGroup `json:"queues" nullable:"false" doc:"by the queue that had the contact last"`
	Agents  []RatingGroup `json:"agents" nullable:"false" doc:"by the agent who had the contact last"`
	Items   Page[Rating]  `json:"items" doc:"the ratings, newest first"`
}

// RatingGroup counts the ratings of one queue or agent.
type RatingGroup struct {
	Queue   acd.QueueID `json:"queue,omitzero"`
	Agent   acd.AgentID `json:"agent,omitzero"`
	Name    string      `json:"name,omitempty"`
	Count   int         `json:"count"`
	Mean    float64     `json:"mean"`
	ByScore [5]int      `json:"by_score" nullable:"false"`
}

// Rating is how one customer found a conversation.
type Rating struct {
	Contact acd.ContactID `json:"contact"`
	At      acd.Time      `json:"at"`
	Queue   acd.QueueID   `json:"queue,omitzero"`
	Agent   acd.AgentID   `json:"agent,omitzero"`
	Name    string        `json:"name,omitempty" doc:"of the agent"`
	Score   int           `json:"score" minimum:"1" maximum:"5" doc:"5 is best"`
	Comment string        `json:"comment,omitempty"`
}

type satisfactionInput struct {
	Scope
	Paging
	From  acd.Time    `query:"from" doc:"from when on, in milliseconds since 1970 UTC; absent: 30 days before to"`
	To    acd.Time    `query:"to" doc:"before when; absent: now"`
	Queue acd.QueueID `query:"queue" doc:"of this queue alone"`
	Agent acd.AgentID `query:"agent" doc:"of this agent alone"`
}

var errRatingTime = fault.New(fault.Invalid, "invalid", "The time must be longer than nothing and at most 366 days.").On("from")

func (s *Server) registerSatisfaction() {
	register(s, operation{id: "read-satisfaction", method: http.MethodGet, path: "/satisfaction",
		summary: "How customers found their conversations", tag: "satisfaction", roles: rolesSupervisor}, s.readSatisfaction)
}

func (s *Server) readSatisfaction(ctx context.Context, c call, in *satisfactionInput) (*Answer[Satisfaction], error) {
	q := store.RatingQuery{From: in.From, To: in.To, Queue: in.Queue, Agent: in.Agent}
	if q.To == 0 {
		q.To = s.at() + 1
	}
	if q.From == 0 {
		q.From = q.To.Add(-30 * 24 * time.Hour)
	}
	if q.From >= q.To || q.To.Sub(q.From) > ratingsMax {
		return nil, errRatingTime
	}
	counts, err := s.store.RatingCounts(ctx, c.unit, q)
	if err != nil {
		return nil, err
	}
	rows, next, err := s.store.RatingPage(ctx, c.unit, q, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	names := s.names()
	out := Satisfaction{Items: Page[Rating]{Items: make([]Rating, 0, len(rows)), Next: next}}
	scope := names.scopeOf(c.caller)
	var all RatingGroup
	queues, agents := map[acd.QueueID]*RatingGroup{}, map[acd.AgentID]*RatingGroup{}
	for _, n := range counts {
		if !scope.has(n.Agent) {
			continue
		}
		if queues[n.Queue] == nil {
			queues[n.Queue] = &RatingGroup{Queue: n.Queue, Name: names.queues[n.Queue].Name}
		}
		if agents[n.Agent] == nil {
			agents[n.Agent] = &RatingGroup{Agent: n.Agent, Name: names.person(n.Agent)}
		}
		for _, group := range []*RatingGroup{&all, queues[n.Queue], agents[n.Agent]} {
			group.add(n)
		}
	}
	out.Count, out.Mean, out.ByScore = all.Count, all.Mean, all.ByScore
	out.Queues, out.Agents = byName(queues), byName(agents)
	for _, r := range rows {
		if scope.has(r.Agent) {
			out.Items.Items = append(out.Items.Items, Rating{Contact: r.Contact, At: r.At, Queue: r.Queue, Agent: r.Agent, Name: names.person(r.Agent),
				Score: int(r.Score), Comment: r.Comment})
		}
	}
	return &Answer[Satisfaction]{out}, nil
}

// byName lists groups by name.
func byName[K comparable](groups map[K]*RatingGroup) []RatingGroup {
	list := make([]RatingGroup, 0, len(groups))
	for _, group := range groups {
		list = append(list, *group)
	}
	slices.SortFunc(list, func(a, b RatingGroup) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Queue.Compare(b.Queue), a.Agent.Compare(b.Agent))
	})
	return list
}

// add counts some more ratings of one score.
func (g *RatingGroup) add(n store.RatingCount) {
	sum := g.Mean*float64(g.Count) + float64(int(n.Score)*n.N)
	g.Count += n.N
	g.Mean = sum / float64(g.Count)
	g.ByScore[n.Score-1] += n.N
}
