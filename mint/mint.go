// Package mint makes the identifiers of a site: version 7 UUIDs (RFC 9562, 5.7)
// that ascend within the process and carry the site's number, so that two sites
// never make the same one.
package mint

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"
)

// SitesMax is how many sites can be told apart (14 bits).
const SitesMax = 1 << 14

// Mint makes IDs. It is safe for concurrent use.
type Mint struct {
	site uint16
	now  func() time.Time

	mu    sync.Mutex
	milli int64
	count uint16 // 12 bits, within the millisecond
}

// New makes a mint for a site (0 to SitesMax-1) and a clock.
func New(site uint16, now func() time.Time) *Mint {
	return &Mint{site: site & (SitesMax - 1), now: now}
}

// ID makes the next identifier. Convert it to the kind that is needed:
// acd.ContactID(m.ID()).
//
// Layout: 48 bits of milliseconds, version, 12 bits of counter, variant, 14 bits
// of site, 48 random bits. A full counter borrows the next millisecond, and a
// clock that went back keeps the last one, so that IDs always ascend.
func (m *Mint) ID() [16]byte {
	m.mu.Lock()
	if milli := m.now().UnixMilli(); milli > m.milli {
		m.milli, m.count = milli, 0
	} else if m.count++; m.count == 1<<12 {
		m.milli, m.count = m.milli+1, 0
	}
	milli, count := m.milli, m.count
	m.mu.Unlock()

	var id [16]byte
	binary.BigEndian.PutUint64(id[0:8], uint64(milli)<<16|0x7000|uint64(count))
	binary.BigEndian.PutUint16(id[8:10], 0x8000|m.site)
	rand.Read(id[10:16])
	return id
}
