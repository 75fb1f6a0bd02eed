package letter

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Encoded words, as the rule has them and as programs write them.
func TestDecodeWords(t *testing.T) {
	tests := []struct{ rule, in, want string }{
		{"RFC 2047, 4.2: Q", "=?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=", "Grüße aus Köln"},
		{"RFC 2047, 4.1: B", "=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"},
		{"6.2: blanks between encoded words are none", "=?utf-8?q?a?= \t =?utf-8?q?b?= c", "ab c"},
		{"text between keeps its blanks", "=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"},
		{"a letter torn between two words", "=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"},
		{"a letter torn in Q", "=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"},
		{"base64 without its padding", "=?utf-8?b?R3LDvMOfZQ?=", "Grüße"},
		{"words that touch", "=?utf-8?q?a?==?utf-8?q?b?=", "ab"},
		{"within quotes, where the rule forbids them", `"=?utf-8?q?J=C3=BCrg?="`, `"Jürg"`},
		{"RFC 2231, 5: a language", "=?utf-8*de?q?J=C3=BCrg?=", "Jürg"},
		{"blanks within a word", "=?utf-8?Q?two words?=", "two words"},
		{"ISO-2022-JP", "=?ISO-2022-JP?B?GyRCNEE7ehsoQg==?=", "漢字"},
		{"Windows-1251", "=?windows-1251?B?z/Do4uXy?=", "Привет"},
		{"GB2312", "=?gb2312?B?xOO6ww==?=", "你好"},
		{"a charset that nobody knows", "=?x-nobody?q?J=C3=BCrg?=", "Jürg"},
		{"an = at the word's beginning", "=?utf-8?Q?=41=42?=", "AB"},
		{"raw UTF-8, RFC 6532", "Jürg", "Jürg"},
		{"raw Latin-1 of no rule", "J\xfcrg", "Jürg"},
		{"no encoded word at all", "1 =? 2 ?= 3 =?x?", "1 =? 2 ?= 3 =?x?"},
		{"a word that does not end", "=?utf-8?q?abc", "=?utf-8?q?abc"},
		{"an encoding that there is not", "=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
		{"line ends that an encoded word brings in", "=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"},
		{"direction marks are taken out", "invoice\u202egpj.exe", "invoicegpj.exe"},
	}
	for _, tt := range tests {
		if got := decodeWords(tt.in); got != tt.want {
			t.Errorf("%s: %q gives %q, want %q", tt.rule, tt.in, got, tt.want)
		}
	}
}

// Parameters, as RFC 2231 has them and as programs write them.
func TestParameters(t *testing.T) {
	tests := []struct{ rule, in, value, name, want string }{
		{"quotes", `application/pdf; name="a; b.pdf"`, "application/pdf", "name", "a; b.pdf"},
		{"no quotes", `application/pdf; name=a b.pdf; x=y`, "application/pdf", "name", "a b.pdf"},
		{"RFC 2231, 4: charset", `attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.pdf`, "attachment", "filename", "Grüße.pdf"},
		{"4: another charset than UTF-8", `attachment; filename*=iso-8859-1''Gr%FC%DFe.pdf`, "attachment", "filename", "Grüße.pdf"},
		{"3: continuations", `attachment; filename*0="a very "; filename*1="long name.pdf"`, "attachment", "filename", "a very long name.pdf"},
		{"4.1: both, in any order", `attachment; filename*1*=%BCrg; filename*0*=utf-8''J%C3; filename*2=.pdf`, "attachment", "filename", "Jürg.pdf"},
		{"both forms: RFC 2231 counts", `attachment; filename="J?rg.pdf"; filename*=utf-8''J%C3%BCrg.pdf`, "attachment", "filename", "Jürg.pdf"},
		{"RFC 2047 where it is forbidden", `attachment; filename="=?utf-8?B?SsO8cmcucGRm?="`, "attachment", "filename", "Jürg.pdf"},
		{"raw bytes", "attachment; filename=\"J\xfcrg.pdf\"", "attachment", "filename", "Jürg.pdf"},
		{"a quote that does not end", `attachment; filename="a.pdf`, "attachment", "filename", "a.pdf"},
		{"a name twice: the first counts", `text/plain; charset=utf-8; charset=latin1`, "text/plain", "charset", "utf-8"},
		{"a missing semicolon", `text/plain charset=utf-8`, "text/plain", "charset", "utf-8"},
		{"a comment", `text/plain (said) ; charset=(x)utf-8`, "text/plain", "charset", "utf-8"},
		{"capitals", `TEXT/Plain; CHARSET="UTF-8"`, "text/plain", "charset", "UTF-8"},
		{"stray semicolons", `text/plain;; ;charset=utf-8;`, "text/plain", "charset", "utf-8"},
		{"escapes", `text/plain; name="a\"b\\c"`, "text/plain", "name", `a"b\c`},
	}
	for _, tt := range tests {
		value, params := parameters(tt.in)
		if value != tt.value || params[tt.name] != tt.want {
			t.Errorf("%s: %q gives %q and %q, want %q", tt.rule, tt.in, value, params[tt.name], tt.want)
		}
	}
}

// A file's name is safe to be shown and saved under.
func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		`C:\Users\eve\a.pdf`: "a.pdf", "../../etc/passwd": "passwd", ".bashrc": "bashrc", "a\x00b\r\n.pdf": "ab .pdf", "what?.txt": "what_.txt", "  a.pdf ": "a.pdf",
		"invoice\u202efdp.exe": "invoicefdp.exe", strings.Repeat("ä", 300) + ".pdf": strings.Repeat("ä", 98) + ".pdf", "...": "",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q is saved as %q, want %q", in, got, want)
		}
	}
}

