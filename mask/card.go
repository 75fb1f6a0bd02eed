package mask

import (
	"strings"
	"unicode/utf8"
)

// The lengths of card numbers, in digits (ISO/IEC 7812-1 allows 8 to 19; those of
// payment cards have at least 13).
const (
	cardMin = 13
	cardMax = 19
	// seenMax is how many digits of what may become a card number are shown while it is
	// typed: the issuer's, which tell nothing of the card.
	seenMax = 6
	// gapMax is how many signs may part two digits of one number.
	gapMax = 3
)

// need says what must be there for a number to be masked.
type need uint8

const (
	whole need = iota // a card number
	begun             // or one whose last digits are missing
	typed             // or one of which more than seenMax digits are there
)

// cardRange is a range of numbers that are given to cards: all that begin with a
// number from first to last, which have as many digits as each other.
type cardRange struct {
	first, last int
	min, max    int // digits of the whole number
}

// ranges are those of the payment networks.
var ranges = []cardRange{
	{4, 4, 13, 13}, {4, 4, 16, 16}, {4, 4, 18, 19}, // Visa
	{51, 55, 16, 16}, {2221, 2720, 16, 16}, // Mastercard
	{34, 34, 15, 15}, {37, 37, 15, 15}, // American Express
	{300, 305, 14, 19}, {3095, 3095, 14, 19}, {36, 36, 14, 19}, {38, 39, 14, 19}, // Diners Club
	{6011, 6011, 16, 19}, {644, 649, 16, 19}, {65, 65, 16, 19}, // Discover
	{3528, 3589, 16, 19},               // JCB
	{62, 62, 16, 19}, {81, 81, 16, 19}, // UnionPay
	{2200, 2204, 16, 19},               // Mir
	{50, 50, 13, 19}, {56, 58, 13, 19}, // Maestro
	{60, 60, 13, 19}, {63, 64, 13, 19}, {66, 69, 13, 19}, // Maestro, RuPay, Hipercard
	{82, 82, 16, 16},     // RuPay
	{9792, 9792, 16, 16}, // Troy
	{1, 1, 15, 15},       // UATP
}

// digit is one digit of a text.
type digit struct {
	value    byte // 0–9
	from, to int  // its bytes
	// gap is how many signs part it from the digit before; more than gapMax for whatever
	// no number goes across.
	gap int
}

// maskCards replaces the digits of card numbers.
func maskCards(text string, n need) string {
	if countDigits(text) <= seenMax {
		return text
	}
	digits := digitsOf(text)
	var out strings.Builder
	done := 0
	for i := 0; i < len(digits); {
		end := cardAt(digits, i, n)
		if end == 0 {
			i++
			continue
		}
		for _, d := range digits[i:end] {
			out.WriteString(text[done:d.from])
			out.WriteRune(Dot)
			done = d.to
		}
		i = end
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// countDigits counts the ASCII digits, and every sign beyond ASCII as one.
func countDigits(text string) (n int) {
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' || text[i] >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// digitsOf gives the digits of a text with how far they are apart.
func digitsOf(text string) (digits []digit) {
	gap := gapMax + 1
	for at, r := range text {
		if value, ok := digitOf(r); ok {
			digits = append(digits, digit{value: value, from: at, to: at + utf8.RuneLen(r), gap: gap})
			gap = 0
			continue
		}
		if isGap(r) {
			gap++
		} else {
			gap = gapMax + 1
		}
	}
	return digits
}

// digitOf reads the digits that keyboards give: European, Arabic, Persian,
// Devanagari, and the wide ones of East Asia.
func digitOf(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', 0x0660, 0x06f0, 0x0966, 0xff10} {
		if r >= zero && r <= zero+9 {
			return byte(r - zero), true
		}
	}
	return 0, false
}

// isGap reports whether people part the digits of one number by it: blanks and
// dashes of all kinds, and what nobody sees.
func isGap(r rune) bool {
	switch r {
	case ' ', '-', '\t', 0x00a0, 0x00ad, 0x202f, 0x2212, 0x3000, 0xfeff, 0xff0d:
		return true
	}
	return r >= 0x2000 && r <= 0x2015 // blanks, what joins and parts without being seen, dashes
}

// cardAt gives the end of the number to mask that begins with the i-th digit; 0 for
// none. It begins and ends where a group of digits does: a part of a longer number is none.
func cardAt(digits []digit, i int, n need) (end int) {
	if digits[i].gap == 0 {
		return 0
	}
	last := i + 1 // behind the digits that may belong to it
	for last < len(digits) && last-i < cardMax && digits[last].gap <= gapMax {
		last++
	}
	ends := func(e int) bool { return e == len(digits) || digits[e].gap > 0 }
	for e := last; e-i >= cardMin; e-- { // the longest first
		if ends(e) && isCard(digits[i:e]) {
			return e
		}
	}
	if n == whole {
		return 0
	}
	least := cardMin
	if n == typed {
		least = seenMax + 1
	}
	if last-i >= least && ends(last) && becomesCard(digits[i:last]) {
		return last
	}
	return 0
}

// isCard reports whether digits are a card's number: of a known range, with its
// length, and the right check digit.
func isCard(digits []digit) bool {
	if !luhn(digits) {
		return false
	}
	for _, r := range ranges {
		if len(digits) >= r.min && len(digits) <= r.max && r.holds(digits) {
			return true
		}
	}
	return false
}

// usual is the length at which most cards' numbers end: who types a longer one than a
// card of its range usually has types something else.
const usual = 16

// becomesCard reports whether digits may be the beginning of a card's number.
func becomesCard(digits []digit) bool {
	for _, r := range ranges {
		if len(digits) < min(r.max, usual) && r.holds(digits) {
			return true
		}
	}
	return false
}

func (r cardRange) holds(digits []digit) bool {
	size, n := 0, 0
	for v := r.last; v > 0; v /= 10 {
		size++
	}
	for _, d := range digits[:size] {
		n = 10*n + int(d.value)
	}
	return n >= r.first && n <= r.last
}

// luhn reports whether the last digit is the check digit of the others (ISO/IEC
// 7812-1, annex B).
func luhn(digits []digit) bool {
	sum := 0
	for i, d := range digits {
		v := int(d.value)
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}
