package mailpeer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// lookups answers Postfix's questions (socketmap_table(5)): which mailboxes, aliases,
// refusals there are.
type lookups struct {
	address  string
	listener net.Listener
	wait     sync.WaitGroup
	mu       sync.Mutex
	tables   map[string]map[string]string
	conns    map[net.Conn]bool
}

func newLookups() (*lookups, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &lookups{address: listener.Addr().String(), listener: listener, tables: map[string]map[string]string{}, conns: map[net.Conn]bool{}}
	l.wait.Go(l.accept)
	return l, nil
}

func (l *lookups) close() {
	l.listener.Close()
	l.mu.Lock()
	for conn := range l.conns {
		conn.Close()
	}
	l.mu.Unlock()
	l.wait.Wait()
}

func (l *lookups) set(table, key, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tables[table] == nil {
		l.tables[table] = map[string]string{}
	}
	l.tables[table][strings.ToLower(key)] = value
}

func (l *lookups) accept() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.mu.Lock()
		l.conns[conn] = true
		l.mu.Unlock()
		l.wait.Go(func() {
			l.answer(conn)
			conn.Close()
			l.mu.Lock()
			delete(l.conns, conn)
			l.mu.Unlock()
		})
	}
}

// answer takes netstrings "table key" and gives "OK value" or "NOTFOUND ".
func (l *lookups) answer(conn net.Conn) {
	in := bufio.NewReader(conn)
	for {
		length, err := in.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
		if err != nil || n < 0 || n > 64<<10 {
			return
		}
		question := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(in, question); err != nil {
			return
		}
		table, key, _ := strings.Cut(string(question[:n]), " ")
		l.mu.Lock()
		value := l.tables[table][strings.ToLower(key)]
		l.mu.Unlock()
		reply := "NOTFOUND "
		if value != "" {
			reply = "OK " + value
		}
		if _, err := fmt.Fprintf(conn, "%d:%s,", len(reply), reply); err != nil {
			return
		}
	}
}
