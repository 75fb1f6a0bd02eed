package letter

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// rtfDictionary is what the window of a compressed RTF begins with (MS-OXRTFCP, 2.1.2.1).
const rtfDictionary = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
	"\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// inflateRTF undoes MS-OXRTFCP; what is harmed ends early.
func inflateRTF(b []byte) []byte {
	if len(b) < 16 {
		return nil
	}
	switch string(b[8:12]) {
	case "MELA":
		return b[16:]
	case "LZFu":
	default:
		return nil
	}
	size := min(int(binary.LittleEndian.Uint32(b[4:])), SourceMax)
	var window [4096]byte
	copy(window[:], rtfDictionary)
	at := len(rtfDictionary)
	out := make([]byte, 0, min(size, 64<<10))
	put := func(c byte) {
		out = append(out, c)
		window[at&4095] = c
		at++
	}
	for b = b[16:]; len(b) > 0; {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			if len(out) >= size {
				return out
			}
			if flags>>bit&1 == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out
			}
			ref := binary.BigEndian.Uint16(b)
			b = b[2:]
			from := int(ref >> 4)
			if from == at&4095 {
				return out
			}
			for i := range int(ref&15) + 2 {
				put(window[(from+i)&4095])
			}
		}
	}
	return out
}

// rtfHidden are groups that hold no text of the message.
var rtfHidden = map[string]bool{"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "themedata": true, "header": true, "footer": true,
	"listtable": true, "listoverridetable": true, "rsidtbl": true, "generator": true, "latentstyles": true, "datastore": true, "xmlnstbl": true, "*": true}

// rtfText gives the text of an RTF. Of one that holds HTML (MS-OXRTFEX) it gives the text
// between the tags.
func rtfText(b []byte) string {
	type state struct {
		hidden bool
		fill   int // characters that stand for a \u where it is not understood
	}
	var (
		out   strings.Builder
		s     = state{fill: 1}
		stack []state
		skip  int
		html  bool // within \htmlrtf: RTF only
	)
	write := func(text string) {
		if skip > 0 {
			skip--
			return
		}
		if !s.hidden && !html && out.Len() < 2*TextMax {
			out.WriteString(text)
		}
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case '{':
			if len(stack) < 1000 {
				stack = append(stack, s)
			}
			skip = 0
		case '}':
			if n := len(stack); n > 0 {
				s, stack = stack[n-1], stack[:n-1]
			}
			skip = 0
		case '\r', '\n':
		case '\\':
			word, number, given, end := rtfWord(b, i)
			i = end
			switch {
			case rtfHidden[word]:
				s.hidden = true
			case word == "'":
				write(toUTF8([]byte{byte(number)}, "windows-1252"))
			case word == "u":
				write(string(rune(uint16(number))))
				skip = s.fill
			case word == "uc" && given:
				s.fill = min(max(number, 0), 10)
			case word == "htmlrtf":
				html = !given || number != 0
			case word == "par" || word == "line" || word == "row":
				write("\n")
			case word == "tab" || word == "cell":
				write("\t")
			case word == "\\" || word == "{" || word == "}":
				write(word)
			case word == "~":
				write(" ")
			}
		default:
			write(toUTF8([]byte{c}, "windows-1252"))
		}
	}
	return strings.TrimSpace(out.String())
}

// rtfWord reads a control word that begins at a backslash; end is its last byte.
func rtfWord(b []byte, at int) (word string, number int, given bool, end int) {
	i := at + 1
	if i >= len(b) {
		return "", 0, false, at
	}
	isLetter := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
	if !isLetter(b[i]) {
		if b[i] == '\'' && i+2 < len(b) && isHex(b[i+1]) && isHex(b[i+2]) {
			return "'", int(unhex(b[i+1])<<4 | unhex(b[i+2])), true, i + 2
		}
		return string(rune(b[i])), 0, false, i
	}
	from := i
	for i < len(b) && isLetter(b[i]) && i-from < 32 {
		i++
	}
	word = string(b[from:i])
	from = i
	if i < len(b) && b[i] == '-' {
		i++
	}
	for i < len(b) && b[i] >= '0' && b[i] <= '9' && i-from < 10 {
		i++
	}
	number, err := strconv.Atoi(string(b[from:i]))
	if i < len(b) && b[i] == ' ' {
		return word, number, err == nil, i
	}
	return word, number, err == nil, i - 1
}
