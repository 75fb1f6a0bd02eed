package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"portico/app"
	"portico/store"
)

// place says where the data are.
type place struct {
	Data  string `default:"./data" placeholder:"DIR" help:"Data folder: the embedded store, the key file, customised pages, configuration."`
	Store string `env:"PORTICO_STORE" placeholder:"postgres://…" help:"PostgreSQL instead of the embedded store."`
}

type serve struct {
	place  `embed:""`
	Listen string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on. Until the first start is done only loopback is served."`
}

// stopMax is how long a graceful stop may take.
const stopMax = 30 * time.Second

// Run serves until it is told to stop.
func (s *serve) Run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	server, err := app.New(ctx, app.Options{Data: s.Data, Store: s.Store, Listen: s.Listen, Version: version, Log: log})
	if err != nil {
		return held(err)
	}
	if err := server.Start(ctx); err != nil {
		server.Stop(context.Background())
		return err
	}
	if code := server.FirstStartCode(); code != "" {
		fmt.Printf("\nThis is the first start. The page asks for this one-time code: %s\n", code)
	}
	fmt.Printf("\nPortico is ready: open %s\n", server.URL())

	var failed error
	select {
	case <-ctx.Done():
	case <-server.Done():
		failed = server.Err()
	}
	bounded, cancel := context.WithTimeout(context.Background(), stopMax)
	defer cancel()
	return errors.Join(failed, server.Stop(bounded))
}

// held puts the store's refusal of a second process into words.
func held(err error) error {
	if errors.Is(err, store.ErrHeld) {
		return exit{3, fmt.Errorf("another process has this store open: stop it first, or choose another data folder (%w)", err)}
	}
	return err
}