// Addresses, as RFC 5322 has them and as programs write them.
func TestAddresses(t *testing.T) {
	tests := []struct {
		rule, in string
		want     []Address
	}{
		{"a list", `Eve <eve@x.example>, bob@y.example`, []Address{{"Eve", "eve@x.example"}, {"", "bob@y.example"}}},
		{"a quoted comma", `"Doe, Jane" <jane@x.example>`, []Address{{"Doe, Jane", "jane@x.example"}}},
		{"a comma that is not quoted", `Doe, Jane <jane@x.example>`, []Address{{"Jane", "jane@x.example"}}},
		{"encoded", `=?utf-8?q?J=C3=BCrg?= <j@x.example>`, []Address{{"Jürg", "j@x.example"}}},
		{"encoded, within quotes, with a comma", `"=?utf-8?q?M=C3=BCller=2C_J?=" <j@x.example>`, []Address{{"Müller, J", "j@x.example"}}},
		{"the old way", `j@x.example (Jane Doe)`, []Address{{"Jane Doe", "j@x.example"}}},
		{"a group", `Team: a@x.example, b@x.example;, c@x.example`, []Address{{"", "a@x.example"}, {"", "b@x.example"}, {"", "c@x.example"}}},
		{"an empty group", `undisclosed-recipients:;`, nil},
		{"Outlook's semicolons", `a@x.example; b@x.example`, []Address{{"", "a@x.example"}, {"", "b@x.example"}}},
		{"an address as name", `"a@x.example" <b@y.example>`, []Address{{"a@x.example", "b@y.example"}}},
		{"two pairs of brackets", `<<a@x.example>>`, []Address{{"", "a@x.example"}}},
		{"a quote that does not end", `"Jane <j@x.example>`, []Address{{"Jane", "j@x.example"}}},
		{"a route", `<@relay.example:a@x.example>`, []Address{{"", "a@x.example"}}},
		{"a quoted local part", `"two words"@x.example`, []Address{{"", `"two words"@x.example`}}},
		{"single quotes of Outlook", `'Jane' <j@x.example>`, []Address{{"Jane", "j@x.example"}}},
		{"a name without quotes before a bare address", `Jane Doe j@x.example`, []Address{{"Jane Doe", "j@x.example"}}},
		{"mailto:", `mailto:j@x.example`, []Address{{"", "j@x.example"}}},
		{"an address literal", `a@[192.0.2.1]`, []Address{{"", "a@[192.0.2.1]"}}},
		{"RFC 6532", `jürg@müller.example`, []Address{{"", "jürg@müller.example"}}},
		{"the null sender", `<>`, nil},
		{"no address", `nobody`, nil},
		{"line ends cannot come in", "a@x.example\r\nBcc: b@x.example", []Address{{"a@x.example Bcc:", "b@x.example"}}},
	}
	for _, tt := range tests {
		if got := addresses(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q gives %q, want %q", tt.rule, tt.in, got, tt.want)
		}
	}
}

