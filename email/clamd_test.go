package email

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/clamd"
	"portico/fault"
)

// virus is what the tests' own signature finds.
const virus = "PORTICO-TEST-PART-THAT-A-SCANNER-FINDS"

// scanner starts the real clamd with a signature of its own.
func scanner(t *testing.T) *clamd.Client {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		if _, err := os.Stat("/etc/debian_version"); err == nil && os.Geteuid() == 0 {
			t.Fatal("clamd is missing: scripts/peers installs it")
		}
		t.Skip("SKIPPED LOUDLY: there is no clamd, and this is not Debian or not root")
	}
	dir, err := os.MkdirTemp("", "clamd-") // the path of a socket has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "clamd.sock")
	conf := fmt.Sprintf("LocalSocket %s\nDatabaseDirectory %s\nForeground yes\nMaxThreads 2\nTemporaryDirectory %s\n", socket, dir, dir)
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "clamd.conf"), []byte(conf), 0o644),
		os.WriteFile(filepath.Join(dir, "test.ndb"), fmt.Appendf(nil, "Portico.Test:0:*:%x\n", virus), 0o644)); err != nil {
		t.Fatal(err)
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
		conn, err := net.Dial("unix", socket)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("clamd does not listen: %v", err)
		}
	}
	c, err := clamd.New(socket)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The real clamd sees a part as the agent would get it: what is harmful is found behind its
// transfer encoding, and no byte of it leaves; what is clean arrives whole.
func TestPartsByClamd(t *testing.T) {
	h := newHouse(t)
	scans := scanner(t)
	harmful := fault.New(fault.Invalid, "harmful", "The file is harmful.")
	h.scan = func(_ string, r io.Reader) error {
		found, err := scans.Scan(t.Context(), r)
		if err == nil && found != "" {
			return harmful.With("found", found)
		}
		return err
	}
	h.start()
	b := h.branches[0]
	for subject, content := range map[string]string{"Clean": "17 euros", "Harmful": strings.Repeat("x", 5000) + virus} {
		coded := "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(content))
		h.send(h.customer(), b.help, subject, strings.Replace(attached, "\r\n\r\n17 euros", coded, 1), mixed...)
		w, err := h.part(b, h.only(b.unit, subject).ID)
		if subject == "Clean" && (err != nil || w.Body.String() != content) {
			t.Errorf("the clean part: %q, %v", w.Body, err)
		}
		if f := fault.Of(err); subject == "Harmful" && (f == nil || f.Code != "harmful" || w.Body.Len() > 0) {
			t.Errorf("the harmful part: %q, %v", w.Body, err)
		}
	}
}
