// Package app wires the parts into a running server and takes it down again in
// order. It holds no logic of its own; only the command line and tests of the whole
// system import it.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"portico/acd"
	"portico/api"
	"portico/email"
	"portico/erasure"
	"portico/hub"
	"portico/identity"
	"portico/outcall"
	"portico/picture"
	"portico/plan"
	"portico/seal"
	"portico/store"
	"portico/texts"
	"portico/threshold"
	"portico/web"
	"portico/webchat"
)

// App is the server.
type App struct {
	o      Options
	config Config
	*parts
	configuration *api.Configuration
	picture       *picture.Picture
	hub           *hub.Hub
	chats         *webchat.Chats
	mails         *email.Channel
	seal          *seal.Box
	outside       *outcall.Outcall
	api           *api.Server
	deliverer     *deliverer
	watcher       *threshold.Watcher
	erasures      *erasure.Erasures
	code          *identity.Code
	front         *front
	console       *console

	stopped sync.Once
	started bool
	rest    context.CancelFunc // ends the night's work and the deliveries
	ended   chan struct{}      // closed when the store or the hub is lost
	end     sync.Once
	owned   sync.WaitGroup
}

// New opens the store and builds the parts; nothing runs and nobody is served yet.
// store.ErrHeld when another process has the store.
func New(ctx context.Context, o Options) (*App, error) {
	o = o.withDefaults()
	config, err := readConfig(o.Data)
	if err != nil {
		return nil, err
	}
	p, err := openWhenThere(ctx, o)
	if err != nil {
		return nil, err
	}
	a := &App{o: o, config: config, parts: p, rest: func() {}, ended: make(chan struct{})}
	if err := a.build(ctx); err != nil {
		p.store.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	catalogue, err := texts.Load()
	if err != nil {
		return fmt.Errorf("reading the catalogue of texts: %w", err)
	}
	if a.configuration, err = api.LoadConfiguration(ctx, a.store, a.o.Log); err != nil {
		return err
	}
	begun, err := a.gate.Started(ctx)
	if err != nil {
		return fmt.Errorf("looking for the first start: %w", err)
	}
	if !begun {
		a.code = identity.NewCode()
	}
	a.picture = picture.New(picture.Options{Now: a.o.Now, Zone: a.configuration.Zone, Expect: estimators[a.config.ExpectedWait]})
	world := api.NewWorld(a.configuration, a.picture, a.store, a.o.Now)
	a.hub = hub.New(hub.Options{Store: a.store, Fold: a.picture.Fold, Congestion: a.configuration.Congestion,
		Flows: hub.Flows{World: world, Release: world.Release, Known: world.Known}, NewID: a.mint.ID, Now: a.o.Now, Log: a.o.Log})
	a.hub.SetFlows(world.Flows())
	a.configuration.Watch(func() { a.hub.SetFlows(world.Flows()) })
	scanner, err := a.config.scanner()
	if err != nil {
		return err
	}
	key := derive(a.key, "sessions of chats")
	a.chats, err = webchat.New(webchat.Options{Hub: a.hub, Store: a.store, Picture: a.picture, Texts: catalogue, Setup: a.configuration.Talk,
		NewID: a.mint.ID, Now: a.o.Now, Log: a.o.Log, Key: key[:], Pages: pagesFolder(a.o.Data),
		Path: a.config.VirtualPath, Widget: web.Files("widget"), Scanner: scanner, Proxies: a.config.TrustedProxies,
		Ended: func(unit acd.UnitID, chat acd.ContactID) []store.Row { return a.mails.ChatEnded(unit, chat) },
		Left:  func(r store.OfflineRequest) []store.Row { return a.mails.OfflineNotice(r) }})
	if err != nil {
		return err
	}
	a.configuration.Watch(a.chats.Configured)
	if err := a.buildOutside(); err != nil {
		return err
	}
	a.buildMails(catalogue)
	a.erasures = erasure.New(erasure.Options{Store: a.store, Mails: a.mails, Now: a.o.Now, Log: a.o.Log,
		Lost: func(err error) bool { return errors.Is(err, email.ErrNoMailbox) }})
	a.api, err = api.New(api.Deps{Store: a.store, Core: a.hub, Picture: a.picture, Gate: a.gate,
		Configuration: a.configuration, Conversations: conversations{a.chats, a.mails, a.picture}, Mails: a.mails, Erase: a.erasures.Wake, Mint: a.mint, Now: a.o.Now, Log: a.o.Log,
		Setup: a.code, Languages: catalogue.Languages(), Version: a.o.Version, Origins: a.config.Origins,
		Proxies: a.config.TrustedProxies, Seal: a.seal, Outside: a.outside,
		Secure: a.config.TLSCertificate != ""})
	if err != nil {
		return err
	}
	a.deliverer = newDeliverer(a.store, a.api.Alerted, a.o.Log)
	a.deliverer.beside = a.mails.AlertNotice
	a.watcher = threshold.New(threshold.Options{Store: a.store, Picture: a.picture, Thresholds: a.configuration.Thresholds,
		Raised: a.deliverer.rouse, Over: a.api.Alerted, NewID: a.mint.ID, Now: a.o.Now, Log: a.o.Log})
	return nil
}

// Start restores the state, begins to route, and listens.
func (a *App) Start(ctx context.Context) error {
	a.started = true
	whole := plan.Diff(nil, a.configuration.Plan())
	if err := a.picture.Load(ctx, a.store, whole); err != nil {
		return fmt.Errorf("restoring the picture: %w", err)
	}
	a.picture.Start(a.store, a.api.Turned)
	a.hub.Subscribe(a.chats.Fold)
	a.hub.Subscribe(a.mails.Fold)
	a.hub.Subscribe(a.api.Batch)
	a.hub.Subscribe(a.deliverer.batch)
	a.hub.Subscribe(a.callOutside)
	if err := a.hub.Start(ctx, whole); err != nil {
		return fmt.Errorf("restoring the routing: %w", err)
	}
	a.store.Watch(func(h store.Health) {
		if h.Lost {
			a.end.Do(func() { close(a.ended) })
		}
	})
	a.owned.Go(func() { // ends with the hub
		<-a.hub.Done()
		a.end.Do(func() { close(a.ended) })
	})
	if err := a.chats.Start(ctx); err != nil {
		return fmt.Errorf("restoring the conversations: %w", err)
	}
	a.mails.Start()
	running, rest := context.WithCancel(context.Background()) // until Stop
	a.rest = rest
	n := &night{store: a.store, expire: a.mails.Expire, months: a.config.RetentionMonths, now: a.o.Now, log: a.o.Log}
	a.owned.Go(func() { n.run(running) })
	if err := a.watcher.Load(ctx, a.configuration.Units()); err != nil {
		return err
	}
	a.owned.Go(func() { a.deliverer.run(running) })
	a.owned.Go(func() { a.watcher.Run(running) })
	a.owned.Go(func() { a.erasures.Run(running) })
	console, err := a.listenConsole(a.o.Data)
	if err != nil {
		return err
	}
	a.console = console
	a.front, err = a.listen()
	return err
}

// Stop takes no more, tells desktops and customers, saves what was taken, and
// frees the store. ctx bounds the waiting.
func (a *App) Stop(ctx context.Context) error {
	var failed error
	a.stopped.Do(func() {
		a.rest()
		a.front.refuse()
		a.console.stop(ctx)
		a.api.Stop(ctx)
		a.outside.Stop()
		if a.started {
			failed = errors.Join(a.mails.Stop(ctx), a.chats.Stop(ctx), a.front.stop(ctx), a.hub.Stop(ctx), a.picture.Stop(ctx))
		}
		failed = errors.Join(failed, a.store.Close())
		a.owned.Wait()
	})
	return failed
}

// Done is closed when the server has stopped or can no longer go on; Err says why.
func (a *App) Done() <-chan struct{} { return a.ended }

// Err says why the server ended by itself; nil while it runs and after Stop.
func (a *App) Err() error {
	if a.store.Health().Lost {
		return fmt.Errorf("the store is lost: %w", store.ErrFenced)
	}
	return a.hub.Err()
}

// FirstStartCode is the one-time code that the first page asks for; empty once the
// first start was done before this process began.
func (a *App) FirstStartCode() string {
	if a.code == nil {
		return ""
	}
	return a.code.String()
}

// URL is the address to open. Before the first start it carries the one-time code,
// behind the sign that browsers keep to themselves, so that nobody has to type it.
func (a *App) URL() string {
	if a.code != nil {
		return a.base() + "#code=" + a.code.String()
	}
	return a.base()
}

func (a *App) base() string {
	scheme := "http"
	if a.config.TLSCertificate != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(a.front.address())
	if err != nil {
		return scheme + "://" + a.front.address() + "/"
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}

// openWhenThere opens the store, and waits for a database that is not up yet: after
// a power cut the two come back in any order.
func openWhenThere(ctx context.Context, o Options) (*parts, error) {
	const first, most = 250 * time.Millisecond, 5 * time.Second
	for pause := first; ; pause = min(2*pause, most) {
		p, err := openParts(ctx, o)
		if err == nil || o.Store == "" || final(err) {
			return p, err
		}
		o.Log.Warn("the store is not there yet; trying again", "err", err, "took", pause)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}
