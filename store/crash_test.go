package store_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"portico/acd"
	"portico/store"
)

// A child process of the test writes to a store, says on its standard output what
// was answered, a line each, and waits to be killed.
const childEnv = "STORE_TEST_CHILD"

const (
	childConversations = 8
	childUnit          = 0x77
)

func childContact(i int) acd.ContactID { return acd.ContactID{1, byte(i)} }

// child runs in the process that is to be killed. The argument is folder, address
// and the number of answers after which it writes no more (0: never).
func child(argument string) {
	part := strings.Split(argument, "|")
	max, _ := strconv.Atoi(part[2])
	s, err := store.Open(context.Background(), store.Options{Dir: part[0], DSN: part[1], Site: 7, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	var mu sync.Mutex
	answers := 0
	say := func(kind string, n uint64) {
		mu.Lock()
		defer mu.Unlock()
		if answers++; max > 0 && answers > max {
			select {}
		}
		fmt.Println(kind, n)
	}
	unit := acd.UnitID{childUnit}
	for i := range childConversations {
		seq, err := s.LastSeq(context.Background(), unit, childContact(i))
		if err != nil {
			fmt.Println("failed", err)
			return
		}
		go func() {
			for {
				seq++
				err := s.Save(context.Background(), store.Unit{Rows: []store.Row{store.Message{Unit: unit, Contact: childContact(i),
					Seq: seq, ClientID: fmt.Sprint(seq), Kind: "text", Text: "x"}}})
				if err != nil {
					fmt.Println("failed", err)
					return
				}
				say(strconv.Itoa(i), seq)
			}
		}()
	}
	fmt.Println("ready 0")
	select {}
}

// startChild starts it, perhaps under a tracer.
func startChild(t testing.TB, o store.Options, max int, under ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	args := append(under, os.Args[0])
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%s|%d", childEnv, o.Dir, o.DSN, max))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// kill ends the child, and its tracer, as nothing could prevent.
func kill(cmd *exec.Cmd) {
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	cmd.Wait()
}

// answered is what a child said: the last durable message of each conversation.
type answered [childConversations]uint64

func (a *answered) hear(t testing.TB, line string) {
	t.Helper()
	var kind string
	var n uint64
	if _, err := fmt.Sscan(line, &kind, &n); err != nil {
		t.Fatalf("the child said %q", line)
	}
	if i, err := strconv.Atoi(kind); err == nil {
		a[i] = n
	}
}

// check opens the store and finds every answered message once, in order, and at most
// one more in each conversation.
func (a *answered) check(t testing.TB, o store.Options, what string) {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer s.Close()
	for i := range childConversations {
		seq := uint64(0)
		for {
			page, err := s.Messages(t.Context(), acd.UnitID{childUnit}, childContact(i), seq, 1000)
			must(t, err)
			for _, m := range page {
				if seq++; m.Seq != seq || m.ClientID != fmt.Sprint(seq) {
					t.Fatalf("%s: message %d is %+v", what, seq, m)
				}
			}
			if len(page) == 0 {
				break
			}
		}
		if seq < a[i] || seq > a[i]+1 {
			t.Errorf("%s: %d messages of conversation %d were answered, %d are there", what, a[i], i, seq)
		}
		a[i] = seq // the next child goes on from here
	}
}

// A process killed in the middle of writing, again and again, has lost nothing of
// what it answered, and the next one opens the store at once.
func TestKilled(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		var told answered
		for round := range 10 {
			cmd, out := startChild(t, o, 0)
			patience := rand.IntN(150)
			for n := 0; n < patience && out.Scan(); n++ {
				told.hear(t, out.Text())
			}
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			for out.Scan() { // what it still said
				told.hear(t, out.Text())
			}
			kill(cmd)
			told.check(t, o, fmt.Sprintf("round %d, killed after %d answers", round, patience))
		}
		if told == (answered{}) {
			t.Error("nothing was ever answered")
		}
	})
}

// traced is a line of the tracer: process, call, file, the rest.
var traced = regexp.MustCompile(`^(\d+) +(\w+)\(\d+<([^>]*)>(.*)$`)

// cut is a moment at which the power may fail: so much of the WAL is on the disk, and
// so much was answered.
type cut struct {
	wal  int64
	told answered
}

// A power cut leaves what was synced and perhaps a torn piece of what was not. At
// each sync of the writer, the WAL cut to what that sync had made durable, with a torn
// tail, opens and holds everything answered before the next.
func TestPowerCut(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("A POWER CUT IS NOT TESTED HERE: strace is not installed (Debian: apt-get install strace)")
	}
	o := store.Options{Dir: t.TempDir(), Site: 7, Log: quiet(t)}
	must(t, open(t, o).Close()) // the schema is in the database, the WAL empty
	trace := filepath.Join(t.TempDir(), "trace")
	// Few enough answers that no page leaves the WAL before the end.
	cmd, out := startChild(t, o, 120, strace, "-f", "-y", "-qq", "-s", "32", "-o", trace,
		"-e", "trace=pwrite64,write,fsync,fdatasync", "--")
	var told answered
	for n := 0; n < 121 && out.Scan(); n++ {
		told.hear(t, out.Text())
	}
	kill(cmd)
	cuts := readTrace(t, trace)
	if len(cuts) < 10 {
		t.Fatalf("only %d syncs were seen", len(cuts))
	}
	wal, err := os.ReadFile(filepath.Join(o.Dir, "portico.db-wal"))
	must(t, err)
	if last := cuts[len(cuts)-1]; last.told != told || last.wal > int64(len(wal)) {
		t.Fatalf("the trace tells of %+v, the child of %v", last, told)
	}
	for i, c := range cuts {
		copied := store.Options{Dir: t.TempDir(), Site: 7, Log: quiet(t)}
		db, err := os.ReadFile(filepath.Join(o.Dir, "portico.db"))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(copied.Dir, "portico.db"), db, 0o600))
		must(t, os.WriteFile(filepath.Join(copied.Dir, "portico.db-wal"), append(wal[:c.wal:c.wal], tornTail(wal[c.wal:])...), 0o600))
		s, err := store.Open(t.Context(), copied)
		if err != nil {
			t.Fatalf("cut %d at %d: %v", i, c.wal, err)
		}
		for conversation, n := range c.told {
			seq, err := s.LastSeq(t.Context(), acd.UnitID{childUnit}, childContact(conversation))
			must(t, err)
			if seq < n {
				t.Errorf("cut %d at %d: %d messages of conversation %d were answered, %d are there", i, c.wal, n, conversation, seq)
			}
		}
		var ok string
		must(t, beside(t, copied).QueryRow(`pragma integrity_check`).Scan(&ok))
		want(t, "integrity", ok, "ok")
		must(t, s.Close())
	}
}

