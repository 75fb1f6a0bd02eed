package mailpeer

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
)

// refuser is an LMTP server that refuses every recipient, in words of its own: so
// Postfix, which has taken the message, has to send it back.
type refuser struct {
	address  string
	listener net.Listener
	wait     sync.WaitGroup
	mu       sync.Mutex
	words    map[string]string
	conns    map[net.Conn]bool
}

func newRefuser() (*refuser, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &refuser{address: listener.Addr().String(), listener: listener, words: map[string]string{}, conns: map[net.Conn]bool{}}
	r.wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns[conn] = true
			r.mu.Unlock()
			r.wait.Go(func() { r.talk(conn) })
		}
	})
	return r, nil
}

func (r *refuser) close() {
	r.listener.Close()
	r.mu.Lock()
	for conn := range r.conns {
		conn.Close()
	}
	r.mu.Unlock()
	r.wait.Wait()
}

func (r *refuser) talk(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewScanner(conn)
	fmt.Fprint(conn, "220 refuser\r\n")
	for in.Scan() {
		line := in.Text()
		verb, rest, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "RCPT":
			address := strings.ToLower(strings.Trim(strings.TrimPrefix(rest, "TO:"), "<> "))
			if at := strings.IndexByte(address, '>'); at >= 0 {
				address = address[:at]
			}
			r.mu.Lock()
			words := r.words[address]
			r.mu.Unlock()
			fmt.Fprintf(conn, "550 %s\r\n", words)
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		case "LHLO":
			fmt.Fprint(conn, "250-refuser\r\n250 ENHANCEDSTATUSCODES\r\n")
		case "DATA":
			fmt.Fprint(conn, "503 5.5.1 no recipient\r\n")
		default:
			fmt.Fprint(conn, "250 2.0.0 ok\r\n")
		}
	}
}
