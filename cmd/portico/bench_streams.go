package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"portico/app"
	load "portico/bench"
)

// crowdMax bounds how many sessions are made at a time.
const crowdMax = 20_000

type benchCompany struct {
	access     `embed:""`
	Agents     int `default:"12000" help:"Agents."`
	Queues     int `default:"4000" help:"Queues, of ten steps each."`
	Skills     int `default:"10000" help:"Skills; each queue asks for one of its own."`
	SkillsEach int `default:"50" help:"Skills of an agent."`
	QueuesEach int `default:"15" help:"Queues that an agent serves at some step."`
	Capacity   int `default:"15" help:"Chats that an agent may hold."`
}

// access says which server, and who asks.
type access struct {
	URL   string `required:"" placeholder:"http://HOST:PORT" help:"Address of the server."`
	Token string `required:"" env:"PORTICO_TOKEN" help:"API token of an administrator."`
	Unit  string `default:"DEFAULT" help:"Business unit of the load."`
}

// Run makes the company.
func (b *benchCompany) Run(ctx context.Context) error {
	door, err := load.Open(b.URL)
	if err != nil {
		return err
	}
	defer door.Close()
	a := &load.Admin{Door: door, Pass: load.Bearer(b.Token)}
	if err := a.WorkIn(ctx, b.Unit); err != nil {
		return err
	}
	size := load.Company{Agents: b.Agents, Queues: b.Queues, Skills: b.Skills, SkillsEach: b.SkillsEach, QueuesEach: b.QueuesEach, Capacity: b.Capacity}
	return a.Found(ctx, size, func(line string) { fmt.Fprintln(os.Stderr, line) })
}

type benchSessions struct {
	place `embed:""`
	Unit  string `default:"DEFAULT" help:"Business unit of the agents."`
	Max   int    `default:"12000" help:"How many at most."`
}

// Run signs the agents of a company in. The server must not run.
func (b *benchSessions) Run(ctx context.Context) error {
	made, err := app.SignInCrowd(ctx, app.Options{Data: b.Data, Store: b.Store}, b.Unit, "bench-", min(b.Max, crowdMax))
	if err != nil {
		return held(err)
	}
	e := json.NewEncoder(os.Stdout)
	for _, m := range made {
		if err := e.Encode(m); err != nil {
			return fmt.Errorf("printing: %w", err)
		}
	}
	return nil
}

type benchStreams struct {
	access    `embed:""`
	Path      string        `default:"/web" help:"Virtual path of the customers' pages."`
	Sessions  string        `required:"" placeholder:"FILE" help:"What 'portico bench sessions' printed."`
	Queues    int           `default:"4000" help:"Queues of the company, over which the chats are spread."`
	Waiting   int           `default:"10000" help:"Chats that come while nobody is available."`
	Chats     int           `default:"10000" help:"Chats that come afterwards."`
	Sockets   int           `default:"7000" help:"Chats whose page holds a socket."`
	Hold      time.Duration `default:"60s" help:"How long all is kept open."`
	Processes int           `default:"2" help:"Processes of the generator; each has its own limit of open files."`
	Pid       int           `help:"Process of the server, when it runs on this machine: its memory and processor time are told."`
	Share     int           `hidden:"" default:"-1"`
}

// Run puts the streams on the server, phase by phase, or is one share of that.
func (b *benchStreams) Run(ctx context.Context) error {
	if b.Share >= 0 {
		return b.share(ctx)
	}
	shares := make([]*share, b.Processes)
	for i := range shares {
		s, err := b.begin(ctx, i)
		if err != nil {
			return err
		}
		defer s.end()
		shares[i] = s
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "phase\tdone\tfailed\tseconds\taccepted\tframes\tserver MiB\tserver cores\t")
	memory, busy := proc(b.Pid)
	fmt.Fprintf(t, "rest\t\t\t\t\t\t%.0f\t\t\n", memory)
	for _, name := range phases {
		began := time.Now()
		all, err := together(shares, name)
		if err != nil {
			return err
		}
		now, later := proc(b.Pid)
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\t%d\t%d\t%.0f\t%.2f\t\n", name, all.Done, all.Failed, all.TookS, all.Accepted, all.Frames,
			now, (later-busy)/time.Since(began).Seconds())
		busy = later
		if all.FirstError != "" {
			fmt.Fprintln(os.Stderr, name+":", all.FirstError)
		}
	}
	return t.Flush()
}

