package webchat

import (
	"cmp"
	"net/netip"
	"sync"
	"time"

	"portico/acd"
)

// Limits bound what customers may take. Zero fields take the default.
type Limits struct {
	Sockets           int // of all customers together; 50,000
	SocketsPerAddress int // 200
	Arriving          int // new chats that wait for the hub at the same time; 2,048
	// ChatsPerAddress is how many new chats one address may begin in a minute, after
	// a first burst of as many; 60.
	ChatsPerAddress int
	// MessagesPerAddress is the same for messages; 3,000.
	MessagesPerAddress int
	Uploads            int // files of customers on their way; 64
	UploadsPerAddress  int // 8
	// BytesPerAddress is how many bytes of files one address may send in an hour, after
	// a first burst of as many; 256 MiB.
	BytesPerAddress     int64
	Downloads           int           // files that are fetched at the same time; 512
	DownloadsPerAddress int           // 32
	PieceWait           time.Duration // how long the next 128 KiB of a file may take to come; 20 s
	// Free are addresses without bounds of their own: a balancer, a load test. Nil:
	// this machine.
	Free []netip.Prefix
}

func (l Limits) orDefault() Limits {
	l.Sockets = cmp.Or(l.Sockets, 50_000)
	l.SocketsPerAddress = cmp.Or(l.SocketsPerAddress, 200)
	l.Arriving = cmp.Or(l.Arriving, 2_048)
	l.ChatsPerAddress = cmp.Or(l.ChatsPerAddress, 60)
	l.MessagesPerAddress = cmp.Or(l.MessagesPerAddress, 3_000)
	l.Uploads = cmp.Or(l.Uploads, 64)
	l.UploadsPerAddress = cmp.Or(l.UploadsPerAddress, 8)
	l.BytesPerAddress = cmp.Or(l.BytesPerAddress, 256<<20)
	l.Downloads = cmp.Or(l.Downloads, 512)
	l.DownloadsPerAddress = cmp.Or(l.DownloadsPerAddress, 32)
	l.PieceWait = cmp.Or(l.PieceWait, 20*time.Second)
	if l.Free == nil {
		l.Free = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	return l
}

// addressesMax is how many addresses are told apart; the others share one bound.
const addressesMax = 100_000

// bounds counts what customers have.
type bounds struct {
	limits Limits
	now    func() time.Time

	mu        sync.Mutex
	sockets   int
	arriving  int
	uploads   int
	downloads int
	uses      map[netip.Addr]*use
	copies    map[acd.ContactID]int // how often a chat was sent by e-mail
}

// use is what one address has.
type use struct {
	sockets   int
	uploads   int
	downloads int
	chats     float64 // that it may still begin
	messages  float64 // that it may still send
	bytes     float64 // of files, that it may still send
	at        time.Time
}

func newBounds(l Limits, now func() time.Time) *bounds {
	return &bounds{limits: l, now: now, uses: make(map[netip.Addr]*use), copies: make(map[acd.ContactID]int)}
}

// of gives the use of an address, nil for a free one. mu is held.
func (b *bounds) of(address netip.Addr) *use {
	address = address.Unmap()
	for _, free := range b.limits.Free {
		if free.Contains(address) {
			return nil
		}
	}
	if address.Is6() { // whoever has one address has the /64
		network, _ := address.Prefix(64)
		address = network.Addr()
	}
	u := b.uses[address]
	if u == nil && len(b.uses) >= addressesMax {
		address = netip.Addr{}
		u = b.uses[address]
	}
	if u == nil {
		u = &use{chats: float64(b.limits.ChatsPerAddress), messages: float64(b.limits.MessagesPerAddress),
			bytes: float64(b.limits.BytesPerAddress), at: b.now()}
		b.uses[address] = u
	}
	b.refill(u)
	return u
}

func (b *bounds) refill(u *use) {
	now := b.now()
	minutes := now.Sub(u.at).Minutes()
	chats, messages := float64(b.limits.ChatsPerAddress), float64(b.limits.MessagesPerAddress)
	u.chats = min(chats, u.chats+minutes*chats)
	u.messages = min(messages, u.messages+minutes*messages)
	bytes := float64(b.limits.BytesPerAddress)
	u.bytes = min(bytes, u.bytes+minutes/60*bytes)
	u.at = now
}

// whole reports whether the address has all its rights.
func (b *bounds) whole(u *use) bool {
	return u.sockets+u.uploads+u.downloads == 0 && u.bytes >= float64(b.limits.BytesPerAddress) &&
		u.chats >= float64(b.limits.ChatsPerAddress) && u.messages >= float64(b.limits.MessagesPerAddress)
}

// message takes the right to send a message.
func (b *bounds) message(address netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.of(address)
	if u == nil {
		return true
	}
	if u.messages < 1 {
		return false
	}
	u.messages--
	return true
}

// chat takes the right to begin a chat; done gives back what is held meanwhile.
func (b *bounds) chat(address netip.Addr) (done func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.arriving >= b.limits.Arriving {
		return nil, false
	}
	if u := b.of(address); u != nil {
		if u.chats < 1 {
			return nil, false
		}
		u.chats--
	}
	b.arriving++
	return func() {
		b.mu.Lock()
		b.arriving--
		b.mu.Unlock()
	}, true
}

// socket takes the right to a WebSocket.
func (b *bounds) socket(address netip.Addr) (done func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.of(address)
	if u == nil {
		u = &use{} // of a free address, which only the whole bounds
	} else if u.sockets >= b.limits.SocketsPerAddress {
		return nil, false
	}
	return b.hold(&b.sockets, &u.sockets, b.limits.Sockets)
}

// upload takes the right to send a file of so many bytes.
func (b *bounds) upload(address netip.Addr, size int64) (done func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.of(address)
	if u == nil {
		u = &use{bytes: float64(size)}
	} else if u.uploads >= b.limits.UploadsPerAddress || u.bytes < float64(size) {
		return nil, false
	}
	if done, ok = b.hold(&b.uploads, &u.uploads, b.limits.Uploads); ok {
		u.bytes -= float64(max(size, 0))
	}
	return done, ok
}

// download takes the right to fetch a file.
func (b *bounds) download(address netip.Addr) (done func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.of(address)
	if u == nil {
		u = &use{}
	} else if u.downloads >= b.limits.DownloadsPerAddress {
		return nil, false
	}
	return b.hold(&b.downloads, &u.downloads, b.limits.Downloads)
}

// hold counts one more in all and of an address, until done is called. mu is held.
func (b *bounds) hold(all, each *int, limit int) (done func(), ok bool) {
	if *all >= limit {
		return nil, false
	}
	*all++
	*each++
	return func() {
		b.mu.Lock()
		*all--
		*each--
		b.mu.Unlock()
	}, true
}

// sweep forgets addresses that have all their rights.
func (b *bounds) sweep() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for address, u := range b.uses {
		if b.refill(u); b.whole(u) {
			delete(b.uses, address)
		}
	}
}
