package app

import (
	"context"
	"log/slog"
	"time"

	"portico/acd"
	"portico/store"
)

const (
	// nightHour is when the store is cleaned, in the server's local time.
	nightHour = 3
	// nightMax is how long that may take. What is left waits for the next night.
	nightMax = 3 * time.Hour
	// sweepAge is how old must be what nobody needs any more: an upload may be slow,
	// and a page open that still shows a chat.
	sweepAge = 24 * time.Hour
	// retentionMax bounds retention_months: a century.
	retentionMax = 1200
)

// keeper is what the night asks of the store.
type keeper interface {
	Sweep(ctx context.Context, before acd.Time) error
	SweepOrphans(ctx context.Context, before acd.Time) error
	Prune(ctx context.Context, r store.Retention) error
}

// night cleans the store once a day.
type night struct {
	store  keeper
	expire func(context.Context) error // the mailboxes; nil: there are none
	months int                         // Config.RetentionMonths
	now    func() time.Time
	log    *slog.Logger
}

// run cleans each night until ctx ends.
func (n *night) run(ctx context.Context) {
	for {
		now := n.now()
		timer := time.NewTimer(nextNight(now).Sub(now))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		n.clean(ctx)
	}
}

// clean does one night's work. A part that fails leaves the others to be done.
func (n *night) clean(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, nightMax)
	defer cancel()
	began := n.now()
	before := acd.At(began.Add(-sweepAge))
	for _, part := range [...]struct {
		what string
		do   func() error
	}{
		{"old sessions and drafts are not all swept", func() error { return n.store.Sweep(ctx, before) }},
		{"attachments without a message are not all swept", func() error { return n.store.SweepOrphans(ctx, before) }},
		{"what was kept long enough is not all deleted", func() error { return n.store.Prune(ctx, retention(began, n.months)) }},
	} {
		if err := part.do(); err != nil {
			n.log.Warn(part.what+"; the next night goes on", "err", err)
		}
	}
	if n.expire != nil {
		if err := n.expire(ctx); err != nil {
			n.log.Warn("old messages are not all deleted from the mailboxes; the next night goes on", "err", err)
		}
	}
	n.log.Info("the store is cleaned", "took", n.now().Sub(began))
}

// nextNight gives the first time after now at which the store is cleaned.
func nextNight(now time.Time) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day(), nightHour, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+1, nightHour, 0, 0, 0, now.Location())
	}
	return at
}

// retention keeps the present month (UTC) and so many before it; 0 keeps all.
func retention(now time.Time, months int) store.Retention {
	if months == 0 {
		return store.Retention{}
	}
	now = now.UTC()
	first := time.Date(now.Year(), now.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	return store.Retention{FactMonth: int64(first.Year())*100 + int64(first.Month()), Contacts: acd.At(first), Alerts: acd.At(first)}
}
