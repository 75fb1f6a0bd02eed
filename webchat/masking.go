package webchat

import (
	"slices"
	"sync"

	"portico/acd"
	"portico/mask"
	"portico/talk"
)

// maskers keeps what was made of the units' masks.
type maskers struct {
	mu sync.Mutex
	of map[acd.UnitID]masker
}

type masker struct {
	cards bool
	masks []talk.Mask
	*mask.Masker
}

// Masker gives what takes out of a business unit's texts what must not be kept. All
// that people write passes it before it is saved, pushed or logged.
func (c *Chats) Masker(unit acd.UnitID) *mask.Masker {
	s := c.setup(unit).Settings
	m := &c.maskers
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.of[unit]; ok && old.cards == s.MaskCards && slices.Equal(old.masks, s.Masks) {
		return old.Masker
	}
	patterns := make([]mask.Pattern, 0, len(s.Masks))
	for _, p := range s.Masks[:min(len(s.Masks), mask.PatternsMax)] {
		pattern := mask.Pattern{Expression: p.Pattern, KeepLast: p.KeepLast}
		if err := mask.Check(pattern); err != nil { // one of an older release: the doors let in none
			c.log.Error("a mask cannot be used", "mask", p.Name, "err", err)
			continue
		}
		patterns = append(patterns, pattern)
	}
	made, err := mask.New(s.MaskCards, patterns)
	if err != nil {
		c.log.Error("a mask cannot be used", "err", err)
		made, _ = mask.New(s.MaskCards, nil)
	}
	if m.of == nil {
		m.of = make(map[acd.UnitID]masker)
	}
	m.of[unit] = masker{s.MaskCards, s.Masks, made}
	return made
}
