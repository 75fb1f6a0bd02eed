// Package letter reads and writes e-mail messages. It is pure: bytes in, values out; no
// clock, no network, no file, no goroutine.
//
// Reading never fails. Whatever comes, a Mail comes of it: what cannot be understood is
// left out, and Broken says so. Work and memory are bounded for hostile messages too:
// a message is read once, line by line, and only texts, reports and headers are kept,
// each up to a limit. Attachments are counted, not kept. The paths of parts are those
// that an IMAP server gives them (RFC 9051, 6.4.5), so that a part can be fetched later.
package letter

import "time"

// Bounds of what is kept of a message.
const (
	// TextMax and HTMLMax bound Mail.Text and Mail.HTML, in bytes.
	TextMax = 64 << 10
	HTMLMax = 512 << 10
	// PartsMax is how many parts a message may have; those behind are not seen.
	PartsMax = 1_000
	// DepthMax is how deep parts may be nested; what is deeper is one part.
	DepthMax = 32
	// AddressesMax bounds each list of addresses, ReferencesMax the references.
	AddressesMax  = 500
	ReferencesMax = 100
	// SourceMax is how much of one text or report is read, in bytes as they were sent.
	SourceMax = 2 << 20

	subjectMax    = 998       // bytes of a subject, and of any other decoded line
	idMax         = 500       // bytes of a Message-ID
	headerMax     = 256 << 10 // bytes of one header
	fieldsMax     = 2_000     // fields of one header
	partHeaderMax = 8 << 10   // bytes of a part's header
	innerMax      = 1 << 20   // bytes of the headers of all inner messages
	sourcesMax    = 6 << 20   // bytes of all texts and reports together
	lineBuffer    = 64 << 10
)

// Address is one mailbox: a decoded name, and local@domain as it was written.
type Address struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address"`
}

// Part is one part of a message that is not its text: an attachment, an image of the
// text, a message within.
type Part struct {
	Path      string `json:"part"` // as IMAP counts: 2.1
	Name      string `json:"name"` // a file's name without any folder; never empty in Mail.Parts
	MediaType string `json:"media_type"`
	ContentID string `json:"content_id,omitempty"` // without < and >
	Size      int64  `json:"size"`                 // bytes once decoded, about
	Inline    bool   `json:"inline,omitempty"`     // shown within the text, not beside it
	// Encoding and Charset are needed to decode what a mail server sends: see Decode.
	Encoding string `json:"encoding,omitempty"`
	Charset  string `json:"charset,omitempty"`
}

// Mail is a message as it was understood. All texts are valid UTF-8 without control
// characters but line feed and tab; lists are bounded.
type Mail struct {
	MessageID  string // with < and >; empty: it had none
	InReplyTo  string
	References []string // oldest first
	From       Address
	Sender     Address
	ReplyTo    []Address
	To, Cc     []Address
	// ReturnPath is the envelope's sender. NullSender: it was <>, so nobody may answer.
	ReturnPath string
	NullSender bool
	// DeliveredTo is Delivered-To, X-Original-To and their like, in the order of trust.
	DeliveredTo []string
	Subject     string
	Date        time.Time // zero: none, or none that can be read
	// Contact is the value of our own header (see OpenMark), not yet believed.
	Contact string

	Text         string // plain; made from the HTML where the sender gave none
	HTML         string // sanitised; empty: there was plain text only
	Cut          bool   // Text or HTML was longer
	RemoteImages int    // that HTML would load from elsewhere
	Parts        []Part
	// Calendar is the method of an invitation (request, reply, cancel …), or empty.
	Calendar string

	Auto           Auto
	Bounce         *Bounce
	Complaint      *Complaint
	Spam           Spam
	Authentication []Authentication
	Hops           int    // Received lines
	Looped         bool   // it went through this installation before
	Language       string // among Options.Languages; empty: unsure
	// Broken says in a sentence why the message could not be read as its sender meant
	// it. It is routed all the same, with what there is.
	Broken string

	suppress string // X-Auto-Response-Suppress
}

// Options of reading. The zero value is fine.
type Options struct {
	// Languages are the ISO 639-1 codes among which the language is looked for; none:
	// it is not looked for.
	Languages []string
	// Trusted are the authserv-ids (RFC 8601, 2.2) whose results are believed, that is
	// those of the company's own servers. An empty one stands for servers that give none.
	Trusted []string
	// Loop is what Draft.Loop of this installation is, to know its own messages.
	Loop string
}
