package bench

import (
	"context"
	"fmt"
	"maps"
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
	// Old messages are in the mailbox besides, in the folder of what is done.
	Old int
	// LargeMiB is the size of a message that comes at the end; 0: none does.
	LargeMiB int
	// PID is the server's process, whose memory is looked at; 0: that is left out.
	PID int
}

// MailReport is what was measured.
type MailReport struct {
	Messages   int     `json:"messages"`
	Old        int     `json:"old_messages,omitempty"`
	RoutedS    float64 `json:"routed_s"` // from when the server learns of the mailbox
	PerSecond  float64 `json:"messages_per_s"`
	Lost       int     `json:"lost"`
	Duplicated int     `json:"duplicated"`
	PeakMiB    float64 `json:"peak_rss_mib"`
	SingleMS   float64 `json:"single_mail_p50_ms"` // from the mail server's answer to the contact in a list
	LargeMiB   int     `json:"large_mib,omitempty"`
	LargeS     float64 `json:"large_s,omitempty"`
	// IdleCPU is how much of one processor the server takes while nothing comes.
	IdleCPU float64 `json:"idle_cpu_percent"`
}

// idleFor is how long the server is watched while nothing comes.
const idleFor = 10 * time.Second

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
	if err := box.old(o.Old); err != nil {
		return nil, err
	}
	r := &MailReport{Messages: o.Messages, Old: o.Old, LargeMiB: o.LargeMiB}
	began := time.Now()
	if err := box.Open(ctx, a); err != nil {
		return nil, err
	}
	if err := box.await(ctx, a, o.Messages); err != nil {
		return nil, err
	}
	r.RoutedS = time.Since(began).Seconds()
	r.PerSecond = math.Round(float64(o.Messages)/r.RoutedS*10) / 10
	if r.SingleMS, err = box.singles(ctx, a, o.Messages, o.Singles); err != nil {
		return nil, err
	}
	total := o.Messages + o.Singles
	if o.LargeMiB > 0 {
		began = time.Now()
		if err := peer.Fill(box.Address(), "", 1, func(int) []byte { return box.large(total, o.LargeMiB) }); err != nil {
			return nil, fmt.Errorf("filling the mailbox: %w", err)
		}
		if total++; box.await(ctx, a, total) != nil {
			return nil, fmt.Errorf("the message of %d MiB is not routed", o.LargeMiB)
		}
		r.LargeS = math.Round(time.Since(began).Seconds()*100) / 100
	}
	r.IdleCPU = idleOf(ctx, o.PID)
	r.Lost, r.Duplicated, err = box.Count(ctx, a, total)
	r.PeakMiB = peakOf(o.PID)
	return r, err
}

// singles sends mails one by one, and gives the median of how long each takes until it
// is routed, in milliseconds.
func (b *MailBox) singles(ctx context.Context, a *Admin, from, count int) (float64, error) {
	var took []float64
	for n := from; n < from+count; n++ {
		if err := b.Peer.Send(b.sender(n), []string{b.Alias()}, b.Message(n, 1000)); err != nil {
			return 0, fmt.Errorf("sending a mail: %w", err)
		}
		sent := time.Now()
		if err := b.await(ctx, a, n+1); err != nil {
			return 0, err
		}
		took = append(took, float64(time.Since(sent).Microseconds())/1000)
	}
	if slices.Sort(took); len(took) == 0 {
		return 0, nil
	}
	return math.Round(took[len(took)/2]*10) / 10, nil
}

// old puts messages of former days into the mailbox.
func (b *MailBox) old(n int) error {
	if n == 0 {
		return nil
	}
	err := b.Peer.Fill(b.Address(), "Portico/Done", n, func(i int) []byte {
		if i%1000 != 0 {
			return nil // the same: a file bears so many names
		}
		return b.Message(-1-i, 2000)
	})
	if err != nil {
		return fmt.Errorf("filling the mailbox: %w", err)
	}
	return nil
}

