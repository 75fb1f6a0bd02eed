package mask

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func cardMasker(t testing.TB) *Masker {
	t.Helper()
	m, err := New(true, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func dots(n int) string { return strings.Repeat(string(Dot), n) }

// The digits of a card's number go, whatever parts them; what is around them stays.
func TestCards(t *testing.T) {
	m := cardMasker(t)
	for _, test := range []struct{ text, want string }{
		{"4111111111111111", dots(16)},
		{"My card is 4111 1111 1111 1111, thanks", "My card is •••• •••• •••• ••••, thanks"},
		{"4111-1111-1111-1111", "••••-••••-••••-••••"},
		{"4111 - 1111 - 1111 - 1111", "•••• - •••• - •••• - ••••"},
		{"4111\u00a01111\u202f1111–1111", "••••\u00a0••••\u202f••••–••••"},
		{"4\u200b1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "•\u200b• • • • • • • • • • • • • • •"},
		{"٤١١١ ١١١١ ١١١١ ١١١١", "•••• •••• •••• ••••"},
		{"４１１１１１１１１１１１１１１１", dots(16)},
		{"card:4111111111111111.", "card:" + dots(16) + "."},
		{"#5500005555555559#", "#" + dots(16) + "#"},
		{"378282246310005", dots(15)},
		{"3782 822463 10005", "•••• •••••• •••••"},
		{"6011111111111117", dots(16)},
		{"3530111333300000", dots(16)},
		{"30569309025904", dots(14)},
		{"4222222222222", dots(13)},
		{"2223003122003222", dots(16)},
		{"6200000000000005", dots(16)},
		{"6304000000000000", dots(16)},
		{"4000000000000000006", dots(19)},
		{"2 x 4111 1111 1111 1111", "2 x •••• •••• •••• ••••"},
		{"4111111111111111 12/27 123", dots(16) + " 12/27 123"},
		{"4111111111111111 5500005555555559", dots(16) + " " + dots(16)},
		{"Größe 4111111111111111 ñ", "Größe " + dots(16) + " ñ"},
	} {
		if got := m.Text(test.text); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

// What only looks like a card's number stays: one with another check digit, of no
// network, of another length, or a part of a longer number.
func TestOrderNumbersStay(t *testing.T) {
	m := cardMasker(t)
	for _, text := range []string{
		"", "Hello", "Order 4111111111111112", "4111 1111 1111 1112", "1234567890123456", "9999999999999995", "12 digits 411111111111",
		"00004111111111111111000", "4111\n1111\n1111\n1111", "4111.1111.1111.1111", "4111/1111/1111/1111", "+49 30 1234567 and 8", "2026-11-22 10:15:00",
		"DE89 3704 0044 0532 0130 00", "0049 (0)30 4111 111", "4111    1111    1111    1111", "\xff4111111111111111",
	} {
		if got := m.Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	var none *Masker
	off, err := New(false, nil)
	if err != nil || none.Text("4111111111111111") != "4111111111111111" || off.Text("4111111111111111") != "4111111111111111" {
		t.Error("cards are masked though nobody wants it")
	}
}

// While a number is typed, not more than its first six digits are seen by others, and
// no draft keeps most of one.
func TestTyped(t *testing.T) {
	m := cardMasker(t)
	const card = "4111 1111 1111 1111"
	for i := range len(card) + 1 {
		begun := "I pay with " + card[:i]
		seen := len("I pay with")
		if n := strings.Count(m.Typed(begun)[seen:], "1") + strings.Count(m.Typed(begun)[seen:], "4"); n > 6 {
			t.Errorf("%q is shown as %q", begun, m.Typed(begun))
		}
		if n := strings.Count(m.Draft(begun)[seen:], "1") + strings.Count(m.Draft(begun)[seen:], "4"); n > 12 {
			t.Errorf("%q is kept as %q", begun, m.Draft(begun))
		}
	}
	for _, stays := range []string{"Order 4111111111111112", "+49 511 1234567", "10000 items"} {
		if got := m.Draft(stays); got != stays {
			t.Errorf("the draft %q became %q", stays, got)
		}
	}
}

// A company's pattern masks what it finds, or what its groups hold, but for the end.
func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		pattern    Pattern
		text, want string
	}{
		{Pattern{`C-\d{6}`, 2}, "my C-123456 and C-654321.", "my •-••••56 and •-••••21."},
		{Pattern{`C-\d{6}`, 0}, "C-123456", "•-••••••"},
		{Pattern{`(?i)pin\s*:?\s*(\d{4})`, 0}, "Pin: 1234, room 1234", "Pin: ••••, room 1234"},
		{Pattern{`(\d\d)-(\d\d)`, 1}, "12-34", "•2-•4"},
		{Pattern{`[A-Z]{2}\d{2}( ?\w{4}){3,7}`, 4}, "DE89 3704 0044 0532 0130", "DE89 3704 0044 0532 0130"},
		{Pattern{`[A-Z]{2}\d{2}(?: ?\w{4}){3,7}`, 4}, "DE89 3704 0044 0532 0130", "•••• •••• •••• •••• 0130"},
		{Pattern{`é+`, 8}, "éé", "éé"},
	} {
		m, err := New(false, []Pattern{test.pattern})
		if err != nil {
			t.Errorf("%s: %v", test.pattern.Expression, err)
			continue
		}
		if got := m.Text(test.text); got != test.want {
			t.Errorf("%s of %q: got %q, want %q", test.pattern.Expression, test.text, got, test.want)
		}
	}
}

// A pattern that cannot be used, or not fast enough, is told apart before it is saved.
func TestBadPatterns(t *testing.T) {
	for _, test := range []struct {
		pattern Pattern
		want    error
	}{
		{Pattern{"(", 0}, ErrPattern},
		{Pattern{`\d*`, 0}, ErrEmpty},
		{Pattern{strings.Repeat("x", 2001), 0}, ErrLarge},
		{Pattern{`(\w{100}){100}`, 0}, ErrPattern},
		{Pattern{`\w{999}`, 0}, ErrLarge},
		{Pattern{"x", -1}, ErrKeep},
		{Pattern{"x", KeepMax + 1}, ErrKeep},
		{Pattern{`\d{4,30}`, 4}, nil},
	} {
		if err := Check(test.pattern); !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("%.20s: got %v, want %v", test.pattern.Expression, err, test.want)
		}
	}
	if _, err := New(true, make([]Pattern, PatternsMax+1)); !errors.Is(err, ErrMany) {
		t.Errorf("too many patterns: %v", err)
	}
}

// Contact data are masked in keys and values, texts and numbers; no value is lost.
func TestData(t *testing.T) {
	m := cardMasker(t)
	got := m.Map(map[string]string{"card": "4111111111111111", "4111111111111111": "a", dots(16): "b", "plain": "x"})
	want := map[string]string{"card": dots(16), dots(16): "b", dots(17): "a", "plain": "x"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	raw, err := m.JSON(json.RawMessage(`{"a":4111111111111111,"b":["4111 1111 1111 1111",{"4111111111111111":1.50}],"c":"\u0034111111111111111","d":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a":"••••••••••••••••","b":["•••• •••• •••• ••••",{"••••••••••••••••":1.50}],"c":"••••••••••••••••","d":null}`; string(raw) != want {
		t.Errorf("got %s, want %s", raw, want)
	}
	if _, err := m.JSON(json.RawMessage(`{`)); err == nil {
		t.Error("what is no JSON is masked")
	}
}

// valid makes a number of a known range with the right check digit.
func valid(r *rand.Rand) string {
	of := ranges[r.IntN(len(ranges))]
	number := []byte(fmt.Sprint(of.first + r.IntN(of.last-of.first+1)))
	size := of.min + r.IntN(of.max-of.min+1)
	for len(number) < size-1 {
		number = append(number, byte('0'+r.IntN(10)))
	}
	for check := byte('0'); ; check++ {
		if sum(append(number, check))%10 == 0 {
			return string(append(number, check))
		}
	}
}

// sum is the check of ISO/IEC 7812-1 by its table, to check the check.
func sum(number []byte) (n int) {
	double := [...]int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}
	for i := range number {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			d = double[d]
		}
		n += d
	}
	return n
}

// No valid number survives, however it is parted and whatever is around it; no number
// with a wrong check digit is touched.
func TestAnyCard(t *testing.T) {
	m := cardMasker(t)
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{"", " ", "-", " - ", "\u00a0", "–"}
	for range 20_000 {
		number := valid(r)
		part := parts[r.IntN(len(parts))]
		group := 1 + r.IntN(6)
		var text strings.Builder
		for i := range number {
			if i > 0 && i%group == 0 {
				text.WriteString(part)
			}
			text.WriteByte(number[i])
		}
		if got := m.Text("a: " + text.String() + " b"); strings.ContainsAny(got, "0123456789") {
			t.Fatalf("%q became %q", text.String(), got)
		}
		wrong := number[:len(number)-1] + string('0'+(number[len(number)-1]-'0'+1)%10)
		if got := m.Text("Order " + wrong + "."); got != "Order "+wrong+"." {
			t.Fatalf("the order number %s became %q", wrong, got)
		}
	}
}

// Whatever a text holds: masking changes letters and digits alone, never their number,
// once is enough, and no number of a card that stands by itself is left.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"4111 1111 1111 1111", "a4111111111111111b", "٤١١١١١١١١١١١١١١١", "\xff", "4-1-1-1", "C-123456 C-12", strings.Repeat("4 ", 40)} {
		f.Add(seed)
	}
	m, err := New(true, []Pattern{{`C-\d{2,6}`, 2}, {`(?:secret) (\w+)`, 0}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, masked := range []string{m.Text(text), m.Draft(text), m.Typed(text)} {
			if utf8.ValidString(text) && utf8.RuneCountInString(masked) != utf8.RuneCountInString(text) {
				t.Errorf("%q became %q", text, masked)
			}
		}
		once := m.Text(text)
		if twice := m.Text(once); twice != once {
			t.Errorf("%q, then %q, then %q", text, once, twice)
		}
		if n := m.Draft(text); strings.Count(n, string(Dot)) < strings.Count(once, string(Dot)) {
			t.Errorf("a draft of %q hides less: %q, %q", text, n, once)
		}
	})
}

// The longest message with the worst that it may hold costs no more than some hundred
// steps a byte: digits that all but make numbers, and patterns that all but match.
func BenchmarkWorst(b *testing.B) {
	var patterns []Pattern
	for range PatternsMax {
		patterns = append(patterns, Pattern{`(?:[0-9 ]{1,8}[0-9-]){1,40}x`, 0})
	}
	for _, test := range []struct {
		name     string
		patterns []Pattern
	}{{"cards", nil}, {"patterns", patterns}} {
		m, err := New(true, test.patterns)
		if err != nil {
			b.Fatal(err)
		}
		text := strings.Repeat("4 1 1 1-", 2048)
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				m.Text(text)
			}
		})
	}
}
