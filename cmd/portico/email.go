package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"portico/mailbox"
	"portico/post"
)

type email struct {
	Check          emailCheck          `cmd:"" help:"Try a mail account's servers, live, and say in plain words what fails. Exit code 1 when something does."`
	PromoteHeaders emailPromoteHeaders `cmd:"" name:"promote-headers" help:"Send one message with Portico's headers by authenticated SMTP, after which Exchange lets such headers through to IMAP, and look whether it does."`
}

// trusted says whose certificates are trusted besides the system's.
type trusted struct {
	CA  string   `name:"ca" type:"existingfile" placeholder:"FILE" help:"Certificates of the company's authority, in PEM."`
	Pin []string `placeholder:"SHA256" help:"Fingerprint of a certificate that is trusted whoever signed it."`
}

func (t trusted) read() ([]byte, error) {
	if t.CA == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(t.CA)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates: %w", err)
	}
	return pem, nil
}

type emailCheck struct {
	Account string `placeholder:"ID" help:"Try an account of a running server instead of the flags."`
	Server  string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"With --account: where that server is. The token comes from PORTICO_TOKEN."`

	Preset       string   `enum:"none,microsoft365,google,exchange,domino" default:"none" help:"Kind of server: it fills in hosts, ports and TLS, and warns of limits."`
	Address      string   `placeholder:"ADDRESS" help:"The mailbox's own address; a test message goes from it to it."`
	User         string   `help:"Login; the address when left out."`
	Password     string   `env:"PORTICO_MAIL_PASSWORD" help:"Better in PORTICO_MAIL_PASSWORD, where no list of processes shows it."`
	IMAPHost     string   `name:"imap-host" placeholder:"HOST"`
	IMAPPort     int      `name:"imap-port" default:"993"`
	IMAPTLS      string   `name:"imap-tls" enum:"implicit,starttls,none" default:"implicit"`
	SMTPHost     string   `name:"smtp-host" placeholder:"HOST" help:"That of IMAP when left out."`
	SMTPPort     int      `name:"smtp-port" default:"587"`
	SMTPTLS      string   `name:"smtp-tls" enum:"implicit,starttls,none" default:"starttls"`
	SMTPNoLogin  bool     `name:"smtp-no-login" help:"Send without signing in."`
	TokenURL     string   `name:"token-url" placeholder:"URL" help:"Token endpoint: the login is by XOAUTH2."`
	ClientID     string   `name:"client-id"`
	ClientSecret string   `name:"client-secret" env:"PORTICO_MAIL_CLIENT_SECRET"`
	Refresh      string   `name:"refresh-token" env:"PORTICO_MAIL_REFRESH_TOKEN"`
	Scope        string   `help:"Scope of the token."`
	Sessions     int      `default:"10" help:"Maximum of IMAP sessions."`
	Rate         int      `default:"0" help:"Messages a minute; 0: no bound."`
	From         []string `placeholder:"ADDRESS" help:"Addresses that are to send; the mailbox's own when left out."`
	JSON         bool     `name:"json" help:"Print the findings as JSON."`
	trusted      `embed:""`
}

// Run tries the account.
func (c *emailCheck) Run(ctx context.Context) error {
	var found []mailbox.Finding
	var err error
	if c.Account != "" {
		found, err = c.ask(ctx)
	} else {
		var a mailbox.Account
		if a, err = c.account(); err == nil {
			found = mailbox.Check(ctx, a, c.From)
		}
	}
	if err != nil {
		return err
	}
	return tell(found, c.JSON)
}

// account makes an account of the flags and the preset.
func (c *emailCheck) account() (mailbox.Account, error) {
	cas, err := c.read()
	if err != nil {
		return mailbox.Account{}, err
	}
	user := c.User
	if user == "" {
		user = c.Address
	}
	a := mailbox.Account{Name: c.Address, Address: c.Address, CAs: cas, Pins: c.Pin, MaxSessions: c.Sessions, RatePerMinute: c.Rate,
		IMAP:  post.Server{Host: c.IMAPHost, Port: c.IMAPPort, TLS: post.TLS(c.IMAPTLS), Auth: post.Password, User: user, Secret: c.Password},
		SMTP:  post.Server{Host: c.SMTPHost, Port: c.SMTPPort, TLS: post.TLS(c.SMTPTLS), Auth: post.Password, User: user, Secret: c.Password},
		OAuth: post.OAuth{TokenURL: c.TokenURL, ClientID: c.ClientID, Secret: c.ClientSecret, Refresh: c.Refresh, Scope: c.Scope}}
	if p := mailbox.PresetOf(c.Preset); p.Name != "" {
		a.Preset, a.Reserve = p.Name, p.Reserve
		a.IMAP.Port, a.IMAP.TLS, a.SMTP.Port, a.SMTP.TLS = p.IMAPPort, p.IMAPTLS, p.SMTPPort, p.SMTPTLS
		if a.IMAP.Host == "" {
			a.IMAP.Host, a.SMTP.Host = p.IMAPHost, p.SMTPHost
		}
	}
	if a.SMTP.Host == "" {
		a.SMTP.Host = a.IMAP.Host
	}
	if c.TokenURL != "" {
		a.IMAP.Auth, a.SMTP.Auth = post.XOAuth2, post.XOAuth2
	}
	if c.SMTPNoLogin {
		a.SMTP.Auth = post.NoAuth
	}
	if a.IMAP.Host == "" || user == "" {
		return a, exit{2, errors.New("say where the mailbox is: --imap-host (or a --preset that knows it) and --address or --user; or --account for one of a running server")}
	}
	return a, nil
}

// ask lets a running server try one of its accounts.
func (c *emailCheck) ask(ctx context.Context) ([]mailbox.Finding, error) {
	token := os.Getenv("PORTICO_TOKEN")
	if token == "" {
		return nil, exit{2, errors.New("put an API token into PORTICO_TOKEN; portico admin token create makes one")}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.Server, "/")+"/api/v1/mail-accounts/"+url.PathEscape(c.Account)+"/check", strings.NewReader("{}"))
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", err)
	}
	defer answer.Body.Close()
	var body struct {
		Findings []mailbox.Finding
		Detail   string
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("asking the server: it answers %s without a reason", answer.Status)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server says: %s (%s)", body.Detail, answer.Status)
	}
	return body.Findings, nil
}

// tell prints what was found, and fails when something is not well.
func tell(found []mailbox.Finding, asJSON bool) error {
	bad := 0
	for _, f := range found {
		if !f.OK {
			bad++
		}
	}
	if asJSON {
		if err := printJSON(found); err != nil {
			return err
		}
	} else {
		for _, f := range found {
			sign := "ok     "
			if !f.OK {
				sign = "FAILED "
			} else if f.Hint != "" {
				sign = "note   "
			}
			fmt.Println(sign + f.Sentence)
			if f.Hint != "" {
				fmt.Println("       " + f.Hint)
			}
		}
	}
	if bad > 0 {
		return exit{1, fmt.Errorf("%d of %d findings want to be mended", bad, len(found))}
	}
	return nil
}

type emailPromoteHeaders struct {
	From     string `required:"" placeholder:"ADDRESS" help:"Sender; it has to belong to the login."`
	To       string `required:"" placeholder:"ADDRESS" help:"The mailbox that Portico reads."`
	Subject  string `default:"Portico header promotion" help:"Subject of the message."`
	Host     string `required:"" placeholder:"HOST" help:"SMTP server."`
	Port     int    `default:"587" help:"Its port."`
	TLS      string `name:"tls" enum:"implicit,starttls,none" default:"starttls" help:"implicit, starttls or none."`
	User     string `required:"" help:"Login."`
	Password string `env:"PORTICO_MAIL_PASSWORD" required:"" help:"Better in PORTICO_MAIL_PASSWORD."`

	IMAPHost     string `name:"imap-host" placeholder:"HOST" help:"Where the mailbox is read, to see whether it worked; nobody looks when left out."`
	IMAPPort     int    `name:"imap-port" default:"993"`
	IMAPTLS      string `name:"imap-tls" enum:"implicit,starttls,none" default:"implicit"`
	IMAPUser     string `name:"imap-user" help:"Login of the mailbox; --user when left out."`
	IMAPPassword string `name:"imap-password" env:"PORTICO_MAIL_IMAP_PASSWORD" help:"Its password; --password when left out."`
	trusted      `embed:""`
}

// Run says what has to be, sends the message, and looks for it.
func (c *emailPromoteHeaders) Run(ctx context.Context) error {
	cas, err := c.read()
	if err != nil {
		return err
	}
	fmt.Println("This works only if:")
	for _, p := range mailbox.Preconditions {
		fmt.Println("  - " + p)
	}
	fmt.Println()
	p := mailbox.Promotion{From: c.From, To: c.To, Subject: c.Subject,
		SMTP: post.Server{Host: c.Host, Port: c.Port, TLS: post.TLS(c.TLS), Auth: post.Password, User: c.User, Secret: c.Password, CAs: cas, Pins: c.Pin}}
	if c.IMAPHost != "" {
		p.IMAP = post.Server{Host: c.IMAPHost, Port: c.IMAPPort, TLS: post.TLS(c.IMAPTLS), Auth: post.Password, User: c.IMAPUser, Secret: c.IMAPPassword, CAs: cas, Pins: c.Pin}
		if p.IMAP.User == "" {
			p.IMAP.User = c.User
		}
		if p.IMAP.Secret == "" {
			p.IMAP.Secret = c.Password
		}
	}
	if err := tell(mailbox.Promote(ctx, p), false); err != nil {
		return err
	}
	if c.IMAPHost == "" {
		fmt.Println("Nobody looked whether the header is seen: give --imap-host for that.")
	}
	return nil
}
