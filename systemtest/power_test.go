package systemtest

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// powerCuts is how often the power fails in one run.
const powerCuts = 12

// When the power fails, the disk holds what was synced and any part of what was
// written after that. Everything that was said to anybody before stands in such a
// disk: the shipped binary is stopped at a random moment under load, its folder is
// copied, the log of the embedded store is cut back to where it was last synced
// plus a torn tail, and the copy goes on in its place.
func TestPowerCut(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("A POWER CUT IS NOT TESTED HERE: strace is not installed")
	}
	ctx := within(t, 4*time.Minute)
	s := install(t, "", false)
	s.start()
	c := gather(ctx, t, s)
	s.stop()
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	for i := range powerCuts {
		trace := filepath.Join(t.TempDir(), fmt.Sprintf("trace-%d", i))
		s.wrap = []string{"strace", "-D", "-f", "--seccomp-bpf", "-y", "-s", "0", "-o", trace, "-e", "trace=pwrite64,fsync,fdatasync,ftruncate"}
		s.start()
		if i == 0 {
			c.start(ctx)
		}
		checking, cancel := context.WithTimeout(ctx, time.Duration(chance.Int64N(int64(1500*time.Millisecond))))
		c.look(checking)
		cancel()
		c.goesOn("before the power cut")
		s.freeze()
		disk := filepath.Join(t.TempDir(), "disk")
		copyFolder(t, s.data, disk)
		s.kill()
		synced := syncedEnd(t, trace, filepath.Join(s.data, "portico.db-wal"))
		tear(t, chance, filepath.Join(disk, "portico.db-wal"), synced)
		s.data = disk
	}
	s.wrap = nil
	s.start()
	c.goesOn("after the last power cut")
	c.end(ctx)
}

// copyFolder copies the files of a folder; sockets stay behind.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// freeze stops the process where it is, and waits until all of it stands.
func (s *server) freeze() {
	s.t.Helper()
	pid := s.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		s.t.Fatal(err)
	}
	eventually(s.t, "all threads of the server stand", func() bool {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(tasks) == 0 {
			return false
		}
		for _, task := range tasks {
			stat, err := os.ReadFile(task)
			if err != nil {
				continue // the thread has ended
			}
			state := string(stat)[strings.LastIndexByte(string(stat), ')')+2]
			if state != 'T' && state != 't' {
				return false
			}
		}
		return true
	})
}

var (
	tracedWrite = regexp.MustCompile(`pwrite64\(\d+<([^>]*)>, .*, (\d+), (\d+)\) += (\d+)`)
	tracedSync  = regexp.MustCompile(`f(?:data)?sync\(\d+<([^>]*)>\) += 0`)
	tracedCut   = regexp.MustCompile(`ftruncate\(\d+<([^>]*)>, (\d+)\) += 0`)
	tracedHalf  = regexp.MustCompile(`^(\d+) +(.*) <unfinished \.\.\.>$`)
	tracedRest  = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)$`)
)

// syncedEnd reads from the trace how far the log was written when it was last
// synced, since it was last begun anew.
func syncedEnd(t *testing.T, trace, wal string) int64 {
	t.Helper()
	eventually(t, "the trace is complete", func() bool {
		data, err := os.ReadFile(trace)
		return err == nil && strings.Contains(string(data), "+++ killed by SIGKILL +++")
	})
	file, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var written, synced int64
	syncs := 0
	halves := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if m := tracedHalf.FindStringSubmatch(line); m != nil {
			halves[m[1]] = m[2]
			continue
		}
		if m := tracedRest.FindStringSubmatch(line); m != nil {
			line = halves[m[1]] + m[2]
		}
		if m := tracedWrite.FindStringSubmatch(line); m != nil && m[1] == wal {
			at, _ := strconv.ParseInt(m[3], 10, 64)
			n, _ := strconv.ParseInt(m[4], 10, 64)
			if at == 0 {
				synced = 0 // a new log: what the old one held is synced in the database
			}
			written = at + n
		} else if m := tracedSync.FindStringSubmatch(line); m != nil && m[1] == wal {
			synced = written
			syncs++
		} else if m := tracedCut.FindStringSubmatch(line); m != nil && m[1] == wal {
			written, synced = 0, 0
		}
	}
	if syncs == 0 {
		t.Fatal("the trace holds no sync of the log: the embedded store does not sync, or the trace is not understood")
	}
	return synced
}

// tear cuts a file back to its synced length plus some part of what came after,
// whose last bytes are not what was written.
func tear(t *testing.T, chance *rand.Rand, path string, synced int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(data)) < synced {
		t.Fatalf("the log has %d bytes of which %d are synced: the trace is not understood", len(data), synced)
	}
	tail := chance.Int64N(int64(len(data)) - synced + 1)
	data = data[:synced+tail]
	for i := max(synced, int64(len(data))-512); i < int64(len(data)); i++ {
		data[i] = byte(chance.Uint32())
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
