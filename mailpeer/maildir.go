package mailpeer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/smtp"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// folder is where a mailbox's folder lies; names are parted by a slash.
func (p *Peer) folder(address, name string) string {
	root := filepath.Join(p.home(address), "Maildir")
	if strings.EqualFold(name, "INBOX") || name == "" {
		return root
	}
	return filepath.Join(root, "."+strings.ReplaceAll(name, "/", "."))
}

// Fill puts messages straight into a folder, in order, without asking any server:
// thousands a second. each gives the n-th message, from 0, with any line ends; one that
// gives nil is the same as the one before, and costs next to nothing.
func (p *Peer) Fill(address, folder string, n int, each func(int) []byte) error {
	dir := p.folder(address, folder)
	for _, d := range []string{p.home(address), filepath.Join(p.home(address), "Maildir"), dir, filepath.Join(dir, "tmp"), filepath.Join(dir, "cur"), filepath.Join(dir, "new")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
		if err := os.Chown(d, p.uid, p.gid); err != nil {
			return err
		}
	}
	now := time.Now()
	last, size := "", ""
	for i := range n {
		p.mu.Lock()
		p.deliveries++
		number := p.deliveries
		p.mu.Unlock()
		// Dovecot orders by the time in the name.
		name := fmt.Sprintf("%d.M%06dP%dQ%d.peer", now.Unix()+int64(number/1000000), number%1000000, os.Getpid(), number)
		text := each(i)
		if text != nil {
			size = fmt.Sprintf(",S=%d,W=%d", len(text), len(text)+bytes.Count(text, []byte("\n"))-bytes.Count(text, []byte("\r\n")))
		}
		name += size // as Dovecot's own deliveries: it need not read the file to know
		if text == nil {
			if last == "" {
				return errors.New("the first message is nil")
			}
			if err := os.Link(last, filepath.Join(dir, "new", name)); err != nil {
				return err
			}
			continue
		}
		temporary := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(temporary, text, 0o600); err != nil {
			return err
		}
		if err := os.Chown(temporary, p.uid, p.gid); err != nil {
			return err
		}
		last = filepath.Join(dir, "new", name)
		if err := os.Rename(temporary, last); err != nil {
			return err
		}
	}
	return nil
}

// Messages are the texts in a folder, in the order in which they came; none for a
// folder that does not exist.
func (p *Peer) Messages(address, folder string) ([]string, error) {
	type file struct{ name, path string }
	var files []file
	for _, sub := range []string{"cur", "new"} {
		entries, err := os.ReadDir(filepath.Join(p.folder(address, folder), sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			files = append(files, file{e.Name(), filepath.Join(p.folder(address, folder), sub, e.Name())})
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	out := make([]string, 0, len(files))
	for _, f := range files {
		text, err := os.ReadFile(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed meanwhile: a flag was set, or it was moved
		}
		if err != nil {
			return nil, err
		}
		out = append(out, string(text))
	}
	return out, nil
}

// Count is how many messages a folder holds.
func (p *Peer) Count(address, folder string) int {
	n := 0
	for _, sub := range []string{"cur", "new"} {
		entries, _ := os.ReadDir(filepath.Join(p.folder(address, folder), sub))
		n += len(entries)
	}
	return n
}

// Remove takes the messages of a folder away behind the server's back, as another
// program would: those whose text contains a word.
func (p *Peer) Remove(address, folder, word string) (int, error) {
	removed := 0
	for _, sub := range []string{"cur", "new"} {
		paths, _ := filepath.Glob(filepath.Join(p.folder(address, folder), sub, "*"))
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(text), word) {
				continue
			}
			if err := os.Remove(path); err != nil {
				return removed, err
			}
			removed++
		}
	}
	return removed, nil
}

// RenewUIDs makes the server forget every number of a folder: it gets another
// UIDVALIDITY, and its messages other UIDs. Dovecot is restarted.
func (p *Peer) RenewUIDs(address, folder string) error {
	if err := p.Dovecot.Stop(); err != nil {
		return err
	}
	for _, pattern := range []string{"dovecot.index*", "dovecot-uidlist*", "dovecot.list.index*"} {
		paths, _ := filepath.Glob(filepath.Join(p.folder(address, folder), pattern))
		root, _ := filepath.Glob(filepath.Join(p.folder(address, ""), "dovecot.list.index*"))
		for _, path := range append(paths, root...) {
			os.Remove(path)
		}
	}
	return p.Dovecot.Start()
}

// Send hands a message to Postfix, as anybody in the world would.
func (p *Peer) Send(from string, to []string, message []byte) error {
	return p.send("127.0.0.1:"+strconv.Itoa(p.world), from, to, message)
}

// greeted connects to Postfix and tries again, as every mail server does that has something
// to send.
func greeted(address string) (*smtp.Client, error) {
	for try := 1; ; try++ {
		c, err := smtp.Dial(address)
		if err == nil || try == 100 {
			return c, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (p *Peer) send(address, from string, to []string, message []byte) error {
	c, err := greeted(address)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, r := range to {
		if err := c.Rcpt(r); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}
