package email

import (
	"cmp"
	"reflect"
	"time"

	"portico/acd"
	"portico/mailbox"
	"portico/post"
	"portico/store"
	"portico/talk"
)

// boxOf makes what the mailboxes and the sender need of an account. A secret that cannot
// be opened is as none: the server's refusal says the rest.
func (c *Channel) boxOf(a talk.MailBox) mailbox.Account {
	open := func(name string) string {
		if a.Sealed[name] == "" {
			return ""
		}
		value, err := c.o.Seal.Open(a.Sealed[name], talk.MailSecretPlace(a.ID, name))
		if err != nil {
			c.log.Warn("a secret of a mailbox cannot be opened", "peer", a.Name, "err", err)
		}
		return value
	}
	box := mailbox.Account{ID: a.ID, Unit: a.Unit, Name: a.Name, Address: a.Address, CAs: []byte(a.Authorities),
		MaxSessions: a.MaxSessions, RatePerMinute: a.RatePerMinute, MaxSize: int64(a.MaxSizeMiB) << 20, Preset: a.Preset,
		Poll: time.Duration(a.PollS) * time.Second, Keepalive: a.KeepAlive(),
		Folders: mailbox.Folders{Inbox: a.Folders.Inbox, Working: a.Folders.Working, Done: a.Folders.Done, Exceptions: a.Folders.Exceptions, Sent: a.Folders.Sent},
		OAuth: post.OAuth{TokenURL: a.OAuth.TokenURL, ClientID: a.OAuth.ClientID, Scope: a.OAuth.Scope, Secret: open("client_secret"),
			Refresh: open("refresh_token")}}
	box.Reserve, box.OnlyNew = a.Reserve, a.OnlyNew
	box.Maintenance = windowsOf(a.Maintenance, c.o.Setup().Zones[a.Unit])
	for _, pin := range a.Pins {
		box.Pins = append(box.Pins, string(pin))
	}
	box.IMAP = serverOf(a.IMAP, open("imap_password"), 993, 143)
	box.SMTP = serverOf(a.SMTP, cmp.Or(open("smtp_password"), box.IMAP.Secret), 465, 587)
	if preset := mailbox.PresetOf(a.Preset); preset.Name != "" {
		box.MaxSessions = cmp.Or(box.MaxSessions, preset.SessionsMax)
		box.RatePerMinute = cmp.Or(box.RatePerMinute, preset.RateMax)
		box.Reserve = cmp.Or(box.Reserve, preset.Reserve)
	}
	return box
}

// windowsOf gives maintenance windows as the mailboxes know them, by the clock of a zone.
func windowsOf(all []talk.MailPause, name string) []mailbox.Window {
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = time.UTC
	}
	var out []mailbox.Window
	for _, w := range all {
		begin, _ := w.Begin()
		window := mailbox.Window{From: time.Duration(begin) * time.Minute, For: time.Duration(w.Minutes) * time.Minute, Zone: zone}
		for _, day := range w.Days {
			window.Days = append(window.Days, time.Weekday((day+1)%7)) // a week begins on Monday here
		}
		out = append(out, window)
	}
	return out
}

// serverOf gives a server with its usual port where none is named.
func serverOf(s talk.MailServer, secret string, implicit, other int) post.Server {
	out := post.Server{Host: s.Host, Port: s.Port, TLS: post.TLS(cmp.Or(s.TLS, string(post.Implicit))), Auth: post.Auth(cmp.Or(s.Auth, string(post.Password))),
		User: s.User, Secret: secret}
	if out.Port == 0 {
		out.Port = other
		if out.TLS == post.Implicit {
			out.Port = implicit
		}
	}
	return out
}

// Configured brings the accounts that are configured into force. It does not block.
func (c *Channel) Configured() {
	select {
	case c.reload <- struct{}{}:
	default:
	}
}

// reloads brings changes of the accounts into force until the channel stops.
func (c *Channel) reloads() {
	for {
		select {
		case <-c.context.Done():
			return
		case <-c.reload:
			c.apply(c.o.Setup())
		}
	}
}

// apply starts, changes and ends what belongs to accounts.
func (c *Channel) apply(setup *talk.MailSetup) {
	var boxes []mailbox.Account
	wanted := map[[16]byte]talk.MailBox{}
	for _, a := range setup.Accounts {
		if !a.Disabled {
			wanted[a.ID] = a
			boxes = append(boxes, c.boxOf(a))
		}
	}
	c.boxes.Configure(boxes)
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, s := range c.senders {
		if a, ok := wanted[id]; !ok || !reflect.DeepEqual(a.MailAccount, s.account.MailAccount) {
			s.cancel()
			delete(c.senders, id)
		}
	}
	for id, a := range wanted {
		if c.senders[id] == nil {
			c.startSender(a)
		}
	}
}

// postOptions are how an account sends.
func (c *Channel) postOptions(box mailbox.Account) post.Options {
	tokens := c.boxes.Tokens(box.ID)
	if tokens == nil && box.SMTP.Auth == post.XOAuth2 {
		tokens = post.NewTokens(box.OAuth)
	}
	return box.Post(tokens)
}

// account gives an account of a unit.
func (c *Channel) account(unit acd.UnitID, id [16]byte) (talk.MailBox, error) {
	a, ok := c.o.Setup().Account(id)
	if !ok || a.Unit != unit {
		return a, store.ErrNone
	}
	return a, nil
}
