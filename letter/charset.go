package letter

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// charsets are names that no register has.
var charsets = map[string]string{
	"utf8": "utf-8", "unicode": "utf-8", "utf": "utf-8", "x-utf-8": "utf-8", "utf-8n": "utf-8", "utf8mb4": "utf-8",
	"cp850": "ibm850", "cp-850": "ibm850", "cp437": "ibm437", "cp858": "ibm00858", "cp1252": "windows-1252", "cp-1252": "windows-1252", "cp1250": "windows-1250",
	"cp1251": "windows-1251", "win-1251": "windows-1251", "win1251": "windows-1251", "win-1252": "windows-1252", "latin-1": "iso-8859-1", "latin1": "iso-8859-1",
	"iso8859-1": "iso-8859-1", "iso_8859-1": "iso-8859-1", "iso-8859-15": "iso-8859-15", "iso8859-15": "iso-8859-15", "8859-1": "iso-8859-1",
	"iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-1-windows-3.1-latin-1": "windows-1252", "ks_c_5601-1987": "euc-kr", "cp949": "euc-kr",
	"cp932": "shift_jis", "ms932": "shift_jis", "windows-31j": "shift_jis", "sjis": "shift_jis", "cp936": "gbk", "gb_2312-80": "gbk", "x-gbk": "gbk", "cp950": "big5",
	"ansi": "windows-1252", "ascii": "us-ascii", "ansi_x3.4-1968": "us-ascii", "646": "us-ascii",
	"macroman": "macintosh", "x-mac-roman": "macintosh",
}

// toUTF8 decodes a text. A charset that nobody knows, none at all, or one that the bytes
// deny gives way to UTF-8 when they are that, else to Windows-1252, which any bytes are.
func toUTF8(b []byte, name string) string {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	if other, ok := charsets[name]; ok {
		name = other
	}
	switch name {
	case "", "us-ascii", "utf-8", "x-unknown", "unknown-8bit", "default", "default_charset":
		return lenient(b)
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-1-1-utf-7", "csutf7":
		return decodeUTF7(b)
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		e, err = ianaindex.MIME.Encoding(name)
	}
	if err != nil || e == nil || e == encoding.Replacement {
		return lenient(b)
	}
	if e == charmap.Windows1252 || e == charmap.ISO8859_15 {
		// Western letters that happen to be valid UTF-8 of several bytes are UTF-8.
		if utf8.Valid(b) {
			return lenient(b)
		}
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil || !utf8.Valid(out) {
		return lenient(b)
	}
	return strings.TrimPrefix(string(out), "\ufeff")
}

// lenient reads UTF-8 with or without mistakes.
func lenient(b []byte) string {
	if len(b) >= 3 && string(b[:3]) == "\xef\xbb\xbf" {
		b = b[3:]
	}
	if utf8.Valid(b) {
		return string(b)
	}
	right, wrong := 0, 0
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		switch {
		case c == utf8.RuneError && n == 1:
			wrong++
		case n > 1:
			right++
		}
		i += n
	}
	if right > wrong { // UTF-8 that was cut or harmed somewhere
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// htmlToUTF8 does the same for a page, which may name its charset itself.
func htmlToUTF8(b []byte, name string) string {
	if name == "" && !utf8.Valid(b) {
		_, name, _ = charset.DetermineEncoding(b[:min(len(b), 1024)], "")
	}
	return toUTF8(b, name)
}

// decodeUTF7 reads RFC 2152, which no library has kept and some programs still write.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		if b[i] != '+' {
			if b[i] < 0x80 {
				out.WriteByte(b[i])
			}
			continue
		}
		end := i + 1
		for end < len(b) {
			if _, ok := digit(b[end]); !ok {
				break
			}
			end++
		}
		if end == i+1 {
			out.WriteByte('+')
		}
		raw := decodeBase64(b[i+1 : end])
		units := make([]uint16, 0, len(raw)/2)
		for k := 0; k+1 < len(raw); k += 2 {
			units = append(units, uint16(raw[k])<<8|uint16(raw[k+1]))
		}
		out.WriteString(string(utf16.Decode(units)))
		i = end - 1
		if end < len(b) && b[end] == '-' {
			i = end
		}
	}
	return out.String()
}
