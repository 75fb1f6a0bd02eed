package mailpeer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startMax = 60 * time.Second // for a server to answer, on a busy machine
	stopMax  = 30 * time.Second
)

// Server is one of the two: a master process and its children.
type Server struct {
	name    string
	command []string
	dir     string // of the whole peer
	ports   []int  // each greets when the server is ready
	logs    string // the file that the server writes
	clean   func() // what a killed one leaves behind

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{}
	out   bytes.Buffer
}

func (s *Server) launch() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clean != nil {
		s.clean()
	}
	s.out.Reset()
	s.cmd = exec.Command(s.command[0], s.command[1:]...)
	s.cmd.Dir = "/"
	s.cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C"}
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.cmd.WaitDelay = time.Second // children may keep the pipe
	if err := s.cmd.Start(); err != nil {
		return err
	}
	cmd, ended := s.cmd, make(chan struct{})
	s.ended = ended
	leave, err := s.watch(cmd.Process.Pid)
	go func() {
		cmd.Wait()
		leave()
		close(ended)
	}()
	return err
}

// watch starts a shell that ends the server's processes when this one is gone, however
// it went: both servers change their user, and so lose the kernel's own signal for that.
func (s *Server) watch(pid int) (leave func(), err error) {
	const script = `read word; [ "$word" = leave ] && exit; kill -CONT -- -$0; kill -TERM $0; sleep 1; kill -KILL -- -$0; rm -rf "$1"`
	shell := exec.Command("/bin/sh", "-c", script, strconv.Itoa(pid), s.dir)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := shell.StdinPipe()
	if err != nil {
		return func() {}, err
	}
	if err := shell.Start(); err != nil {
		return func() {}, err
	}
	return func() {
		io.WriteString(in, "leave\n")
		in.Close()
		shell.Wait()
	}, nil
}

// ready waits until each port greets.
func (s *Server) ready() error {
	deadline := time.Now().Add(startMax)
	for _, port := range s.ports {
		for !greets(port) {
			select {
			case <-s.ended:
				return fmt.Errorf("%s ended at once: %s", s.name, s.Log())
			case <-time.After(10 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s does not answer: %s", s.name, s.Log())
			}
		}
	}
	return nil
}

func greets(port int) bool {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(port), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && (strings.HasPrefix(line, "220") || strings.HasPrefix(line, "* OK"))
}

// Log is what the server has said.
func (s *Server) Log() string {
	text, _ := os.ReadFile(s.logs)
	return string(text)
}

// Start starts a server that was stopped or killed, on the same ports.
func (s *Server) Start() error {
	if err := s.launch(); err != nil {
		return err
	}
	return s.ready()
}

// Stop ends the server in good order.
func (s *Server) Stop() error { return s.end(syscall.SIGTERM) }

// Restart stops and starts.
func (s *Server) Restart() error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.Start()
}

// Kill ends the server and all its processes as a power cut would.
func (s *Server) Kill() error {
	s.signal(syscall.SIGSTOP) // so that none has children that are not in the list
	s.signal(syscall.SIGKILL)
	return s.end(syscall.SIGKILL)
}

// Stall freezes all processes of the server: connections stand, and nothing answers.
func (s *Server) Stall() { s.signal(syscall.SIGSTOP) }

// Resume lets a stalled server go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	for _, pid := range append(descendants(s.cmd.Process.Pid), s.cmd.Process.Pid) {
		syscall.Kill(pid, sig)
	}
}

func (s *Server) end(sig syscall.Signal) error {
	s.mu.Lock()
	cmd, ended := s.cmd, s.ended
	s.mu.Unlock()
	if cmd == nil {
		return nil
	}
	children := descendants(cmd.Process.Pid)
	cmd.Process.Signal(sig)
	select {
	case <-ended:
	case <-time.After(stopMax):
		return errors.New(s.name + " does not end")
	}
	// Ports and files are free only when the children are gone too. Dovecot's would stay
	// as long as Postfix is connected to them.
	began, last := time.Now(), syscall.SIGTERM
	for time.Since(began) < stopMax {
		left := slices.DeleteFunc(children, func(pid int) bool { return !alive(pid) })
		if len(left) == 0 {
			return nil
		}
		for _, pid := range left {
			syscall.Kill(pid, last)
		}
		if time.Since(began) > 100*time.Millisecond {
			last = syscall.SIGKILL
		}
		time.Sleep(5 * time.Millisecond)
	}
	return errors.New("children of " + s.name + " do not end")
}

func (s *Server) close() {
	s.Resume()
	if err := s.end(syscall.SIGTERM); err != nil {
		s.Kill()
	}
}

// stat gives the state and the parent of a process.
func stat(pid int) (state string, parent int) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", 0
	}
	// pid (name) state parent …; a name may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 2 {
		return "", 0
	}
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}

// alive is false for zombies, whose parent only has not looked yet.
func alive(pid int) bool {
	state, _ := stat(pid)
	return state != "" && state != "Z" && state != "X"
}

// descendants lists the processes that a process started, and theirs.
func descendants(root int) []int {
	parents := map[int]int{}
	paths, _ := filepath.Glob("/proc/[0-9]*")
	for _, path := range paths {
		pid, _ := strconv.Atoi(filepath.Base(path))
		_, parents[pid] = stat(pid)
	}
	var out []int
	for pid := range parents {
		for at := parents[pid]; at > 1; at = parents[at] {
			if at == root {
				out = append(out, pid)
				break
			}
		}
	}
	slices.Sort(out)
	return out
}
