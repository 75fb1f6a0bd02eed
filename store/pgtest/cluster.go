// Package pgtest runs throw-away PostgreSQL clusters for tests: real ones, with fsync
// on, on a loopback port of their own, which can be stopped, killed and frozen. It
// starts only what it also ends.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	startMax = 60 * time.Second // for the server to be ready, on a busy machine
	stopMax  = 60 * time.Second
)

// Cluster is a server with its data. The zero value starts at the first use. A
// test binary shares one and ends it in TestMain.
type Cluster struct {
	mu        sync.Mutex
	dir, bin  string
	as        *syscall.Credential
	port      int
	server    *exec.Cmd
	ended     chan struct{} // closed when the server and all that write its log have ended
	log       bytes.Buffer
	databases int
}

// Database makes an empty database and gives its address. Where PostgreSQL is not
// installed, or cannot be run by this user, the test is skipped.
func (c *Cluster) Database(tb testing.TB) string {
	tb.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		if err := c.create(); err != nil {
			if errors.Is(err, errCannot) {
				tb.Skipf("PostgreSQL IS NOT TESTED HERE: %v", err)
			}
			tb.Fatal(err)
		}
	}
	c.databases++
	name := "t" + strconv.Itoa(c.databases)
	ctx, cancel := context.WithTimeout(context.Background(), startMax)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.address("postgres"))
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "create database "+name); err != nil {
		tb.Fatal(err)
	}
	return c.address(name)
}

func (c *Cluster) address(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", c.port, database)
}

// Address is where the server listens.
func (c *Cluster) Address() string { return fmt.Sprintf("127.0.0.1:%d", c.port) }

var errCannot = errors.New("it cannot be run")

// create makes the cluster in a new folder and starts it.
func (c *Cluster) create() error {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return fmt.Errorf("%w: initdb is not installed (Debian: apt-get install postgresql)", errCannot)
	}
	c.bin = filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return err
	}
	c.dir = dir
	if os.Getuid() == 0 { // the server refuses to run as root
		if err := c.asPostgres(); err != nil {
			return err
		}
	}
	initdb := exec.Command(filepath.Join(c.bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	initdb.Dir = dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.port = listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	return c.launch()
}

func (c *Cluster) asPostgres() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("%w: root cannot run it and there is no user postgres", errCannot)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.dir, uid, gid)
}

// launch starts the server and waits until it answers.
func (c *Cluster) launch() error {
	deadline := time.Now().Add(startMax)
	for {
		c.log.Reset()
		c.server = exec.Command(filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.dir, "data"), "-p", strconv.Itoa(c.port),
			"-h", "127.0.0.1", "-k", c.dir, "-c", "shared_buffers=64MB", "-c", "max_connections=64", "-c", "fsync=on")
		// It must not outlive a test that is killed.
		c.server.SysProcAttr = &syscall.SysProcAttr{Credential: c.as, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
		c.server.Dir = c.dir
		c.server.Stderr, c.server.Stdout = &c.log, &c.log
		if err := c.server.Start(); err != nil {
			return err
		}
		server, ended := c.server, make(chan struct{})
		c.ended = ended
		go func() { server.Wait(); close(ended) }()
		if c.ready(ended, deadline) {
			return nil
		}
		// After a kill the former children may still hold the shared memory.
		if time.Now().After(deadline) {
			return fmt.Errorf("PostgreSQL does not start: %s", c.log.String())
		}
		c.server.Process.Signal(syscall.SIGQUIT)
		<-ended
	}
}

func (c *Cluster) ready(ended <-chan struct{}, deadline time.Time) bool {
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		conn, err := pgx.Connect(ctx, c.address("postgres"))
		if err == nil {
			conn.Close(ctx)
			cancel()
			return true
		}
		cancel()
		select {
		case <-ended:
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return false
}

// Start starts a server that was stopped or killed.
func (c *Cluster) Start(tb testing.TB) {
	tb.Helper()
	if err := c.launch(); err != nil {
		tb.Fatal(err)
	}
}

// Stop ends the server in good order, its connections at once.
func (c *Cluster) Stop(tb testing.TB) {
	tb.Helper()
	if err := c.end(syscall.SIGINT); err != nil {
		tb.Fatal(err)
	}
}

// Kill ends the server and all its processes as a power cut would.
func (c *Cluster) Kill(tb testing.TB) {
	tb.Helper()
	children := c.children()
	c.server.Process.Kill()
	for _, pid := range children {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	if err := c.end(syscall.SIGKILL); err != nil {
		tb.Fatal(err)
	}
}

// Freeze stops all processes of the server where they are, until Thaw.
func (c *Cluster) Freeze() { c.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (c *Cluster) Thaw() { c.signal(syscall.SIGCONT) }

func (c *Cluster) signal(s syscall.Signal) {
	for _, pid := range append(c.children(), c.server.Process.Pid) {
		syscall.Kill(pid, s)
	}
}

// children lists the server's own processes.
func (c *Cluster) children() []int {
	var out []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// pid (name) state parent …; a name may hold anything.
		_, rest, _ := strings.Cut(string(text[bytes.LastIndexByte(text, ')')+1:]), " ")
		fields := strings.Fields(rest)
		if len(fields) > 1 && fields[1] == strconv.Itoa(c.server.Process.Pid) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			out = append(out, pid)
		}
	}
	slices.Sort(out)
	return out
}

// end signals the server and waits until it and its children are gone.
func (c *Cluster) end(s syscall.Signal) error {
	c.server.Process.Signal(s)
	select {
	case <-c.ended:
		return nil
	case <-time.After(stopMax):
		return errors.New("PostgreSQL does not end")
	}
}

// Close ends the server for good and removes its data. Call it at the end of TestMain.
func (c *Cluster) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		c.signal(syscall.SIGCONT)
		c.end(syscall.SIGQUIT)
		c.server = nil
	}
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}
