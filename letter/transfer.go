package letter

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// Decode undoes a Content-Transfer-Encoding as it streams; Part.Encoding names it. It
// passes over what does not belong there, and gives the bytes as they are for an
// encoding that there is not.
func Decode(r io.Reader, encoding string) io.Reader {
	switch transferEncoding(encoding) {
	case "base64":
		return &base64Reader{r: r}
	case "quoted-printable":
		return &quotedReader{r: bufio.NewReaderSize(r, 4096)}
	}
	return r
}

func transferEncoding(s string) string {
	s, _, _ = strings.Cut(strings.ToLower(withoutComments(s)), ";")
	switch s = strings.TrimSpace(s); s {
	case "base64", "base-64", "b":
		return "base64"
	case "quoted-printable", "quotedprintable", "quoted printable", "q":
		return "quoted-printable"
	}
	return ""
}

// group collects the digits of base64, four at a time. Padding within, as programs
// leave it that encode piece by piece, ends a group and nothing else; all that is no
// digit is passed over.
type group struct {
	bits uint32
	n    int
}

func (g *group) decode(out, in []byte) []byte {
	for _, c := range in {
		v, ok := digit(c)
		if !ok {
			if c == '=' {
				out = g.end(out)
			}
			continue
		}
		g.bits = g.bits<<6 | v
		if g.n++; g.n == 4 {
			out = append(out, byte(g.bits>>16), byte(g.bits>>8), byte(g.bits))
			g.bits, g.n = 0, 0
		}
	}
	return out
}

// end gives the bytes of a group that is not full; one digit alone is no byte.
func (g *group) end(out []byte) []byte {
	switch g.n {
	case 2:
		out = append(out, byte(g.bits>>4))
	case 3:
		out = append(out, byte(g.bits>>10), byte(g.bits>>2))
	}
	g.bits, g.n = 0, 0
	return out
}

func digit(c byte) (uint32, bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		return uint32(c - 'A'), true
	case c >= 'a' && c <= 'z':
		return uint32(c-'a') + 26, true
	case c >= '0' && c <= '9':
		return uint32(c-'0') + 52, true
	case c == '+':
		return 62, true
	case c == '/':
		return 63, true
	}
	return 0, false
}

// base64Reader decodes as it reads.
type base64Reader struct {
	r     io.Reader
	group group
	in    [4096]byte
	buf   []byte
	out   []byte // of buf, not yet given
	err   error
}

func (b *base64Reader) Read(p []byte) (int, error) {
	for len(b.out) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		var n int
		n, b.err = b.r.Read(b.in[:])
		b.buf = b.group.decode(b.buf[:0], b.in[:n])
		if b.err == io.EOF {
			b.buf = b.group.end(b.buf)
		}
		b.out = b.buf
	}
	n := copy(p, b.out)
	b.out = b.out[n:]
	return n, nil
}

// quotedReader decodes quoted-printable (RFC 2045, 6.7) without ever refusing it.
type quotedReader struct {
	r    *bufio.Reader
	tail []byte // the beginning of a code that the buffer's end tore
	buf  []byte
	out  []byte // of buf, not yet given
	err  error
}

func (q *quotedReader) Read(p []byte) (int, error) {
	for len(q.out) == 0 {
		if q.err != nil {
			return 0, q.err
		}
		var raw []byte
		raw, q.err = q.r.ReadSlice('\n')
		if len(q.tail) > 0 {
			raw = append(q.tail, raw...)
			q.tail = nil
		}
		if q.err == bufio.ErrBufferFull {
			q.err = nil
			if at := bytes.LastIndexByte(raw, '='); at > 0 && at >= len(raw)-2 {
				q.tail = bytes.Clone(raw[at:])
				raw = raw[:at]
			}
		}
		q.buf = decodeQuoted(q.buf[:0], raw)
		q.out = q.buf
	}
	n := copy(p, q.out)
	q.out = q.out[n:]
	return n, nil
}

// decodeQuoted decodes a line, or a piece of one.
func decodeQuoted(out, raw []byte) []byte {
	body := bytes.TrimRight(raw, "\r\n")
	end := raw[len(body):]
	if len(end) > 0 {
		body = bytes.TrimRight(body, " \t") // added on the way
	}
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] != '=':
			out = append(out, body[i])
		case i+2 < len(body) && isHex(body[i+1]) && isHex(body[i+2]):
			out = append(out, unhex(body[i+1])<<4|unhex(body[i+2]))
			i += 2
		case i == len(body)-1:
			return out // a soft break
		default:
			out = append(out, '=')
		}
	}
	return append(out, end...)
}

// decodeBytes decodes what is in memory.
func decodeBytes(b []byte, encoding string) []byte {
	switch transferEncoding(encoding) {
	case "base64":
		return decodeBase64(b)
	case "quoted-printable":
		out := make([]byte, 0, len(b))
		for len(b) > 0 {
			end := bytes.IndexByte(b, '\n') + 1
			if end == 0 {
				end = len(b)
			}
			out = decodeQuoted(out, b[:end])
			b = b[end:]
		}
		return out
	}
	return b
}

func decodeBase64(b []byte) []byte {
	var g group
	return g.end(g.decode(make([]byte, 0, len(b)/4*3+3), b))
}