// large is a message with an attachment that makes it so large.
func (b *MailBox) large(n, mib int) []byte {
	const line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n"
	head, _, _ := strings.Cut(string(b.Message(n, 0)), "Content-Type:")
	return []byte(head + "Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nSee what is attached.\r\n" +
		"--part\r\nContent-Type: application/zip; name=large.zip\r\nContent-Disposition: attachment; filename=large.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		strings.Repeat(line, mib<<20/len(line)) + "--part--\r\n")
}

// idleOf is how much of one processor a process takes, in percent, while nobody asks it.
func idleOf(ctx context.Context, pid int) float64 {
	before, ok := ticksOf(pid)
	if !ok {
		return 0
	}
	select {
	case <-ctx.Done():
	case <-time.After(idleFor):
	}
	after, _ := ticksOf(pid)
	const perSecond = 100 // of the kernel, whatever the machine
	return math.Round(float64(after-before)/perSecond/idleFor.Seconds()*1000) / 10
}

// ticksOf is how much time a process has had, in hundredths of a second.
func ticksOf(pid int) (ticks int64, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, found := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if err != nil || !found || len(fields) < 13 {
		return 0, false
	}
	for _, f := range fields[11:13] { // utime and stime (proc_pid_stat(5))
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return ticks, true
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

// MessageID is that of the n-th mail of the load, without brackets.
func (b *MailBox) MessageID(n int) string { return b.Name + "." + strconv.Itoa(n) + "@example.org" }

// Message is the n-th mail of the load; no two are alike, nor are their senders.
func (b *MailBox) Message(n, size int) []byte {
	head := fmt.Sprintf("From: Customer %d <%s>\r\nTo: <%s>\r\nSubject: %s %d\r\nMessage-ID: <%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
		n, b.sender(n), b.Alias(), b.Name, n, b.MessageID(n), time.Now().Format(time.RFC1123Z))
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

// MailSettings changes some of the mail settings of the unit of WorkIn.
func (a *Admin) MailSettings(ctx context.Context, set map[string]any) error {
	var have struct {
		Version  int            `json:"version"`
		Settings map[string]any `json:"settings"`
	}
	if err := a.json(ctx, http.MethodGet, "/mail-settings", nil, nil, &have); err != nil {
		return fmt.Errorf("reading the mail settings: %w", err)
	}
	maps.Copy(have.Settings, set)
	if err := a.json(ctx, http.MethodPut, "/mail-settings", nil, have, nil); err != nil {
		return fmt.Errorf("changing the mail settings: %w", err)
	}
	return nil
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

// contacts counts the contacts of the queue by their captions.
func (b *MailBox) contacts(ctx context.Context, a *Admin) (map[string]int, error) {
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
			return nil, err
		}
	}
	return seen, nil
}

// Missing are those of the first n mails that have no contact.
func (b *MailBox) Missing(ctx context.Context, a *Admin, n int) ([]int, error) {
	seen, err := b.contacts(ctx, a)
	if err != nil {
		return nil, err
	}
	var out []int
	for i := range n {
		if seen[b.caption(i)] == 0 {
			out = append(out, i)
		}
	}
	return out, nil
}

func (b *MailBox) caption(n int) string { return b.Name + " " + strconv.Itoa(n) }

// Count says how many of the first n mails have no contact, and how many contacts there
// are too many: of the same mail, or of none of these.
func (b *MailBox) Count(ctx context.Context, a *Admin, n int) (lost, duplicated int, err error) {
	seen, err := b.contacts(ctx, a)
	if err != nil {
		return 0, 0, err
	}
	for i := range n {
		caption := b.caption(i)
		switch got := seen[caption]; {
		case got == 0:
			lost++
		default:
			duplicated += got - 1
		}
		delete(seen, caption)
	}
	for _, got := range seen {
		duplicated += got
	}
	return lost, duplicated, nil
}
