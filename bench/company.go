package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
)

// Company is the size of a made-up company. The zero values mean what each field says.
type Company struct {
	Agents     int // 0: 12,000
	Queues     int // 0: 4,000, of ten steps each
	Skills     int // 0: 10,000; the first ones are those that queues ask for
	SkillsEach int // of an agent; 0: 50
	QueuesEach int // that an agent serves at some step; 0: 15
	Capacity   int // chats of an agent; 0: 15
	Seed       uint64
}

// companySteps is how many steps each queue of a Company has.
const companySteps = 10

func (c *Company) defaults() {
	for _, f := range []struct {
		field *int
		value int
	}{{&c.Agents, 12_000}, {&c.Queues, 4_000}, {&c.Skills, 10_000}, {&c.SkillsEach, 50}, {&c.QueuesEach, 15}, {&c.Capacity, 15}} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	c.Skills = max(c.Skills, c.Queues)
	c.SkillsEach = min(max(c.SkillsEach, c.QueuesEach), c.Skills)
}

// agentPrefix begins the names of the agents of a Company, and of no others.
const agentPrefix = "bench-"

// AgentName is the name of an agent of a Company, from 0.
func AgentName(i int) string { return fmt.Sprintf(agentPrefix+"%05d", i) }

// CompanyQueue is the name of a queue of a Company, from 0.
func CompanyQueue(i int) string { return fmt.Sprintf("Bench %04d", i) }

func companySkill(i int) string { return fmt.Sprintf("s%05d", i) }

// Found makes the company by the tables that administrators import. The same company
// again changes nothing. said is told of each table; may be nil.
func (a *Admin) Found(ctx context.Context, c Company, said func(string)) error {
	c.defaults()
	tables := []struct {
		kind   string
		header []string
		rows   int
		row    func(int) []string
	}{
		{"skills", []string{"name"}, c.Skills, func(i int) []string { return []string{companySkill(i)} }},
		{"queues", []string{"name", "domain", "objective_s", "policy", "steps", "no_answer_stays", "customer_grace_s"}, c.Queues, c.queue},
		{"users", []string{"name", "first_name", "last_name", "screen_name", "roles", "language", "capacity", "skills"}, c.Agents, c.agent},
	}
	for _, t := range tables {
		for from := 0; from < t.rows; from += tableMax {
			to := min(from+tableMax, t.rows)
			if err := a.importTable(ctx, t.kind, t.header, from, to, t.row); err != nil {
				return err
			}
			if said != nil {
				said(fmt.Sprintf("%s: %d of %d", t.kind, to, t.rows))
			}
		}
	}
	return nil
}

// tableMax is how many rows one imported table has.
const tableMax = 1_000

// queue asks for its own skill, at a lower level from step to step.
func (c *Company) queue(i int) []string {
	steps := make([]string, companySteps)
	for k := range steps {
		steps[k] = fmt.Sprintf("%d>%s:%d", k*20, companySkill(i), 100-9*k)
	}
	policy := []string{"longest_idle", "least_occupied", "highest_level", "preference"}[i%4]
	return []string{CompanyQueue(i), "chat", "20", policy, strings.Join(steps, "|"), "true", "3600"}
}

// agent has the skills of some queues, popular ones more often, and others that no
// queue asks for, as far as there are such.
func (c *Company) agent(i int) []string {
	r := rand.New(rand.NewPCG(c.Seed, uint64(i)))
	popular := rand.NewZipf(r, 1.1, 8, uint64(c.Queues-1))
	chosen := map[int]bool{}
	var skills []string
	add := func(skill, level int) {
		if !chosen[skill] {
			chosen[skill] = true
			skills = append(skills, fmt.Sprintf("%s:%d", companySkill(skill), level))
		}
	}
	for tries := 0; len(skills) < min(c.QueuesEach, c.Queues) && tries < 100*c.QueuesEach; tries++ {
		if tries%4 == 0 {
			add(int(popular.Uint64()), 19+r.IntN(82))
		} else {
			add(r.IntN(c.Queues), 19+r.IntN(82))
		}
	}
	for tries := 0; len(skills) < c.SkillsEach && c.Skills > c.Queues && tries < 100*c.SkillsEach; tries++ {
		add(c.Queues+r.IntN(c.Skills-c.Queues), 1+r.IntN(100))
	}
	name := AgentName(i)
	return []string{name, "Bench", name, name, "agent", "english", fmt.Sprintf("chat:%d", c.Capacity), strings.Join(skills, ";")}
}

// importTable imports the rows from one number to before another.
func (a *Admin) importTable(ctx context.Context, kind string, header []string, from, to int, row func(int) []string) error {
	var table bytes.Buffer
	w := csv.NewWriter(&table)
	w.Write(header)
	for i := from; i < to; i++ {
		w.Write(row(i))
	}
	w.Flush()
	query := url.Values{}
	if a.unit != "" {
		query.Set("unit", a.unit)
	}
	path := "/api/v1/" + kind + "/import?" + query.Encode()
	answer, err := a.Door.do(ctx, http.MethodPost, path, a.Pass, "text/csv", table.Bytes(), importMax)
	if err == nil {
		err = answer.refused("POST " + path)
	}
	if err != nil {
		return fmt.Errorf("importing %s: %w", kind, err)
	}
	var result struct {
		Applied bool `json:"applied"`
		Refused int  `json:"refused"`
		Rows    []struct {
			Name    string `json:"name"`
			Message string `json:"message"`
			Field   string `json:"field"`
		} `json:"rows"`
	}
	if err := json.Unmarshal(answer.Body, &result); err != nil {
		return fmt.Errorf("reading what became of %s: %w", kind, err)
	}
	if result.Applied {
		return nil
	}
	for _, r := range result.Rows {
		if r.Message != "" {
			return fmt.Errorf("importing %s: %s, %s: %s", kind, r.Name, r.Field, r.Message)
		}
	}
	return errors.New("importing " + kind + ": nothing was done")
}