// tornTail is some of what came after the sync, with a hole, and some rubbish.
func tornTail(rest []byte) []byte {
	tail := bytes.Clone(rest[:rand.IntN(len(rest)+1)])
	if len(tail) > 0 {
		at := rand.IntN(len(tail))
		clear(tail[at:min(at+512, len(tail))])
	}
	rubbish := make([]byte, rand.IntN(5000))
	for i := range rubbish {
		rubbish[i] = byte(rand.Uint32())
	}
	return append(tail, rubbish...)
}

// readTrace gives the state before each sync and at the end.
func readTrace(t testing.TB, path string) []cut {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	var cuts []cut
	var now cut
	var written int64
	syncing := make(map[string]int64) // process → length at the start of its sync
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if process, rest, _ := strings.Cut(line, " "); strings.Contains(rest, "sync resumed>") {
			if length, ok := syncing[process]; ok {
				now.wal = max(now.wal, length)
				delete(syncing, process)
			}
			continue
		}
		m := traced.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		process, call, file, rest := m[1], m[2], m[3], m[4]
		wal := strings.HasSuffix(file, "portico.db-wal")
		switch {
		case call == "pwrite64" && wal:
			written = max(written, endOfWrite(t, rest))
		case strings.HasSuffix(call, "sync") && wal:
			cuts = append(cuts, now)
			if strings.Contains(rest, "unfinished") {
				syncing[process] = written
			} else {
				now.wal = max(now.wal, written)
			}
		case call == "write" && strings.HasPrefix(file, "pipe:"):
			if _, said, ok := strings.Cut(rest, `"`); ok {
				said, _, _ = strings.Cut(said, `\n`)
				now.told.hear(t, said)
			}
		}
	}
	return append(cuts, now)
}

// endOfWrite reads `, "…"..., 4096, 24) = 4096`.
func endOfWrite(t testing.TB, rest string) int64 {
	t.Helper()
	rest = rest[strings.LastIndexByte(rest, '"')+1:]
	var size, at int64
	if _, err := fmt.Sscanf(strings.TrimPrefix(rest, "..."), ", %d, %d", &size, &at); err != nil {
		t.Fatalf("a write of the trace %q: %v", rest, err)
	}
	return at + size
}

// The WAL stays short under writers and readers that never pause: it begins anew
// beside them.
func TestWALIsBounded(t *testing.T) {
	o := store.Options{Dir: t.TempDir(), Log: quiet(t)}
	s := open(t, o)
	l := startLoad(t, s)
	text := strings.Repeat("x", 100_000)
	var longest int64
	for i := range uint64(1500) {
		m := store.Message{Unit: l.unit, Contact: contactID(), Seq: 1, ClientID: fmt.Sprint(i), Kind: "text", Text: text}
		must(t, save(t, s, m))
		wal, err := os.Stat(filepath.Join(o.Dir, "portico.db-wal"))
		must(t, err)
		longest = max(longest, wal.Size())
	}
	l.check(t, s)
	if written := int64(1500 * len(text)); longest > written*2/3 || longest < store.RestartAt/2 {
		t.Errorf("the WAL grew to %d MB while %d MB were written", longest>>20, written>>20)
	}
}
