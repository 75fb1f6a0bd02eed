// Package clamdtest runs the real clamd for tests, with a signature of its own.
package clamdtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Harmful is what the scanner finds: nothing else is known to it.
const Harmful = "PORTICO-TEST-FILE-THAT-A-SCANNER-FINDS"

// Start starts clamd until the end of a test and gives the addresses on which it listens: a
// port of loopback and a socket. Streams have at most 1 MiB there. Where clamd cannot be had
// the test is skipped; on Debian it fails, since scripts/peers installs it.
func Start(t *testing.T) (tcp, unix string) {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		if _, err := os.Stat("/etc/debian_version"); err == nil && os.Geteuid() == 0 {
			t.Fatal("clamd is missing: scripts/peers installs it")
		}
		t.Skip("SKIPPED LOUDLY: there is no clamd, and this is not Debian or not root")
	}
	// The path of a socket has at most 107 bytes.
	dir, err := os.MkdirTemp("", "clamd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var free net.Listener
	for range 100 { // a port that no outgoing connection takes meanwhile
		if free, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(20_000+rand.IntN(10_000))); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	tcp, unix = free.Addr().String(), filepath.Join(dir, "clamd.sock")
	free.Close()
	_, port, _ := net.SplitHostPort(tcp)
	for name, content := range map[string]string{
		"clamd.conf": fmt.Sprintf("TCPSocket %s\nTCPAddr 127.0.0.1\nLocalSocket %s\nDatabaseDirectory %s\nForeground yes\nStreamMaxLength 1M\nMaxThreads 2\nTemporaryDirectory %s\n",
			port, unix, dir, dir),
		"test.ndb": fmt.Sprintf("Portico.Test:0:*:%x\n", Harmful),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "--config-file="+filepath.Join(dir, "clamd.conf"))
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("clamd said:\n%s", log.String())
		}
	})
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", tcp)
		if err == nil {
			conn.Close()
			return tcp, unix
		}
		if time.Now().After(end) {
			t.Fatalf("clamd does not listen: %v", err)
		}
	}
}