// phases of a run, in order.
var phases = []string{"waiting", "desktops", "hold", "leave", "available", "chats", "sockets", "hold"}

// share is a process of the generator.
type share struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

func (b *benchStreams) begin(ctx context.Context, i int) (*share, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	c := exec.CommandContext(ctx, self, append(os.Args[1:], "--share", strconv.Itoa(i))...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a share: %w", err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a share: %w", err)
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("starting a share: %w", err)
	}
	return &share{c, in, bufio.NewScanner(out)}, nil
}

func (s *share) end() {
	s.in.Close()
	s.command.Wait()
}

// together has all shares do a phase, and adds up what they did.
func together(shares []*share, name string) (all load.Phase, err error) {
	for _, s := range shares {
		if _, err := fmt.Fprintln(s.in, name); err != nil {
			return all, fmt.Errorf("telling a share: %w", err)
		}
	}
	for _, s := range shares {
		if !s.out.Scan() {
			return all, errors.New("a process of the generator ended early")
		}
		var p load.Phase
		if err := json.Unmarshal(s.out.Bytes(), &p); err != nil {
			return all, fmt.Errorf("hearing of a share: %w", err)
		}
		all.Done, all.Failed, all.TookS = all.Done+p.Done, all.Failed+p.Failed, max(all.TookS, p.TookS)
		all.Accepted, all.Frames = all.Accepted+p.Accepted, all.Frames+p.Frames
		if all.FirstError == "" {
			all.FirstError = p.FirstError
		}
	}
	return all, nil
}

// share does what it reads, line by line, and says how it went, until its input ends.
func (b *benchStreams) share(ctx context.Context) error {
	door, err := load.Open(b.URL)
	if err != nil {
		return err
	}
	defer door.Close()
	members, err := b.members()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	part := func(n int) int { return (n + b.Processes - 1 - b.Share) / b.Processes }
	s := &load.Streams{Door: door, Path: b.Path, Unit: b.Unit, Run: load.NewRun(), Members: members,
		Queue: func(i int) string { return load.CompanyQueue(i % b.Queues) }, First: b.Share * part(b.Chats)}
	defer s.Close()
	defer stop()
	lines, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var p load.Phase
		switch lines.Text() {
		case "desktops":
			p = s.Desks(ctx)
		case "available":
			p = s.Available(ctx)
		case "waiting":
			p = s.Ask(ctx, part(b.Waiting))
		case "leave":
			p = s.Leave(ctx)
		case "chats":
			p = s.Ask(ctx, part(b.Chats))
		case "sockets":
			p = s.Listen(ctx, part(b.Sockets))
		case "hold":
			p = s.Hold(ctx, b.Hold)
		}
		if err := out.Encode(p); err != nil {
			return fmt.Errorf("telling what was done: %w", err)
		}
	}
	return nil
}

// members reads this share's part of the sessions.
func (b *benchStreams) members() ([]load.Member, error) {
	f, err := os.Open(b.Sessions)
	if err != nil {
		return nil, fmt.Errorf("reading the sessions: %w", err)
	}
	defer f.Close()
	var all []load.Member
	d := json.NewDecoder(f)
	for i := 0; ; i++ {
		var m load.Member
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading the sessions: %w", err)
		}
		if i%b.Processes == b.Share {
			all = append(all, m)
		}
	}
}

// proc gives the resident memory of a process in MiB, and the processor time that it
// has used in seconds; zero where the system does not tell.
func proc(pid int) (memory, seconds float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			memory = kib / 1024
		}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return memory, 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third of proc(5)
	if len(fields) < 13 {
		return memory, 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	const ticks = 100 // a second; USER_HZ
	return memory, (user + system) / ticks
}
