package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/netutil"

	"portico/store"
	"portico/web"
)

// front is the one listener: it sends each request to the part that answers it.
type front struct {
	path     string // the customers' virtual path, in lower case
	api      http.Handler
	chats    http.Handler
	pages    http.Handler
	server   *http.Server
	listener net.Listener
	done     chan struct{} // closed when the server's goroutine has ended
	stopping atomic.Bool
}

func pagesFolder(data string) string { return filepath.Join(data, "html") }

// final reports whether trying again cannot help.
func final(err error) bool {
	return errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrFenced)
}

func (a *App) listen() (*front, error) {
	if err := a.loopbackOnly(); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", a.o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", a.o.Listen, err)
	}
	warnOfDescriptors(a.o.Log, a.config.Connections)
	address := l.Addr()
	l = netutil.LimitListener(l, a.config.Connections)
	f := &front{path: strings.ToLower(a.config.VirtualPath), api: a.api.Handler(), chats: a.chats.Handler(),
		pages: web.Handler(), listener: addressed{l, address}, done: make(chan struct{})}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(a.o.Log.Handler(), slog.LevelDebug)}
	if a.config.TLSCertificate != "" {
		pair, err := tls.LoadX509KeyPair(a.config.TLSCertificate, a.config.TLSKey)
		if err != nil {
			l.Close()
			return nil, fmt.Errorf("reading the certificate: %w", err)
		}
		f.listener = tls.NewListener(f.listener, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}})
	}
	go func() {
		defer close(f.done)
		f.server.Serve(f.listener) // ends with stop; nobody else closes the listener
	}()
	return f, nil
}

// addressed keeps the address of a listener that was wrapped.
type addressed struct {
	net.Listener
	address net.Addr
}

func (l addressed) Addr() net.Addr { return l.address }

// loopbackOnly refuses to be reached from outside while nobody has set a password.
func (a *App) loopbackOnly() error {
	if a.code == nil {
		return nil
	}
	host, _, err := net.SplitHostPort(a.o.Listen)
	if err != nil {
		return fmt.Errorf("the address to listen on: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("this is the first start: nobody has a password yet, so only loopback is served, not %s. "+
		"Start once with --listen 127.0.0.1:8080 and finish the first page, or run \"portico admin init\"", a.o.Listen)
}

// ServeHTTP sends a request to the API, the customers' doors, or the application.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/api/docs":
		f.pages.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/api/"), path == "/healthz", path == "/readyz":
		if f.stopping.Load() && path == "/readyz" {
			http.Error(w, "Portico is stopping.", http.StatusServiceUnavailable)
			return
		}
		f.api.ServeHTTP(w, r)
	case hasSegments(strings.ToLower(path), f.path):
		f.chats.ServeHTTP(w, r)
	default:
		f.pages.ServeHTTP(w, r)
	}
}

// hasSegments reports whether path is prefix or lies below it.
func hasSegments(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

func (f *front) address() string { return f.listener.Addr().String() }

// refuse takes no more connections and tells balancers so.
func (f *front) refuse() {
	if f == nil {
		return
	}
	f.stopping.Store(true)
	f.server.SetKeepAlivesEnabled(false)
}

func (f *front) stop(ctx context.Context) error {
	if f == nil {
		return nil
	}
	err := f.server.Shutdown(ctx)
	if err != nil {
		f.server.Close()
		err = fmt.Errorf("ending the requests under way: %w", err)
	}
	<-f.done
	return err
}

// warnOfDescriptors says when the system lets the process open fewer files than it
// may be asked to.
func warnOfDescriptors(log *slog.Logger, connections int) {
	const besides = 200 // store, pages, log
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return
	}
	if limit.Cur < uint64(connections+besides) {
		log.Warn("the limit of open files is low: raise it with ulimit -n, or lower connections in config.json",
			"limit", limit.Cur, "wanted", connections+besides)
	}
}
