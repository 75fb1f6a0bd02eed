package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"portico/app"
	"portico/identity"
)

type admin struct {
	Init  adminInit  `cmd:"" help:"Do the first start without a browser. The passwords come from PORTICO_SA_PASSWORD and PORTICO_PA_PASSWORD; what was made is printed as JSON."`
	Token adminToken `cmd:"" help:"API tokens."`
}

type adminInit struct {
	place    `embed:""`
	Company  string `default:"Sample company" help:"Name of the company."`
	Language string `default:"english" help:"Language of the installation: english, deutsch, francais or portugues."`
	TimeZone string `default:"UTC" help:"Time zone of the company, such as Europe/Berlin."`
	Sample   bool   `help:"Make a company to try: queues, skills, four agents."`
}

// Run does the first start.
func (a *adminInit) Run(ctx context.Context) error {
	in := identity.FirstStart{Company: a.Company, Language: a.Language, TimeZone: a.TimeZone, Sample: a.Sample,
		SAPassword: os.Getenv("PORTICO_SA_PASSWORD"), PAPassword: os.Getenv("PORTICO_PA_PASSWORD"),
		AgentPassword: os.Getenv("PORTICO_AGENT_PASSWORD")}
	if in.SAPassword == "" || in.PAPassword == "" {
		return exit{2, errors.New("put the passwords of sa and pa into PORTICO_SA_PASSWORD and PORTICO_PA_PASSWORD")}
	}
	made, err := app.Init(ctx, app.Options{Data: a.Data, Store: a.Store}, in)
	if err != nil {
		return held(err)
	}
	return printJSON(made)
}

type adminToken struct {
	Create adminTokenCreate `cmd:"" help:"Make an API token, also while the server runs. It is shown once."`
}

type adminTokenCreate struct {
	place   `embed:""`
	Role    string        `default:"business_administrator" enum:"system_administrator,business_administrator,supervisor" help:"What the token may do."`
	Unit    string        `default:"" help:"Business unit; DEFAULT when left out, and none for a system administrator."`
	Name    string        `default:"token" help:"What the token is for."`
	Expires time.Duration `default:"720h" help:"How long it is good for, such as 24h; 366 days at most."`
}

// Run makes the token.
func (a *adminTokenCreate) Run(ctx context.Context) error {
	made, err := app.CreateToken(ctx, app.Options{Data: a.Data, Store: a.Store},
		app.TokenRequest{Role: identity.Role(a.Role), Unit: a.Unit, Name: a.Name, Life: a.Expires})
	if err != nil {
		return held(err)
	}
	return printJSON(made)
}

func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}
