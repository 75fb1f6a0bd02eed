package letter

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// RFC 5256, 2.1, and what programs of other languages write.
func TestBaseSubject(t *testing.T) {
	for in, want := range map[string]string{
		"Order":                               "Order",
		"Re: Order":                           "Order",
		"RE: re : Fwd: Order":                 "Order",
		"Re[2]: Order":                        "Order",
		"Re(3): Order":                        "Order",
		"[list] Re: [list] Order":             "Order",
		"[list] Order":                        "Order",
		"[fwd: Order]":                        "Order",
		"Order (fwd) (fwd)":                   "Order",
		"AW: WG: Order":                       "Order",
		"SV: Order":                           "Order",
		"TR: RE: Order":                       "Order",
		"RES: ENC: Order":                     "Order",
		"Réf: not a prefix":                   "Réf: not a prefix",
		"回复：Order":                            "Order",
		"Antw: Order":                         "Order",
		"Odp: Order":                          "Order",
		"Re: Order [#7K2M9QXA]":               "Order",
		"  Re:   two   blanks ":               "two blanks",
		"Re:":                                 "",
		"Regarding: it stays":                 "Regarding: it stays",
		"[only a blob]":                       "[only a blob]",
		"Respect: stays":                      "Respect: stays",
		"Re: [EXT] Re: Order":                 "Order",
		strings.Repeat("Re: ", 100) + "Order": strings.Repeat("Re: ", 50) + "Order",
	} {
		if got := BaseSubject(in); got != want {
			t.Errorf("the base of %q is %q, want %q", in, got, want)
		}
	}
}

// An answer has one prefix, however long the exchange.
func TestReplySubject(t *testing.T) {
	for in, want := range map[string]string{"Order": "Re: Order", "AW: Re: Order": "Re: Order", "": "Re:", "x\r\nBcc: y": "Re: x Bcc: y"} {
		if got := ReplySubject(in); got != want {
			t.Errorf("the answer to %q is %q, want %q", in, got, want)
		}
	}
	if got := ForwardSubject("Re: Order"); got != "Fwd: Order" {
		t.Errorf("the forward is %q", got)
	}
}

// The tracking id stands in a subject once, and is found in what comes back, however it
// was written.
func TestTracking(t *testing.T) {
	key := []byte("key")
	id := TrackingID(key, [16]byte{1})
	if len(id) != 8 || id == TrackingID(key, [16]byte{2}) || id == TrackingID([]byte("other"), [16]byte{1}) {
		t.Fatalf("ids are not their own: %s", id)
	}
	subject := WithTracking("Re: Order", id)
	if Tracking(subject) != id || WithTracking(subject, id) != subject || Tracking("AW: "+strings.ToLower(subject)) != id {
		t.Errorf("%q gives %q", subject, Tracking(subject))
	}
	if got := WithTracking(subject, "ZZZZZZZZ"); Tracking(got) != "ZZZZZZZZ" || strings.Count(got, "[#") != 1 {
		t.Errorf("a second id gives %q", got)
	}
	if got := WithTracking(strings.Repeat("ä", 400), id); len(got) > 250 || Tracking(got) != id {
		t.Errorf("a long subject has %d bytes, id %q", len(got), Tracking(got))
	}
	for _, s := range []string{"[#123]", "#7K2M9QXA", "[#7K2M9QXAB]", "[#7K2M9QXU]", "Order 7K2M9QXA"} {
		if got := Tracking(s); got != "" {
			t.Errorf("%q has the id %q", s, got)
		}
	}
	if got := WithoutTracking(subject); got != "Re: Order" {
		t.Errorf("without it: %q", got)
	}
}

// A mark is believed with its signature only.
func TestMark(t *testing.T) {
	key, contact := []byte("key"), [16]byte{1, 2, 3}
	mark := Mark(key, contact)
	if got, ok := OpenMark(key, " "+mark+" "); !ok || got != contact {
		t.Errorf("%s opens as %v, %v", mark, got, ok)
	}
	for _, wrong := range []string{"", "-", mark[:32], mark + "0", Mark([]byte("other"), contact), strings.Replace(mark, "01", "02", 1), strings.Repeat("z", 32) + mark[32:]} {
		if got, ok := OpenMark(key, wrong); ok || got != [16]byte{} {
			t.Errorf("%q opens as %v", wrong, got)
		}
	}
}

// RFC 5322, 3.6.4: what a message answers comes first, then the references from the
// youngest; none twice.
func TestThreadKeys(t *testing.T) {
	m := readString("In-Reply-To: <3@x>\r\nReferences: <1@x> <2@x>\r\n <3@x>\r\n\r\n", Options{})
	if got := m.ThreadKeys(); !slices.Equal(got, []string{"<3@x>", "<2@x>", "<1@x>"}) {
		t.Errorf("%q", got)
	}
	if got := ReplyReferences(&Mail{MessageID: "<4@x>", References: m.References, InReplyTo: m.InReplyTo}); !slices.Equal(got, []string{"<1@x>", "<2@x>", "<3@x>", "<4@x>"}) {
		t.Errorf("an answer refers to %q", got)
	}
	if got := ReplyReferences(&Mail{MessageID: "<4@x>", InReplyTo: "<3@x>"}); !slices.Equal(got, []string{"<3@x>", "<4@x>"}) {
		t.Errorf("an answer refers to %q", got)
	}
	var long []string
	for i := range 100 {
		long = append(long, fmt.Sprintf("<%d@x>", i))
	}
	if got := ReplyReferences(&Mail{MessageID: "<n@x>", References: long}); len(got) != 21 || got[0] != "<0@x>" || got[20] != "<n@x>" || got[19] != "<99@x>" {
		t.Errorf("of a long thread: %d, %q", len(got), got)
	}
}

// Quoting: each line marked, the signature left out, the words of a stranger escaped.
func TestQuote(t *testing.T) {
	text, rich := Quote(&Mail{Text: "Hello\n> you said\n\nBye\n-- \nEve"}, "On Monday\n<Eve> wrote:")
	if want := "On Monday <Eve> wrote:\n> Hello\n>> you said\n>\n> Bye\n"; text != want {
		t.Errorf("plain:\n%s", text)
	}
	if want := "<p>On Monday &lt;Eve&gt; wrote:</p>\n<blockquote type=\"cite\"><p>Hello<br>\n&gt; you said<br>\n<br>\nBye<br>\n-- <br>\nEve</p></blockquote>\n"; rich != want {
		t.Errorf("HTML:\n%s", rich)
	}
}

// What somebody wrote anew is told from what they answer.
func TestAnswered(t *testing.T) {
	for in, want := range map[string]string{
		"Yes, please.\n\nOn Monday, we wrote:\n> Shall we?\n> Bye":            "Yes, please.",
		"> Shall we?\nYes.\n> And then?\nNo.":                                 "> Shall we?\nYes.\n> And then?\nNo.",
		"Gerne.\n\n-----Ursprüngliche Nachricht-----\nVon: help\nWollen Sie?": "Gerne.",
		"Only this": "Only this",
	} {
		if got := Answered(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
