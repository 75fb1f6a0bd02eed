package api

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"portico/acd"
	"portico/identity"
	"portico/store"
)

// tableKind is a topic whose rows many sockets share.
type tableKind string

// tableKey names a table: every unit has its own. Who may not see who listens in has another.
type tableKey struct {
	kind   tableKind
	unit   acd.UnitID
	veiled bool
	// bounded is the supervisor whose teams bound what is shown; zero: nobody's do.
	bounded acd.AgentID
}

// tableOf names the table that a caller is shown.
func (s *Server) tableOf(kind tableKind, c call) tableKey {
	key := tableKey{kind: kind, unit: c.unit}
	if kind == "contacts" || kind == "agents" {
		key.veiled = !supervises(c.caller)
		if s.names().scopeOf(c.caller) != nil {
			key.bounded = c.caller.User
		}
	}
	return key
}

// scope is that of those who are shown the table, by what is configured now.
func (k tableKey) scope(names *catalogue) *scope {
	caller := identity.Caller{Unit: k.unit, User: k.bounded, Roles: names.users[k.bounded].body.Roles}
	caller.Rights = names.rights(caller)
	return names.scopeOf(caller)
}

// watcher stands for those who are shown a table, all alike.
func (k tableKey) watcher() call {
	if k.veiled {
		return call{unit: k.unit}
	}
	return call{unit: k.unit, caller: identity.Caller{Roles: rolesSupervisor}}
}

// table is computed once for all of its sockets.
type table struct {
	version uint64 // of the last delta
	sockets map[*socket]struct{}
	// snapshot is the last one that was made, with the names that it shows.
	snapshot tableBytes
	names    *catalogue
}

// tables makes the deltas, at most once in tableEvery, in one goroutine. Rows are
// the last values, so a socket may see a snapshot that is newer than the next
// delta's beginning: the delta's rows are newer still.
type tables struct {
	feed *feed
	wake chan struct{}
	end  chan struct{}
	once sync.Once

	mu  sync.Mutex
	all map[tableKey]*table
}

func newTables(f *feed) *tables {
	return &tables{feed: f, wake: make(chan struct{}, 1), end: make(chan struct{}), all: map[tableKey]*table{}}
}

// changed says that there may be something new.
func (t *tables) changed() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Turned tells the live feed that a minute has passed, and figures with it. It does not
// block.
func (s *Server) Turned() { s.feed.tables.changed() }

func (t *tables) stop() { t.once.Do(func() { close(t.end) }) }

func (t *tables) join(k *socket, kind tableKind) {
	key := t.feed.s.tableOf(kind, k.call)
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.all[key]
	if b == nil {
		// Deltas begin here; the socket's own snapshot is made later, so it is newer.
		b = &table{version: t.feed.s.tableVersion(kind), sockets: map[*socket]struct{}{}}
		t.all[key] = b
	}
	b.sockets[k] = struct{}{}
}

// snapshot gives the whole table. After a restart everybody asks for it at once, so
// it is made anew only when something has changed.
func (t *tables) snapshot(key tableKey) tableBytes {
	s := t.feed.s
	version, names := s.tableVersion(key.kind), s.names()
	t.mu.Lock()
	b := t.all[key]
	if b != nil && b.names == names && b.snapshot.version == version {
		defer t.mu.Unlock()
		return b.snapshot
	}
	t.mu.Unlock()
	made := s.tableFrame(key, 0)
	t.mu.Lock()
	defer t.mu.Unlock()
	if b != nil {
		b.snapshot, b.names = made, names
	}
	return made
}

func (t *tables) leave(k *socket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, b := range t.all {
		delete(b.sockets, k)
		if len(b.sockets) == 0 {
			delete(t.all, key)
		}
	}
}

// run is the goroutine of all tables.
func (t *tables) run() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-t.end:
			return
		case <-t.wake:
		}
		select {
		case <-t.end:
			return
		case <-pause.C:
		}
		t.deltas()
		pause.Reset(tableEvery)
	}
}

// deltas makes and hands out what changed in each table.
func (t *tables) deltas() {
	t.mu.Lock()
	keys := make([]tableKey, 0, len(t.all))
	for key := range t.all {
		keys = append(keys, key)
	}
	t.mu.Unlock()
	for _, key := range keys {
		t.mu.Lock()
		b := t.all[key]
		if b == nil {
			t.mu.Unlock()
			continue
		}
		since := b.version
		t.mu.Unlock()
		frame := t.feed.s.tableFrame(key, since)
		t.mu.Lock()
		b.version = frame.version
		sockets := make([]*socket, 0, len(b.sockets))
		for k := range b.sockets {
			sockets = append(sockets, k)
		}
		t.mu.Unlock()
		if frame.data == nil {
			continue
		}
		for _, k := range sockets {
			k.offer(key.kind, frame)
		}
	}
}

// offer gives a socket a table's delta. A socket that has not yet sent the ones before
// gets a snapshot when it can.
func (k *socket) offer(kind tableKind, delta tableBytes) {
	k.mu.Lock()
	if t := k.tables[kind]; t != nil && !t.whole && delta.version > t.version {
		if delta.full {
			t.pending = nil
		}
		t.pending = append(t.pending, delta)
		if len(t.pending) > deltasMax {
			t.whole, t.pending = true, nil
		}
	}
	k.mu.Unlock()
	k.rouse()
}

// deltasMax is how many deltas of a table wait for a slow socket.
const deltasMax = 8

