package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// ThreadKeys are the Message-IDs by which a message joins a thread, the likeliest first
// (RFC 5322, 3.6.4): the message that it answers, then the references from the youngest.
func (m *Mail) ThreadKeys() []string {
	var out []string
	if m.Bounce != nil && m.Bounce.OriginalID != "" {
		out = append(out, m.Bounce.OriginalID)
	}
	if m.Complaint != nil && m.Complaint.OriginalID != "" {
		out = append(out, m.Complaint.OriginalID)
	}
	if m.InReplyTo != "" {
		out = append(out, m.InReplyTo)
	}
	for _, id := range slices.Backward(m.References) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// crockford has no letter that is taken for another one on paper or on the telephone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// TrackingID is the sign of a thread in subjects: eight letters and digits that cannot
// be worked out from the contact's id without the key.
func TrackingID(key []byte, contact [16]byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("tracking"))
	mac.Write(contact[:])
	sum := mac.Sum(nil)
	var bits uint64
	for _, b := range sum[:5] {
		bits = bits<<8 | uint64(b)
	}
	var out [8]byte
	for i := range out {
		out[len(out)-1-i] = crockford[bits&31]
		bits >>= 5
	}
	return string(out[:])
}

var tracking = regexp.MustCompile(`(?i)\s*\[#([0-9A-HJKMNP-TV-Z]{8})\]`)

// Tracking gives the tracking id in a subject, the last one if there are several; empty:
// none.
func Tracking(subject string) string {
	found := tracking.FindAllStringSubmatch(subject, 20)
	if len(found) == 0 {
		return ""
	}
	return strings.ToUpper(found[len(found)-1][1])
}

// WithTracking gives a subject that carries the tracking id, once, at its end, so that
// what it is about is read first.
func WithTracking(subject, id string) string {
	sign := " [#" + id + "]"
	subject = strings.TrimSpace(tracking.ReplaceAllString(line(subject), ""))
	return strings.TrimSpace(cut(subject, 250-len(sign)) + sign)
}

// WithoutTracking gives a subject as people mean it.
func WithoutTracking(subject string) string {
	return strings.TrimSpace(tracking.ReplaceAllString(subject, ""))
}

// Mark is the value of our own header: which contact a message belongs to, signed, so
// that nobody joins a thread by guessing.
func Mark(key []byte, contact [16]byte) string {
	id := hex.EncodeToString(contact[:])
	return id + "-" + markSum(key, id)
}

// OpenMark gives the contact of a mark that this key signed.
func OpenMark(key []byte, mark string) (contact [16]byte, ok bool) {
	id, sum, _ := strings.Cut(strings.TrimSpace(mark), "-")
	if len(id) != 32 || !hmac.Equal([]byte(sum), []byte(markSum(key, id))) {
		return contact, false
	}
	if _, err := hex.Decode(contact[:], []byte(id)); err != nil {
		return [16]byte{}, false
	}
	return contact, true
}

func markSum(key []byte, id string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("mark" + id))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// answers are the prefixes that programs put before subjects in the languages of the
// world; with forwards they are what RFC 5256 calls subj-refwd.
var (
	answers = []string{"re", "aw", "antw", "sv", "vs", "res", "rép", "rif", "r", "odp", "ynt", "vá", "atb", "回复", "回覆", "答复", "返信", "답장", "отв"}
	onwards = []string{"fwd", "fw", "wg", "tr", "enc", "rv", "vl", "vb", "doorst", "i", "pd", "ilt", "továbbítás", "转发", "轉寄", "전달", "пересл"}
)

// BaseSubject takes off what replies and forwards put around a subject (RFC 5256, 2.1),
// in any language, and our tracking id. Two messages of a thread have the same base,
// but for case. A subject of prefixes only has an empty one.
func BaseSubject(subject string) string {
	s := WithoutTracking(strings.Join(strings.Fields(subject), " "))
	for range 50 {
		before := s
		for {
			trimmed, ok := cutSuffixFold(s, "(fwd)")
			if !ok {
				break
			}
			s = strings.TrimSpace(trimmed)
		}
		s = withoutPrefix(s)
		// A blob is taken off when something is left behind it.
		if blob := blobLength(s); blob > 0 && strings.TrimSpace(s[blob:]) != "" {
			s = strings.TrimSpace(s[blob:])
		}
		if inner, ok := cutPrefixFold(s, "[fwd:"); ok && strings.HasSuffix(s, "]") {
			s = strings.TrimSpace(inner[:len(inner)-1])
		}
		if s == before {
			break
		}
	}
	return s
}

// withoutPrefix takes off one "Re:", "AW[2]:" or "Fwd :".
func withoutPrefix(s string) string {
	rest := s
	for {
		blob := blobLength(rest)
		if blob == 0 {
			break
		}
		rest = strings.TrimLeft(rest[blob:], " ")
	}
	for _, list := range [][]string{answers, onwards} {
		for _, prefix := range list {
			after, ok := cutPrefixFold(rest, prefix)
			if !ok {
				continue
			}
			after = strings.TrimLeft(after, " ")
			if blob := blobLength(after); blob > 0 {
				after = strings.TrimLeft(after[blob:], " ")
			} else if strings.HasPrefix(after, "(") { // Re(2):
				if end := strings.IndexByte(after, ')'); end > 0 && end < 5 {
					after = after[end+1:]
				}
			}
			for _, colon := range []string{":", "："} {
				if end, ok := strings.CutPrefix(after, colon); ok {
					return strings.TrimSpace(end)
				}
			}
		}
	}
	return s
}

// blobLength is that of [anything] at the beginning, 0: none.
func blobLength(s string) int {
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	end := strings.IndexAny(s[1:], "[]")
	if end < 0 || s[1+end] != ']' {
		return 0
	}
	return end + 2
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func cutSuffixFold(s, suffix string) (string, bool) {
	if len(s) < len(suffix) || !strings.EqualFold(s[len(s)-len(suffix):], suffix) {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

// ReplySubject and ForwardSubject give the subject of an answer or a forward: one prefix
// however long the exchange.
func ReplySubject(subject string) string { return prefixed("Re: ", subject) }

// ForwardSubject is like ReplySubject, for a message that is passed on.
func ForwardSubject(subject string) string { return prefixed("Fwd: ", subject) }

func prefixed(prefix, subject string) string {
	s := line(subject)
	for range 50 {
		next := withoutPrefix(s)
		if next == s {
			break
		}
		s = next
	}
	return cut(strings.TrimSpace(prefix+s), 250)
}
