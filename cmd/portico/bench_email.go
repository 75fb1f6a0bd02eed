package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	load "portico/bench"
)

type benchEmail struct {
	URL      string `required:"" placeholder:"http://HOST:PORT" help:"Address of the server. It must run on this machine: the mail server listens on loopback."`
	Token    string `env:"PORTICO_TOKEN" required:"" help:"API token of a system administrator."`
	Unit     string `default:"DEFAULT" help:"Business unit in which the mails arrive."`
	Messages int    `default:"500" help:"Mails that wait in the mailbox when the server learns of it."`
	Singles  int    `default:"50" help:"Mails that come one by one after that."`
	Size     int    `default:"20000" help:"Length of each waiting mail, in bytes."`
	Old      int    `default:"0" help:"Messages of former days that are in the mailbox besides."`
	LargeMiB int    `name:"large-mib" default:"25" help:"Size of a message that comes at the end, in MiB; 0: none does."`
	PID      int    `name:"pid" help:"The server's process, whose memory is looked at."`
}

// Run starts Dovecot and Postfix on loopback, makes the load and prints one JSON object.
// It fails when anything was lost or doubled.
func (b *benchEmail) Run(ctx context.Context) error {
	if b.Messages < 1 || b.Singles < 0 {
		return exit{2, errors.New("--messages wants more than nothing")}
	}
	r, err := load.Mail(ctx, load.MailOptions{URL: b.URL, Token: b.Token, Unit: b.Unit, Messages: b.Messages, Singles: b.Singles,
		Size: b.Size, Old: b.Old, LargeMiB: b.LargeMiB, PID: b.PID})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return err
	}
	if r.Lost+r.Duplicated > 0 {
		return fmt.Errorf("lost %d, duplicated %d", r.Lost, r.Duplicated)
	}
	return nil
}
