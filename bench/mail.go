package bench

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/mailpeer"
)

// MailOptions say what a load of e-mail is. The mail server is one of its own, on loopback.
type MailOptions struct {
	URL   string
	Token string // of a system administrator
	Unit  string // business unit in which the mails arrive
	// Messages wait in the mailbox when it becomes known to the server; Singles come one by
	// one after that.
	Messages, Singles int
	// Size is how long each is, in bytes.
	Size int
	// PID is the server's process, whose memory is looked at; 0: that is left out.
	PID int
}

// MailReport is what was measured.
type MailReport struct {
	Messages   int     `json:"messages"`
	RoutedS    float64 `json:"routed_s"` // from when the server learns of the mailbox
	Lost       int     `json:"lost"`
	Duplicated int     `json:"duplicated"`
	PeakMiB    float64 `json:"peak_rss_mib"`
	SingleMS   float64 `json:"single_mail_p50_ms"` // from the mail server's answer to the contact in a list
}

// mailWait bounds the waiting for mails that may be lost.
const mailWait = 5 * time.Minute

// Mail fills a mailbox, has the server read it, and measures until all is routed.
func Mail(ctx context.Context, o MailOptions) (*MailReport, error) {
	peer, err := mailpeer.Start(mailpeer.Options{})
	if err != nil {
		return nil, err
	}
	defer peer.Close()
	door, err := Open(o.URL)
	if err != nil {
		return nil, err
	}
	defer door.Close()
	a := &Admin{Door: door, Pass: Bearer(o.Token)}
	if err := a.WorkIn(ctx, o.Unit); err != nil {
		return nil, err
	}
	box := MailBox{Name: "bench-" + strconv.FormatInt(time.Now().UnixNano(), 36), Peer: peer}
	if err := box.Prepare(ctx, a); err != nil {
		return nil, err
	}
	if err := peer.Fill(box.Address(), "", o.Messages, func(i int) []byte { return box.Message(i, o.Size) }); err != nil {
		return nil, fmt.Errorf("filling the mailbox: %w", err)
	}
	r := &MailReport{Messages: o.Messages}
	began := time.Now()
	if err := box.Open(ctx, a); err != nil {
		return nil, err
	}
	if err := box.await(ctx, a, o.Messages); err != nil {
		return nil, err
	}
	r.RoutedS = time.Since(began).Seconds()
	var took []float64
	for i := range o.Singles {
		n := o.Messages + i
		if err := peer.Send(box.sender(n), []string{box.Alias()}, box.Message(n, 1000)); err != nil {
			return nil, fmt.Errorf("sending a mail: %w", err)
		}
		sent := time.Now()
		if err := box.await(ctx, a, n+1); err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(sent).Microseconds())/1000)
	}
	if slices.Sort(took); len(took) > 0 {
		r.SingleMS = math.Round(took[len(took)/2]*10) / 10
	}
	r.Lost, r.Duplicated, err = box.Count(ctx, a, o.Messages+o.Singles)
	r.PeakMiB = peakOf(o.PID)
	return r, err
}

// peakOf is the most memory that a process has had, in MiB; 0 where that is not told.
func peakOf(pid int) float64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return math.Round(kib/102.4) / 10
		}
	}
	return 0
}

// MailBox is a mailbox of a mail server of the load's own, and the queue to which what comes
// there goes.
type MailBox struct {
	Name  string // of the queue, the account, and in its addresses
	Peer  *mailpeer.Peer
	Queue string // id; by Prepare
}

const mailPassword = "A-password-of-the-load"

// Address is the mailbox's own; Alias is the one that customers write to.
func (b *MailBox) Address() string { return b.Name + "@example.com" }

// Alias leads to the mailbox.
func (b *MailBox) Alias() string { return "help-" + b.Name + "@example.com" }

func (b *MailBox) sender(n int) string { return "customer" + strconv.Itoa(n) + "@example.org" }

// Message is the n-th mail of the load; no two are alike, nor are their senders.
func (b *MailBox) Message(n, size int) []byte {
	head := fmt.Sprintf("From: Customer %d <%s>\r\nTo: <%s>\r\nSubject: %s %d\r\nMessage-ID: <%s.%d@example.org>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		n, b.sender(n), b.Alias(), b.Name, n, b.Name, n, time.Now().Format(time.RFC1123Z))
	const line = "I have a question about what I ordered, and would like to know when it comes.\r\n"
	return []byte(head + strings.Repeat(line, max(1, (size-len(head))/len(line))))
}

// Prepare makes the mailbox, and the queue.
func (b *MailBox) Prepare(ctx context.Context, a *Admin) error {
	if err := b.Peer.User(b.Address(), mailPassword); err != nil {
		return fmt.Errorf("making a mailbox: %w", err)
	}
	b.Peer.Alias(b.Alias(), b.Address())
	body := ChatQueue("", 0)
	body["domain"], body["steps"] = "email", []any{map[string]any{"after_s": 0}}
	var err error
	if b.Queue, err = a.Queue(ctx, b.Name, body); err != nil {
		return err
	}
	return nil
}

// Open tells the server of the mailbox.
func (b *MailBox) Open(ctx context.Context, a *Admin) error {
	server := func(port int, tls string) map[string]any {
		return map[string]any{"host": mailpeer.Host, "port": port, "tls": tls, "user": b.Address()}
	}
	_, err := put(ctx, a, "mail-accounts", b.Name, map[string]any{"address": b.Address(), "authorities": string(b.Peer.CA),
		"imap": server(b.Peer.IMAPS, "implicit"), "smtp": server(b.Peer.SMTP, "starttls"), "secrets": map[string]any{"imap_password": mailPassword},
		"aliases": []any{map[string]any{"address": b.Alias(), "queue": b.Queue}}})
	return err
}

// await waits until so many mails wait in the queue.
func (b *MailBox) await(ctx context.Context, a *Admin, n int) error {
	ctx, cancel := context.WithTimeout(ctx, mailWait)
	defer cancel()
	for {
		have, err := b.Waiting(ctx, a)
		if err != nil {
			return err
		}
		if have >= n {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d mails are routed: %w", have, n, ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Waiting is how many mails wait in the queue.
func (b *MailBox) Waiting(ctx context.Context, a *Admin) (int, error) {
	var all struct {
		Items []struct {
			Queue   string `json:"queue"`
			Waiting int    `json:"waiting"`
		} `json:"items"`
	}
	if err := a.json(ctx, http.MethodGet, "/real-time/queues", nil, nil, &all); err != nil {
		return 0, fmt.Errorf("reading the queues: %w", err)
	}
	for _, q := range all.Items {
		if q.Queue == b.Queue {
			return q.Waiting, nil
		}
	}
	return 0, nil
}

// Count says how many of the first n mails have no contact, and how many contacts there
// are too many.
func (b *MailBox) Count(ctx context.Context, a *Admin, n int) (lost, duplicated int, err error) {
	seen := map[string]int{}
	for _, path := range []string{"/contacts", "/history"} {
		err := walk(ctx, a, path, func(c struct {
			Caption string `json:"caption"`
			Queue   string `json:"queue"`
		}) error {
			if c.Queue == b.Queue {
				seen[c.Caption]++
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
	}
	for i := range n {
		switch got := seen[b.Name+" "+strconv.Itoa(i)]; {
		case got == 0:
			lost++
		default:
			duplicated += got - 1
		}
	}
	return lost, duplicated, nil
}
