// Package clamd asks a clamd, the ClamAV daemon, whether a stream of bytes holds
// something harmful. It speaks one command, INSTREAM, on a connection of its own for each
// stream (clamd(8), COMMANDS). It stores nothing and decides nothing.
package clamd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

const (
	// chunkMax is how much one chunk carries; clamd sets no limit but that of the stream.
	chunkMax = 64 << 10
	// answerMax is how long an answer may be, in bytes: a signature's name and some words.
	answerMax = 4 << 10
)

// Client knows where a clamd listens. It is safe for concurrent use.
type Client struct {
	// Network is tcp or unix.
	Network string
	// Address is host:port, or the path of a socket.
	Address string
	// DialMax, StepMax and AnswerMax bound how long clamd may take to take the
	// connection, to take one chunk, and to give its answer once it has all. Zero:
	// 5 s, 10 s, 60 s.
	DialMax, StepMax, AnswerMax time.Duration
}

// ErrAddress: neither host:port nor the path of a socket.
var ErrAddress = errors.New("clamd: want host:port, or the path of a socket such as /run/clamav/clamd.ctl")

// ErrRefused: clamd looked at nothing, because its own limits forbid, or it failed.
var ErrRefused = errors.New("clamd: it refused the stream")

// New makes a client of an address as people write it: host:port, or a path that
// begins with a slash.
func New(address string) (*Client, error) {
	if strings.HasPrefix(address, "/") {
		return &Client{Network: "unix", Address: address}, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || port == "" {
		return nil, ErrAddress
	}
	return &Client{Network: "tcp", Address: address}, nil
}

// Scan sends a stream and gives the name of what clamd found in it, empty for
// nothing. An error says nothing of the stream: it was not looked at, or not to its end.
// An error of reading it is returned as it is.
func (c *Client) Scan(ctx context.Context, stream io.Reader) (found string, err error) {
	dialer := net.Dialer{Timeout: or(c.DialMax, 5*time.Second)}
	conn, err := dialer.DialContext(ctx, c.Network, c.Address)
	if err != nil {
		return "", fmt.Errorf("connecting to clamd: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	found, err = c.talk(conn, stream)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("asking clamd: %w", context.Cause(ctx))
	}
	return found, err
}

// talk sends the command and the stream and reads the answer. Who refuses the stream
// half way says why and hangs up: then what it found, or why it refused, counts, but
// never that all was well.
func (c *Client) talk(conn net.Conn, stream io.Reader) (found string, err error) {
	sent := c.send(conn, stream)
	var own readError
	if errors.As(sent, &own) {
		return "", own.err
	}
	wait := or(c.AnswerMax, time.Minute)
	if sent != nil {
		wait = or(c.StepMax, 10*time.Second)
	}
	conn.SetReadDeadline(time.Now().Add(wait))
	answer, err := bufio.NewReader(io.LimitReader(conn, answerMax)).ReadString(0)
	if err == nil {
		found, err = read(strings.TrimSuffix(answer, "\x00"))
	}
	if sent != nil && found == "" && !errors.Is(err, ErrRefused) {
		err = sent
	}
	if err != nil {
		return "", fmt.Errorf("asking clamd: %w", err)
	}
	return found, nil
}

// readError is an error of the caller's stream, not of clamd.
type readError struct{ err error }

func (e readError) Error() string { return e.err.Error() }

// send writes the command, the chunks, each behind its length in four bytes of
// network order, and the empty chunk that ends them.
func (c *Client) send(conn net.Conn, stream io.Reader) error {
	write := func(b []byte) error {
		conn.SetWriteDeadline(time.Now().Add(or(c.StepMax, 10*time.Second)))
		_, err := conn.Write(b)
		return err
	}
	if err := write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	buffer := make([]byte, 4+chunkMax)
	for {
		n, err := stream.Read(buffer[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buffer, uint32(n))
			if err := write(buffer[:4+n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF: // and no other: a stream that broke off was not looked at
			return write(make([]byte, 4))
		case err != nil:
			return readError{err}
		}
	}
}

// read understands an answer: "stream: OK", "stream: NAME FOUND", "… ERROR". What is
// none of them is an error: what was not declared clean is not clean.
func read(answer string) (found string, err error) {
	answer = strings.TrimSpace(answer)
	if answer == "stream: OK" {
		return "", nil
	}
	if rest, ok := strings.CutSuffix(answer, " FOUND"); ok {
		name := strings.TrimSpace(strings.TrimPrefix(rest, "stream:"))
		if name == "" {
			name = "unknown"
		}
		return name, nil
	}
	return "", fmt.Errorf("%w: %q", ErrRefused, answer)
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
