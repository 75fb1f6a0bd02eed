// Command run keeps a real mail server for tests that are not written in Go, until its
// standard input ends. It prints one line of JSON when the server answers. Each line of
// its input then is a request, answered by one line: an empty object, or why not.
//
//	{"user": "anna@example.com", "password": "secret"}        makes a mailbox
//	{"alias": "help@example.com", "mailbox": "box@example.com"} leads to it
//	{"refuse": "anna@example.com", "words": "550 5.7.1 No"}   has mail for it refused
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"portico/mailpeer"
)

// running is what whoever started it is told.
type running struct {
	Host  string `json:"host"`
	IMAP  int    `json:"imap"`
	IMAPS int    `json:"imaps"`
	SMTP  int    `json:"smtp"`
	CA    string `json:"ca"`
}

// request is one line of the input.
type request struct {
	User, Password string
	Alias, Mailbox string
	Refuse, Words  string
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	peer, err := mailpeer.Start(mailpeer.Options{})
	if err != nil {
		return err
	}
	defer peer.Close()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(running{mailpeer.Host, peer.IMAP, peer.IMAPS, peer.SMTP, string(peer.CA)}); err != nil {
		return err
	}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var answer struct {
			Error string `json:"error,omitempty"`
		}
		if err := do(peer, in.Bytes()); err != nil {
			answer.Error = err.Error()
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

func do(peer *mailpeer.Peer, line []byte) error {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return err
	}
	switch {
	case r.User != "":
		return peer.User(r.User, r.Password)
	case r.Alias != "":
		peer.Alias(r.Alias, r.Mailbox)
	case r.Refuse != "":
		peer.Refuse(r.Refuse, r.Words)
	default:
		return fmt.Errorf("nothing is asked for: %s", line)
	}
	return nil
}
