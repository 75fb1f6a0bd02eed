// Command portico is the whole contact center: the server, and the tools that
// set it up, watch it and put it under load.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"portico/fault"
)

// version is set by the linker.
var version = "dev"

// commands is the command line.
type commands struct {
	Serve   serve   `cmd:"" help:"Run the server."`
	Admin   admin   `cmd:"" help:"Set up a data folder and make API tokens, without a browser."`
	Bench   bench   `cmd:"" help:"Put a running server under load and count what it loses or doubles."`
	Email   email   `cmd:"" help:"Try mail servers and make them fit."`
	Web     web     `cmd:"" help:"Look at the pages that customers see."`
	Version release `cmd:"" help:"Print the version."`
}

type release struct{}

func (release) Run() error {
	fmt.Println("portico", version)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parser := kong.Must(&c,
		kong.Name("portico"),
		kong.Description("An open, on-premises, omnichannel contact center."),
		kong.ShortUsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)))
	call, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	if err := call.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "portico:", sentence(err))
		os.Exit(exitCode(err))
	}
}

// sentence is what a person is told of an error: a fault's own words, or the
// error as it is.
func sentence(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Sentence
	}
	return err.Error()
}

// exit is an error that asks for an exit code of its own.
type exit struct {
	code int
	error
}

func (e exit) Unwrap() error { return e.error }

func exitCode(err error) int {
	var e exit
	if errors.As(err, &e) {
		return e.code
	}
	return 1
}
