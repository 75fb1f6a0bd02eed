package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	load "portico/bench"
)

type bench struct {
	Chat benchChat `cmd:"" help:"Customers and agents in chats. Run it against an installation for tests: it makes agents and a queue of its own, called Bench, and they stay."`

	Email benchEmail `cmd:"" help:"Mails that wait in a mailbox: how long until all are routed. It starts a mail server of its own on loopback, and makes a queue and a mailbox, which stay. Run it as root."`

	Company  benchCompany  `cmd:"" help:"Make a large company by tables: agents called bench-00000 and so on, queues, skills. The same again changes nothing."`
	Sessions benchSessions `cmd:"" help:"Sign the agents of such a company in, without passwords, and print their sessions. The server must not run; whoever may read the data folder may do it."`
	Streams  benchStreams  `cmd:"" help:"Hold the desktops of such a company and thousands of chats open, and tell what that costs the server."`
}

type benchChat struct {
	URL      string `required:"" placeholder:"http://HOST:PORT" help:"Address of the server."`
	Token    string `env:"PORTICO_TOKEN" help:"API token of an administrator."`
	User     string `help:"Instead of a token: an administrator's name."`
	Password string `env:"PORTICO_PASSWORD" help:"The administrator's password."`
	Unit     string `default:"DEFAULT" help:"Business unit in which the load arrives."`
	Path     string `default:"/web" help:"Virtual path of the customers' pages."`

	Mode       string        `default:"lives" enum:"chats,messages,lives,offers" help:"chats: new ones that nobody answers; messages: both sides talk; lives: from arrival to the end of the wrap-up; offers: lives in an open loop, for the latency of offers."`
	ClosedLoop int           `name:"closed-loop" default:"50" placeholder:"CLIENTS" help:"Clients that each wait for the answer before the next request."`
	OpenLoop   float64       `name:"open-loop" placeholder:"RATE" help:"Instead: arrivals a second, whatever the server does (Poisson); latency counts from when each was to be sent."`
	Agents     int           `default:"50" help:"Agents at their desktops."`
	Capacity   int           `default:"3" help:"Chats that an agent may hold."`
	Talk       int           `default:"0" help:"Lines that an agent writes in each life."`
	WarmUp     time.Duration `name:"warm-up" default:"3s" help:"Time before the measuring."`
	Duration   time.Duration `default:"20s" help:"Time of the measuring."`
	Contacts   int64         `default:"1000000" help:"End early after so many chats."`
	JSON       bool          `name:"json" help:"Print one JSON object."`
	SelfTest   bool          `name:"self-test" help:"Put a proxy between that loses, doubles and reorders, and report whether exactly that was found."`
}

// offersRate is the open loop's rate when offers are asked for and no rate is.
const offersRate = 200

// Run makes the load and prints what was measured. It fails when anything was lost,
// doubled or reordered.
func (b *benchChat) Run(ctx context.Context) error {
	if b.Token == "" && b.User == "" {
		return exit{2, errors.New("who asks? Give --token, or --user and --password, of an administrator")}
	}
	if b.ClosedLoop < 1 || b.Agents < 1 || b.Capacity < 1 || b.OpenLoop < 0 || b.Duration <= 0 {
		return exit{2, errors.New("--closed-loop, --agents, --capacity and --duration want more than nothing")}
	}
	o := load.Options{URL: b.URL, Path: b.Path, Token: b.Token, User: b.User, Password: b.Password, Unit: b.Unit,
		Mode: load.Mode(b.Mode), Clients: b.ClosedLoop, Rate: b.OpenLoop, Agents: b.Agents, Capacity: b.Capacity,
		Talk: b.Talk, WarmUp: b.WarmUp, Duration: b.Duration, ContactsMax: b.Contacts}
	if b.Mode == "offers" {
		o.Mode = load.Lives
		if o.Rate == 0 {
			o.Rate = offersRate
		}
	}
	if b.SelfTest {
		return b.selfTest(ctx, o)
	}
	r, err := load.Run(ctx, o)
	if err != nil {
		return err
	}
	if b.JSON {
		err = json.NewEncoder(os.Stdout).Encode(r)
	} else {
		err = r.Table(os.Stdout)
	}
	if err == nil && !r.Clean() {
		err = fmt.Errorf("lost %d, duplicated %d, reordered %d, contradictions %d", r.Lost, r.Duplicated, r.Reordered, r.Contradicts)
	}
	return err
}

func (b *benchChat) selfTest(ctx context.Context, o load.Options) error {
	r, err := load.SelfTest(ctx, o)
	if err != nil {
		return err
	}
	if b.JSON {
		err = json.NewEncoder(os.Stdout).Encode(r)
	} else {
		_, err = fmt.Printf("planted  %+v\nreported %+v\n", r.Planted, r.Reported)
	}
	if err == nil && !r.Exact() {
		err = errors.New("the bench did not report exactly what was planted")
	}
	return err
}
