package letter

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/mailpeer"
)

// numbered are messages in which every part says which it is.
func numbered() map[string]string {
	nested := strings.Builder{}
	nested.WriteString("Subject: deep\nContent-Type: multipart/mixed; boundary=b0\n\n")
	for i := range 12 {
		fmt.Fprintf(&nested, "--b%d\n\nleaf %d\n--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i, i, i+1)
	}
	nested.WriteString("--b12\n\nthe last leaf\n")
	return map[string]string{
		"one part":                         "Subject: x\n\nthe only leaf\n",
		"a message that is one":            "Subject: x\nContent-Type: message/rfc822\n\nSubject: y\n\nthe leaf within\n",
		"a message with parts that is one": "Subject: x\nContent-Type: message/rfc822\n\nSubject: y\nContent-Type: multipart/mixed; boundary=w\n\n--w\n\nfirst within\n--w\n\nsecond within\n--w--\n",
		"as nested as it comes":            strings.ReplaceAll(assembled, "aGVsbG8=", "bGVhZg=="),
		"a message within a message": `Content-Type: multipart/mixed; boundary=o

--o

outer
--o
Content-Type: message/rfc822

Subject: a
Content-Type: multipart/mixed; boundary=i

--i
Content-Type: message/rfc822

Subject: b

innermost
--i

inner
--i--
--o

last
--o--
`,
		"a digest": `Content-Type: multipart/digest; boundary=d

--d

Subject: one

first
--d

Subject: two

second
--d
Content-Type: text/plain

no message
--d--
`,
		"a multipart that nobody closed": `Content-Type: multipart/mixed; boundary=o

--o
Content-Type: multipart/mixed; boundary=i

--i

one
--i

two
--o

three
--o--
epilogue
`,
		"boundaries of which one begins another": `Content-Type: multipart/mixed; boundary=bb

preamble
--bb
Content-Type: multipart/mixed; boundary=b

--b

one
--b

two
--b--
--bb

three
--bb--
`,
		"parts without a blank line": "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--\n",
		"deep":                       nested.String(),
	}
}

// A part's path is the number that a real IMAP server knows it by: what is fetched by
// it is what was read there.
func TestPathsAreThoseOfDovecot(t *testing.T) {
	var shared mailpeer.Shared
	peer := shared.Peer(t)
	defer shared.Close()
	const user = "numbers@company.test"
	if err := peer.User(user, "secret"); err != nil {
		t.Fatal(err)
	}
	messages := numbered()
	var names []string
	for name := range messages {
		names = append(names, name)
	}
	if err := peer.Fill(user, "INBOX", len(names), func(i int) []byte { return []byte(crlf(messages[names[i]])) }); err != nil {
		t.Fatal(err)
	}
	c := dial(t, peer, user)
	for i, name := range names {
		w := newWalker(strings.NewReader(crlf(messages[name])))
		w.walk()
		count := 0
		each(w.root, func(n *node) {
			if n.multipart() || n.message() {
				return
			}
			count++
			got := strings.TrimSpace(c.fetch(t, i+1, n.path))
			if n.source != nil && got != strings.TrimSpace(string(n.source)) || n.source == nil && int64(len(got)) != n.size {
				t.Errorf("%s: part %s is %q to Dovecot, and %q (%d bytes) to us", name, n.path, got, n.source, n.size)
			}
		})
		if count == 0 {
			t.Errorf("%s: it has no part", name)
		}
	}
}

func each(n *node, do func(*node)) {
	do(n)
	for _, c := range n.children {
		each(c, do)
	}
}

// session is as much of IMAP as it takes to fetch a part.
type session struct {
	conn io.ReadWriter
	r    *bufio.Reader
}

func dial(t *testing.T, peer *mailpeer.Peer, user string) *session {
	t.Helper()
	conn, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(peer.IMAPS)), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	s := &session{conn, bufio.NewReader(conn)}
	s.command(t, "LOGIN "+user+" secret")
	s.command(t, "SELECT INBOX")
	return s
}

var literal = regexp.MustCompile(`\{([0-9]+)\}\r\n$`)

// command gives the literals of the answer.
func (s *session) command(t *testing.T, command string) string {
	t.Helper()
	if _, err := io.WriteString(s.conn, "a "+command+"\r\n"); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		if m := literal.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[1])
			if _, err := io.CopyN(&out, s.r, int64(n)); err != nil {
				t.Fatal(err)
			}
		}
		if rest, ok := strings.CutPrefix(line, "a "); ok {
			if !strings.HasPrefix(rest, "OK") {
				t.Fatalf("%s: %s", command, line)
			}
			return out.String()
		}
	}
}

func (s *session) fetch(t *testing.T, message int, path string) string {
	t.Helper()
	return s.command(t, fmt.Sprintf("FETCH %d BODY.PEEK[%s]", message, path))
}