// Dates, as RFC 5322 has them and as programs write them.
func TestDate(t *testing.T) {
	want := time.Date(2026, 3, 5, 14, 30, 15, 0, time.UTC)
	for _, in := range []string{
		"Thu, 5 Mar 2026 15:30:15 +0100", "Thu, 05 Mar 2026 14:30:15 GMT", "5 Mar 2026 15:30:15 +0100 (CET)", "Thu, 5 Mar 2026 14:30:15 +0000 (UTC)", "2026-03-05T15:30:15+01:00",
		"Thu, 5 Mar 2026 14:30:15", "Thu Mar 5 14:30:15 2026",
	} {
		if got := date(in); !got.Equal(want) {
			t.Errorf("%q is read as %v", in, got)
		}
	}
	for _, in := range []string{"", "tomorrow", "Thu, 32 Mar 2026 15:30:15 +0100", "Mon, 1 Jan 0001 00:00:00 +0000"} {
		if got := date(in); !got.IsZero() {
			t.Errorf("%q is read as %v", in, got)
		}
	}
}

// References are ids, whatever programs write around and between them; of very many the
// first and the last ones stay.
func TestMessageIDs(t *testing.T) {
	for in, want := range map[string][]string{
		"<a@x> <b@x>":                       {"<a@x>", "<b@x>"},
		"<a@x><b@x>\t<a@x>":                 {"<a@x>", "<b@x>"},
		"a@x b@y":                           {"<a@x>", "<b@y>"},
		"<a@x\r\n y> of Eve's message <b@x": {"<a@xy>"},
		"Your message of Monday":            nil,
		"<>":                                nil,
	} {
		if got := messageIDs(in, 10); !slices.Equal(got, want) {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
	if got := messageIDs("<1@x> <2@x> <3@x> <4@x> <5@x>", 3); !slices.Equal(got, []string{"<1@x>", "<4@x>", "<5@x>"}) {
		t.Errorf("of five, three are %q", got)
	}
}

// A charset that is not there, or that the bytes deny, gives way to one that they fit.
func TestToUTF8(t *testing.T) {
	tests := []struct{ rule, in, charset, want string }{
		{"ISO-8859-1 is Windows-1252, as browsers have it", "\x80 \x93x\x94", "iso-8859-1", "€ “x”"},
		{"none, and valid UTF-8", "Grüße", "", "Grüße"},
		{"none, and not UTF-8", "Gr\xfc\xdfe", "", "Grüße"},
		{"us-ascii that is not", "Gr\xfc\xdfe", "us-ascii", "Grüße"},
		{"UTF-8 that is not", "Gr\xfc\xdfe", "utf-8", "Grüße"},
		{"UTF-8 with one byte harmed", "Grüße aus K\xf6ln, süße Äpfel", "utf-8", "Grüße aus K\ufffdln, süße Äpfel"},
		{"Latin-1 that is UTF-8", "Grüße", "iso-8859-1", "Grüße"},
		{"a name that nobody registered", "\xe1", "cp850", "ß"},
		{"quotes around the name", "Gr\xfc\xdfe", `"ISO-8859-15"`, "Grüße"},
		{"UTF-7", "Gr+APwA3w-e +- 1", "utf-7", "Grüße + 1"},
		{"a mark of byte order", "\xef\xbb\xbfHello", "utf-8", "Hello"},
		{"UTF-16", "\xff\xfeH\x00i\x00", "utf-16", "Hi"},
		{"Shift_JIS", "\x8a\xbf\x8e\x9a", "shift_jis", "漢字"},
		{"ISO-2022-JP", "\x1b$B4A;z\x1b(B", "iso-2022-jp", "漢字"},
		{"Big5", "\xa7A\xa6n", "big5", "你好"},
		{"KOI8-R", "\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "Привет"},
		{"EUC-KR by its old name", "\xbe\xc8\xb3\xe7", "ks_c_5601-1987", "안녕"},
	}
	for _, tt := range tests {
		if got := toUTF8([]byte(tt.in), tt.charset); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.rule, got, tt.want)
		}
	}
}
