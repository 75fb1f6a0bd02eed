package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"portico/acd"
	"portico/email"
	"portico/fault"
	"portico/hub"
	"portico/identity"
	"portico/outcall"
	"portico/seal"
	"portico/texts"
	"portico/workflow"
)

// lookupsName is the folder of the data folder that holds the SQLite files that
// workflows may read.
const lookupsName = "lookups"

// buildOutside makes what calls the outside for workflows.
func (a *App) buildOutside() error {
	folder := filepath.Join(a.o.Data, lookupsName)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making the folder of look-ups: %w", err)
	}
	a.seal = seal.New(derive(a.key, "secrets"))
	a.outside = outcall.New(outcall.Options{
		Tell: a.answerFlow,
		Secret: func(_ context.Context, unit acd.UnitID, id outcall.SecretID) (string, error) {
			return a.configuration.Secret(a.seal, unit, id)
		},
		Connection: func(_ context.Context, unit acd.UnitID, id outcall.ConnectionID) (outcall.Connection, error) {
			return a.configuration.Connection(unit, id)
		},
		Function: func(_ context.Context, unit acd.UnitID, id outcall.FunctionID) (outcall.Function, error) {
			return a.configuration.Function(unit, id)
		},
		Allow: a.configuration.OutsideAllow, Lookups: folder, Log: a.o.Log,
	})
	return nil
}

// callOutside makes the calls that workflows ask for in a durable batch. It does not block.
func (a *App) callOutside(b hub.Batch) {
	for i := range b.Changes {
		for _, p := range b.Changes[i].Flow {
			if p.Call != nil {
				a.outside.Take(outcall.Call{Unit: p.Unit, Call: *p.Call})
			}
		}
	}
}

// answerFlow tells a contact's workflow what came of its call; an error is to be tried
// again: nothing can be saved now. A workflow that does not wait for it any more is no error.
func (a *App) answerFlow(ctx context.Context, c outcall.Call, r outcall.Result) error {
	_, err := a.hub.Ask(ctx, hub.Command{Lane: hub.Progress, Unit: c.Unit, Flow: &hub.FlowInput{Contact: c.Token.Contact,
		Input: workflow.Answered{Token: c.Token, Result: r.Result}}})
	if f := fault.Of(err); f != nil && f.Kind != fault.Unavailable {
		return nil
	}
	return err
}

// buildMails makes the e-mail channel.
func (a *App) buildMails(catalogue *texts.Catalogue) {
	a.mails = email.New(email.Options{Hub: a.hub, Store: a.store, Picture: a.picture, Files: a.chats, Setup: a.configuration.Mail,
		Masker: a.chats.Masker, Seal: a.seal, Global: identity.Global, Raised: func() { a.deliverer.rouse() }, NewID: a.mint.ID, Now: a.o.Now,
		Text:       func(language, key string) string { return catalogue.Text(language, key, nil) },
		Transcript: a.chats.TranscriptText, Log: a.o.Log, Key: derive(a.key, "marks of mails")})
	a.configuration.Watch(a.mails.Configured)
}