// sendTables sends the snapshots and deltas that are due.
func (k *socket) sendTables(ctx context.Context) error {
	for {
		kind, whole, packed, pending := k.nextTable()
		if kind == "" {
			return nil
		}
		if whole {
			snapshot := k.feed.tables.snapshot(k.feed.s.tableOf(kind, k.call))
			k.snapped(kind, snapshot.version)
			pending = []tableBytes{snapshot}
		}
		for _, delta := range pending {
			if err := k.sendTable(ctx, delta, packed); err != nil {
				return err
			}
		}
	}
}

// nextTable takes what is due of one table.
func (k *socket) nextTable() (kind tableKind, whole, packed bool, pending []tableBytes) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for name, t := range k.tables {
		if t.whole || len(t.pending) > 0 {
			whole, pending = t.whole, t.pending
			t.whole, t.pending = false, nil
			return name, whole, t.packed, pending
		}
	}
	return "", false, false, nil
}

// snapped forgets the deltas that a snapshot holds.
func (k *socket) snapped(kind tableKind, version uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t := k.tables[kind]; t != nil {
		t.version = version
		t.pending = slices.DeleteFunc(t.pending, func(d tableBytes) bool { return d.version <= version })
	}
}

// tableDelta is the body of a table's frames of kind delta; a snapshot's are the rows.
type tableDelta struct {
	Put  []any `json:"put"`
	Gone []any `json:"gone"`
}

// tableBytes is an encoded frame of a table, shared by all to whom it is sent.
type tableBytes struct {
	data    []byte // nil: nothing changed
	version uint64 // what it holds
	full    bool   // a snapshot
	packed  func() []byte
}

// packMin is from which size on a frame is packed for those who want it.
const packMin = 2 << 10

// pack makes a frame small: raw deflate, once, when somebody first wants it.
func pack(data []byte) func() []byte {
	return sync.OnceValue(func() []byte {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, flate.BestSpeed)
		if err == nil {
			_, err = w.Write(data)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil { // memory does not fail
			return nil
		}
		return out.Bytes()
	})
}

// sendTable sends a frame of a table, packed to who asked for it so.
func (k *socket) sendTable(ctx context.Context, t tableBytes, packed bool) error {
	if packed && len(t.data) >= packMin {
		if small := t.packed(); small != nil {
			return k.sendAs(ctx, websocket.MessageBinary, small)
		}
	}
	return k.sendAs(ctx, websocket.MessageText, t.data)
}

// tableVersion is the number of the last change of what a kind of table shows.
func (s *Server) tableVersion(kind tableKind) uint64 {
	if kind == "alerts" {
		return s.alerts.now()
	}
	return s.picture.Revision()
}

// tableFrame makes the frame of what changed in a table since a version; 0 gives
// the snapshot.
func (s *Server) tableFrame(key tableKey, since uint64) tableBytes {
	names := s.names()
	scope := key.scope(names)
	put, gone := []any{}, []any{}
	var version uint64
	var full bool
	switch key.kind {
	case "queues":
		c := s.picture.QueuesSince(key.unit, since)
		version, full = c.Version, c.Full
		for _, q := range c.Put {
			put = append(put, s.queueRow(names, q))
		}
		for _, id := range c.Gone {
			gone = append(gone, id)
		}
	case "agents":
		c := s.picture.AgentsSince(key.unit, since)
		version, full = c.Version, c.Full
		for _, a := range c.Put {
			if names.isAgent(a.ID) {
				put = append(put, s.agentRow(names, a).shownTo(names, key.watcher()).within(scope))
			} else if !full {
				gone = append(gone, a.ID) // a supervisor, who may have been an agent
			}
		}
		for _, id := range c.Gone {
			gone = append(gone, id)
		}
	case "contacts":
		c := s.picture.ContactsSince(key.unit, since)
		version, full = c.Version, c.Full
		for _, v := range c.Put {
			if scope.hasContact(v) {
				put = append(put, openContact(names, v).shownTo(names, key.watcher()))
			} else {
				gone = append(gone, v.ID)
			}
		}
		for _, id := range c.Gone {
			gone = append(gone, id)
		}
	case "alerts":
		var rows []store.Alert
		var ids [][16]byte
		rows, ids, version, full = s.alerts.since(key.unit, since)
		for _, a := range rows {
			put = append(put, alertRow(names, a))
		}
		for _, id := range ids {
			gone = append(gone, acd.ID[objectKind](id))
		}
	}
	if id, ok := flowOfTopic(string(key.kind)); ok {
		if put, version, full = s.flowRows(key.unit, id, since); !full {
			return tableBytes{version: since}
		}
	}
	full = full || since == 0
	if !full && len(put)+len(gone) == 0 {
		return tableBytes{version: version}
	}
	return s.encodeTable(key.kind, tableDelta{put, gone}, version, full)
}

// encodeTable makes the frame of a table: its rows, or what changed in it.
func (s *Server) encodeTable(kind tableKind, rows tableDelta, version uint64, full bool) tableBytes {
	f := frame{Topic: string(kind), N: version, Kind: "delta", Body: rows}
	if full {
		f.Kind, f.Body = "snapshot", rows.Put
	}
	data, err := json.Marshal(f)
	if err != nil { // rows are plain data
		s.log.Error("table not encodable", "err", err)
		return tableBytes{version: version}
	}
	return tableBytes{data, version, full, pack(data)}
}
