package bench

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Report is what a run measured. Rates and percentiles are of the time after the
// warm-up; counts of losses and doubles are of the whole run.
type Report struct {
	Mode      string  `json:"mode"`
	Loop      string  `json:"loop"` // open or closed
	Rate      float64 `json:"rate,omitempty"`
	Clients   int     `json:"clients,omitempty"`
	Agents    int     `json:"agents"`
	DurationS float64 `json:"duration_s"`
	WarmUpS   float64 `json:"warm_up_s"`

	Contacts    int64   `json:"contacts"`
	Messages    int64   `json:"messages"`
	Lives       int64   `json:"lives"`
	Offers      int64   `json:"offers"`
	Pushes      int64   `json:"pushes"` // messages that reached the other side
	ContactsPS  float64 `json:"contacts_per_s"`
	MessagesPS  float64 `json:"messages_per_s"`
	LivesPS     float64 `json:"lives_per_s"`
	OffersPS    float64 `json:"offers_per_s"`
	OfferP50    float64 `json:"offer_p50_ms"` // from the intended sending time to the agent's socket
	OfferP99    float64 `json:"offer_p99_ms"`
	ChatP50     float64 `json:"chat_p50_ms"` // to the answer
	ChatP99     float64 `json:"chat_p99_ms"`
	MessageP50  float64 `json:"message_p50_ms"`
	MessageP99  float64 `json:"message_p99_ms"`
	LifeP50     float64 `json:"life_p50_ms"`
	LifeP99     float64 `json:"life_p99_ms"`
	Errors      int64   `json:"errors"` // attempts that were not answered as hoped
	FirstError  string  `json:"first_error,omitempty"`
	Unfinished  int64   `json:"unfinished"` // under way when the run ended
	Checked     int     `json:"checked"`    // chats held against the pages
	Lost        int     `json:"lost"`
	Duplicated  int     `json:"duplicated"`
	Reordered   int     `json:"reordered"`
	Contradicts int     `json:"contradictions"`

	Findings []Finding `json:"findings,omitempty"` // the first 20
	Machine  string    `json:"machine"`
}

// findingsMax is how many findings a report names.
const findingsMax = 20

func (r *Report) count(found []Finding) {
	for _, f := range found {
		switch f.Kind {
		case Lost:
			r.Lost++
		case Doubled:
			r.Duplicated++
		case Reordered:
			r.Reordered++
		default:
			r.Contradicts++
		}
	}
	r.Findings = found[:min(len(found), findingsMax)]
}

// Clean reports whether nothing was found.
func (r *Report) Clean() bool {
	return r.Lost == 0 && r.Duplicated == 0 && r.Reordered == 0 && r.Contradicts == 0
}

// Table writes the report for people.
func (r *Report) Table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	how := fmt.Sprintf("closed loop, %d clients", r.Clients)
	if r.Loop == "open" {
		how = fmt.Sprintf("open loop, %.0f/s", r.Rate)
	}
	fmt.Fprintf(w, "%s, %s, %d agents, %.0f s after %.0f s of warm-up\n%s\n\n", r.Mode, how, r.Agents, r.DurationS, r.WarmUpS, r.Machine)
	fmt.Fprintln(t, "\tcount\tper second\tp50 ms\tp99 ms\t")
	fmt.Fprintf(t, "chats\t%d\t%.1f\t%.2f\t%.2f\t\n", r.Contacts, r.ContactsPS, r.ChatP50, r.ChatP99)
	fmt.Fprintf(t, "messages\t%d\t%.1f\t%.2f\t%.2f\t\n", r.Messages, r.MessagesPS, r.MessageP50, r.MessageP99)
	fmt.Fprintf(t, "offers\t%d\t%.1f\t%.2f\t%.2f\t\n", r.Offers, r.OffersPS, r.OfferP50, r.OfferP99)
	fmt.Fprintf(t, "lives\t%d\t%.1f\t%.2f\t%.2f\t\n", r.Lives, r.LivesPS, r.LifeP50, r.LifeP99)
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nlost %d, duplicated %d, reordered %d, contradictions %d among %d chats; errors %d, unfinished %d\n",
		r.Lost, r.Duplicated, r.Reordered, r.Contradicts, r.Checked, r.Errors, r.Unfinished)
	if r.FirstError != "" {
		fmt.Fprintf(w, "first error: %s\n", r.FirstError)
	}
	for _, f := range r.Findings {
		fmt.Fprintln(w, " ", f)
	}
	return nil
}

// gauge counts one kind of thing and its latencies, from the end of the warm-up to
// the end of the run.
type gauge struct {
	mu   sync.Mutex
	hist *hdrhistogram.Histogram // microseconds
}

func newGauge() *gauge { return &gauge{hist: hdrhistogram.New(1, 600_000_000, 3)} }

func (g *gauge) add(took time.Duration) {
	g.mu.Lock()
	g.hist.RecordValue(max(1, min(took.Microseconds(), 600_000_000)))
	g.mu.Unlock()
}

func (g *gauge) read() (n int64, p50, p99 float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n = g.hist.TotalCount(); n == 0 {
		return 0, 0, 0
	}
	return n, float64(g.hist.ValueAtQuantile(50)) / 1000, float64(g.hist.ValueAtQuantile(99)) / 1000
}

// machine names the processor, cores and memory that client and server share when
// they run on one machine.
func machine() string {
	model, memory := runtime.GOARCH, ""
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		model = fieldOf(string(data), "model name", model)
	}
	if data, err := os.ReadFile("/proc/meminfo"); err == nil {
		memory = ", " + fieldOf(string(data), "MemTotal", "")
	}
	return fmt.Sprintf("%s, %d cores%s, %s, %s", model, runtime.NumCPU(), memory, runtime.GOOS, runtime.Version())
}

func fieldOf(text, name, otherwise string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}
