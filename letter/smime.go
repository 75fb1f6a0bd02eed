package letter

// signedContent gives the MIME entity within a signed message of the kind that is one
// opaque part (RFC 8551, 3.5.2): ContentInfo → SignedData → EncapsulatedContentInfo →
// eContent (RFC 5652, 5). It reads BER, since mail programs write that, and looks at
// nothing but the content: whether the signature is right is not asked.
func signedContent(b []byte) (string, bool) {
	info, _, ok := element(b)
	if !ok || info.tag != 0x30 {
		return "", false
	}
	kind, rest, ok := element(info.value)
	if !ok || kind.tag != 0x06 || string(kind.value) != oidSignedData {
		return "", false
	}
	explicit, _, ok := element(rest)
	if !ok {
		return "", false
	}
	signed, _, ok := element(explicit.value)
	if !ok || signed.tag != 0x30 {
		return "", false
	}
	_, rest, ok = element(signed.value) // version
	if !ok {
		return "", false
	}
	_, rest, ok = element(rest) // digest algorithms
	if !ok {
		return "", false
	}
	encapsulated, _, ok := element(rest)
	if !ok {
		return "", false
	}
	_, rest, ok = element(encapsulated.value) // the kind of content
	if !ok {
		return "", false
	}
	explicit, _, ok = element(rest)
	if !ok || explicit.tag != 0xa0 {
		return "", false
	}
	content, _, ok := element(explicit.value)
	if !ok {
		return "", false
	}
	return string(octets(content, nil, 0)), true
}

// oidSignedData is 1.2.840.113549.1.7.2.
const oidSignedData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

// tlv is one element of BER.
type tlv struct {
	tag   byte
	value []byte
}

// element reads the first element of b and gives what follows it. Lengths that are not
// definite end at two zero bytes (X.690, 8.1.3.6).
func element(b []byte) (e tlv, rest []byte, ok bool) { return elementAt(b, 0) }

func elementAt(b []byte, depth int) (e tlv, rest []byte, ok bool) {
	if len(b) < 2 || depth > DepthMax || b[0]&0x1f == 0x1f {
		return e, nil, false
	}
	e.tag = b[0]
	length, at := int(b[1]), 2
	switch {
	case length == 0x80:
		from := b[2:]
		for in := from; ; {
			if len(in) >= 2 && in[0] == 0 && in[1] == 0 {
				e.value = from[:len(from)-len(in)]
				return e, in[2:], true
			}
			_, next, ok := elementAt(in, depth+1)
			if !ok {
				return e, nil, false
			}
			in = next
		}
	case length > 0x84:
		return e, nil, false
	case length > 0x80:
		n := length - 0x80
		if len(b) < 2+n {
			return e, nil, false
		}
		length, at = 0, 2+n
		for _, c := range b[2 : 2+n] {
			length = length<<8 | int(c)
		}
	}
	if length < 0 || length > len(b)-at {
		return e, nil, false
	}
	e.value = b[at : at+length]
	return e, b[at+length:], true
}

// octets joins an octet string that may be in pieces.
func octets(e tlv, out []byte, depth int) []byte {
	if e.tag&0x20 == 0 || depth > DepthMax {
		return append(out, e.value...)
	}
	for b := e.value; len(b) > 0; {
		piece, rest, ok := element(b)
		if !ok {
			break
		}
		out = octets(piece, out, depth+1)
		b = rest
	}
	return out
}
