package workflow

import (
	"maps"
	"time"

	"portico/acd"
)

// Contact is what a workflow knows of its contact. It is saved with the contact, not
// with the instance: what a component sets is seen on desks and in lists.
type Contact struct {
	ID          acd.ContactID
	Unit        acd.UnitID
	Medium      string // chat, email, outbound …
	Source      string
	Destination string
	Language    string
	Name        string
	Caption     string
	Category    string      // id, or empty
	Queue       acd.QueueID // that it was addressed to; zero: none
	Priority    uint8
	Skills      []acd.SkillLevel
	Preferred   acd.AgentID // asked for by the channel
	Hold        time.Duration
	Data        map[string]string
	Customer    Customer
	LastAgent   acd.AgentID // who had the customer's last contact; zero: not known
}

// Customer is the person, as known when the contact arrived.
type Customer struct {
	Known  bool              `json:"known,omitempty"`
	Name   string            `json:"name,omitempty"`
	Agent  acd.AgentID       `json:"agent,omitzero"` // who looks after them
	Fields map[string]string `json:"fields,omitempty"`
}

// equal reports whether two contacts are saved alike.
func (c *Contact) equal(o *Contact) bool {
	return c.Language == o.Language && c.Category == o.Category && maps.Equal(c.Data, o.Data)
}

// set puts a value under a key of the data, within the unit's limits; a value that is
// too long is cut. The map may be shared, so it is copied first.
func (c *Contact) set(key, value string, l Limits) bool {
	l = l.orDefault()
	if _, there := c.Data[key]; !there && len(c.Data) >= l.Keys || key == "" || runes(key) > l.Key {
		return false
	}
	c.Data = maps.Clone(c.Data)
	if c.Data == nil {
		c.Data = make(map[string]string, 1)
	}
	c.Data[key] = cut(printable(value), l.Value)
	return true
}

// Limits of a unit's contact data, in characters. Zero is the default.
type Limits struct {
	Keys  int // 100
	Key   int // 64
	Value int // 1,000
}

func (l Limits) orDefault() Limits {
	if l.Keys == 0 {
		l.Keys = 100
	}
	if l.Key == 0 {
		l.Key = 64
	}
	if l.Value == 0 {
		l.Value = 1_000
	}
	return l
}

// World is what a component may ask while it runs. It is asked in the hub's turn, so it
// answers from memory. ref is an id or a name within the unit.
type World interface {
	// Zone is the unit's.
	Zone(unit acd.UnitID) *time.Location
	Queue(unit acd.UnitID, ref string) (QueueFigures, bool)
	Hours(unit acd.UnitID, schedule string, at time.Time) (Hours, bool)
	// Opening gives when a schedule is open next, from at on: from is at where it is
	// open then; until is zero when it does not close again; ok is false when there is
	// no such schedule, or it never opens.
	Opening(unit acd.UnitID, schedule string, at time.Time) (from, until time.Time, ok bool)
	Limits(unit acd.UnitID) Limits
}

// QueueFigures are those of a queue now.
type QueueFigures struct {
	ID           acd.QueueID
	Name         string
	Waiting      int
	LongestWait  time.Duration
	ExpectedWait time.Duration // below 0: not known
	Available    int           // agents
	ServiceLevel float64       // percent, today; 100 while nobody was answered
}

// Hours is what a schedule says of an instant.
type Hours uint8

// What a schedule says.
const (
	HoursClosed Hours = iota
	HoursOpen
	HoursHoliday // closed by a holiday
)
