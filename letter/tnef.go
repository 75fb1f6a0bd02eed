package letter

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// Outlook's own container, winmail.dat (MS-OXTNEF): it is shown as the attachment that
// it is; its text is read where the message has no other.

func isTNEF(n *node) bool {
	return n.media == "application/ms-tnef" || n.media == "application/vnd.ms-tnef" || tnefName(n.name)
}

func tnefName(name string) bool { return strings.EqualFold(name, "winmail.dat") }

const (
	tnefSignature = 0x223e9f78
	tnefBody      = 0x0002800c // attBody
	tnefProps     = 0x00069003 // attMsgProps
	propBody      = 0x1000     // PidTagBody
	propHTML      = 0x1013     // PidTagBodyHtml
	propRTF       = 0x1009     // PidTagRtfCompressed
)

// tnefText gives the text of a container, plain or HTML.
func tnefText(b []byte) (plain, rich string) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return "", ""
	}
	var rtf string
	for b = b[6:]; len(b) >= 11; {
		id, size := binary.LittleEndian.Uint32(b[1:]), uint64(binary.LittleEndian.Uint32(b[5:]))
		if size+11 > uint64(len(b)) {
			break
		}
		value := b[9 : 9+size]
		switch {
		case b[0] == 1 && id == tnefBody && plain == "":
			plain = strings.TrimRight(toUTF8(value, ""), "\x00")
		case b[0] == 1 && id == tnefProps:
			p := mapi{b: value}
			p.read(func(id uint16, kind uint16, value []byte) {
				switch id {
				case propBody:
					plain = propText(kind, value)
				case propHTML:
					rich = strings.TrimRight(htmlToUTF8(value, ""), "\x00")
				case propRTF:
					rtf = rtfText(inflateRTF(value))
				}
			})
		}
		b = b[11+size:]
	}
	if strings.TrimSpace(plain) == "" && strings.TrimSpace(rich) == "" {
		plain = rtf
	}
	return plain, rich
}

func propText(kind uint16, value []byte) string {
	if kind != 0x1f {
		return strings.TrimRight(toUTF8(value, ""), "\x00")
	}
	units := make([]uint16, len(value)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(value[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}

// mapi reads a list of properties (MS-OXTNEF, 2.1.3.4).
type mapi struct{ b []byte }

func (p *mapi) take(n int) []byte {
	if n < 0 || n > len(p.b) {
		p.b = nil
		return nil
	}
	out := p.b[:n]
	p.b = p.b[n:]
	return out
}

func (p *mapi) u32() int {
	if b := p.take(4); b != nil {
		return int(binary.LittleEndian.Uint32(b))
	}
	return 0
}

// sized takes a value whose length stands before it, and what fills it up to four.
func (p *mapi) sized() []byte {
	n := p.u32()
	value := p.take(n)
	if value != nil && n%4 > 0 {
		p.take(4 - n%4)
	}
	return value
}

func (p *mapi) read(found func(id, kind uint16, value []byte)) {
	for count := p.u32(); count > 0 && len(p.b) >= 4; count-- {
		head := p.take(4)
		kind, id := binary.LittleEndian.Uint16(head), binary.LittleEndian.Uint16(head[2:])
		if id >= 0x8000 { // it has a name: a set, and a number or a text
			p.take(16)
			if p.u32() == 0 {
				p.take(4)
			} else {
				p.sized()
			}
		}
		many := kind&0x1000 != 0
		values := 1
		switch kind &= 0x0fff; kind {
		case 0x0d, 0x1e, 0x1f, 0x102:
			values = p.u32()
		default:
			if many {
				values = p.u32()
			}
		}
		for i := 0; i < values && len(p.b) > 0; i++ {
			value := p.value(kind)
			if i == 0 && value != nil {
				found(id, kind, value)
			}
		}
	}
}

func (p *mapi) value(kind uint16) []byte {
	switch kind {
	case 0x0d, 0x1e, 0x1f, 0x102:
		return p.sized()
	case 0x05, 0x06, 0x07, 0x14, 0x40:
		return p.take(8)
	case 0x48:
		return p.take(16)
	}
	return p.take(4)
}
