package systemtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"portico/bench"
)

// binary is the shipped program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "portico-system-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "portico")
		build := exec.Command("go", "build", "-o", binary, "./cmd/portico")
		build.Dir, build.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the binary: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// The limits of waiting for the process. They only end a test that fails.
const (
	readyMax = 30 * time.Second
	stopMax  = 30 * time.Second
	awaitMax = 20 * time.Second
)

const (
	saPassword = "Sa-of-the-system-tests-1"
	paPassword = "Pa-of-the-system-tests-1"
)

// server is one installation and the process that serves it.
type server struct {
	t     *testing.T
	data  string // folder
	store string // postgres://…; empty: SQLite
	addr  string
	url   string
	token string
	wrap  []string // a program that runs the server, as strace does

	door    *bench.Door
	cmd     *exec.Cmd
	exited  chan struct{}
	exitErr error
	log     *os.File
}

// install makes a data folder with sa, pa and, where sample is set, the sample
// company, and a token of a system administrator.
func install(t *testing.T, store string, sample bool) *server {
	t.Helper()
	return installAt(t, t.TempDir(), store, sample)
}

func installAt(t *testing.T, data, store string, sample bool) *server {
	t.Helper()
	s := &server{t: t, data: data, store: store, addr: freePort(t)}
	s.url = "http://" + s.addr
	var err error
	if s.door, err = bench.Open(s.url); err != nil {
		t.Fatal(err)
	}
	if s.log, err = os.Create(filepath.Join(t.TempDir(), "serve.log")); err != nil {
		t.Fatal(err)
	}
	args := []string{"init"}
	if sample {
		args = append(args, "--sample")
	}
	s.admin(args...)
	var made struct {
		Secret string `json:"secret"`
		Token  string `json:"token"`
	}
	out := s.admin("token", "create", "--name", "system-test", "--role", "system_administrator", "--expires", "24h")
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatalf("the token cannot be read: %v: %s", err, out)
	}
	if s.token = made.Secret; s.token == "" {
		s.token = made.Token
	}
	t.Cleanup(func() {
		s.door.Close()
		if s.cmd != nil {
			s.kill()
		}
		s.log.Close()
		if t.Failed() {
			t.Logf("the server's log ends:\n%s", s.tail(60))
		}
	})
	return s
}

// admin runs a subcommand of portico admin on the data folder.
func (s *server) admin(args ...string) []byte {
	s.t.Helper()
	args = append(append([]string{"admin"}, args...), "--data", s.data)
	if s.store != "" {
		args = append(args, "--store", s.store)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "PORTICO_SA_PASSWORD="+saPassword, "PORTICO_PA_PASSWORD="+paPassword)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("portico %s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return out.Bytes()
}

// freePort gives an address that nothing uses; a server keeps it over its restarts, as a
// real one does. Its port is below those that systems give to
// outgoing connections: one of them would have it when the killed server comes back.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(10_000))))
		if err == nil {
			l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port between 20000 and 30000 is free")
	return ""
}

// launch starts the process and waits for nothing.
func (s *server) launch() {
	s.t.Helper()
	args := append(append([]string(nil), s.wrap...), binary, "serve", "--data", s.data, "--listen", s.addr)
	if s.store != "" {
		args = append(args, "--store", s.store)
	}
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatalf("starting the server: %v", err)
	}
	cmd, exited := s.cmd, make(chan struct{})
	s.exited = exited
	go func() {
		s.exitErr = cmd.Wait()
		close(exited)
	}()
}

// start starts the process and waits until it is ready.
func (s *server) start() {
	s.t.Helper()
	s.launch()
	s.awaitReady()
}

func (s *server) awaitReady() {
	s.t.Helper()
	deadline := time.Now().Add(readyMax)
	for !s.ready() {
		select {
		case <-s.exited:
			s.t.Fatalf("the server ended while starting: %v\n%s", s.exitErr, s.tail(30))
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("not ready after %v\n%s", readyMax, s.tail(30))
		}
	}
}

func (s *server) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	a, err := s.door.Do(ctx, http.MethodGet, "/readyz", "", nil)
	return err == nil && a.Status == http.StatusOK
}

// kill ends the process as a power switch would, and waits for its end.
func (s *server) kill() {
	s.cmd.Process.Signal(syscall.SIGKILL)
	<-s.exited
	s.door.Close()
}

// stop asks the process to end and gives its exit code.
func (s *server) stop() int {
	s.t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(stopMax):
		s.t.Errorf("still running %v after SIGTERM", stopMax)
		s.kill()
	}
	s.door.Close()
	var exit *exec.ExitError
	if errors.As(s.exitErr, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// alive fails the test when the process has ended by itself.
func (s *server) alive() {
	s.t.Helper()
	select {
	case <-s.exited:
		s.t.Fatalf("the server has ended by itself: %v\n%s", s.exitErr, s.tail(40))
	default:
	}
}

// tail gives the last lines that the server wrote.
func (s *server) tail(lines int) string {
	data, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// administrator gives the API as a system administrator in a business unit.
func (s *server) administrator(ctx context.Context, unit string) *bench.Admin {
	s.t.Helper()
	a := &bench.Admin{Door: s.door, Pass: bench.Bearer(s.token)}
	if err := a.WorkIn(ctx, unit); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(awaitMax)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", awaitMax, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// within gives a context that ends a test which hangs.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
