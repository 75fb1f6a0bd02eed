package letter

import (
	"strings"
	"testing"
)

// Who wrote a message is told by its header; only what a person wrote may be answered by
// a program (RFC 3834, 2).
func TestAuto(t *testing.T) {
	const person = "From: Eve <eve@customer.example>\nTo: help@company.example\nSubject: Hello\n"
	own := []string{"help@company.example"}
	tests := []struct {
		rule, header string
		kind         AutoKind
		may          bool
	}{
		{"a person", person, AutoNone, true},
		{"RFC 3834, 5: no means no", person + "Auto-Submitted: no\n", AutoNone, true},
		{"auto-replied, with a comment", person + "Auto-Submitted: auto-replied (vacation); owner-email=x\n", AutoVacation, false},
		{"auto-generated", person + "Auto-Submitted: Auto-Generated\n", AutoSubmitted, false},
		{"an extension of RFC 5436", person + "Auto-Submitted: auto-notified; owner-email=\"e@x\"\n", AutoSubmitted, false},
		{"before RFC 3834", person + "X-Autoreply: yes\n", AutoVacation, false},
		{"X-Autorespond", person + "X-Autorespond: away\n", AutoVacation, false},
		{"Precedence: auto_reply", person + "Precedence: auto_reply\n", AutoVacation, false},
		{"RFC 2919", person + "List-Id: <l.example>\n", AutoList, false},
		{"RFC 2369", person + "List-Unsubscribe: <mailto:u@l.example>\n", AutoList, false},
		{"Precedence: list", person + "Precedence: list\n", AutoList, false},
		{"Precedence: bulk", person + "Precedence: Bulk\n", AutoBulk, false},
		{"Precedence: junk", person + "Precedence: junk\n", AutoBulk, false},
		{"Precedence: first-class says nothing", person + "Precedence: first-class\n", AutoNone, true},
		{"by its subject only", strings.Replace(person, "Hello", "Automatische Antwort: Ihre Rechnung", 1), AutoVacation, false},
		{"the null sender", "Return-Path: <>\n" + person, AutoNone, false},
		{"a sender of the envelope", "Return-Path: <eve@customer.example>\n" + person, AutoNone, true},
		{"MS-OXCMAIL: All", person + "X-Auto-Response-Suppress: All\n", AutoNone, false},
		{"MS-OXCMAIL: OOF among others", person + "X-Auto-Response-Suppress: DR, OOF, AutoReply\n", AutoNone, false},
		{"MS-OXCMAIL: receipts only", person + "X-Auto-Response-Suppress: DR, RN\n", AutoNone, true},
		{"our own mark", person + "X-Portico-Loop: site-1\n", AutoNone, false},
		{"another's mark", person + "X-Loop: them\n", AutoNone, true},
		{"more hops than servers there are", person + strings.Repeat("Received: by x\n", 26), AutoNone, false},
		{"a handful of hops", person + strings.Repeat("Received: by x\n", 9), AutoNone, true},
		{"RFC 3834, 2: mailer-daemon", strings.Replace(person, "eve@", "MAILER-DAEMON@", 1), AutoNone, false},
		{"owner- of a list", strings.Replace(person, "eve@", "owner-list@", 1), AutoNone, false},
		{"-request of a list", strings.Replace(person, "eve@", "list-request@", 1), AutoNone, false},
		{"nobody reads it", strings.Replace(person, "eve@", "no-reply@", 1), AutoNone, false},
		{"nobody reads the envelope's sender", "Return-Path: <bounces+123@mailer.example>\n" + person, AutoNone, false},
		{"ourselves", strings.Replace(person, "eve@customer", "Help@Company", 1), AutoNone, false},
		{"spam", person + "X-Spam-Flag: YES\n", AutoNone, false},
		{"nobody at all", "Subject: x\n", AutoNone, false},
	}
	for _, tt := range tests {
		m := readString(crlf(tt.header+"\nHello\n"), Options{Loop: "site-1"})
		if m.Auto.Kind != tt.kind {
			t.Errorf("%s: %q (%s), want %q", tt.rule, m.Auto.Kind, m.Auto.Why, tt.kind)
		}
		if may, why := MayAutoReply(m, own); may != tt.may || may == (why != "") {
			t.Errorf("%s: may be answered: %v (%s)", tt.rule, may, why)
		}
		// The header alone says the same.
		if h, err := Header(strings.NewReader(crlf(tt.header+"\n")), Options{Loop: "site-1"}); err != nil || h.Auto.Kind != tt.kind {
			t.Errorf("%s: the header alone says %q, %v", tt.rule, h.Auto.Kind, err)
		}
	}
}

// RFC 8098: a receipt is the work of a program; so is the answer to an invitation, while
// an invitation itself is a person's.
func TestReceiptsAndCalendars(t *testing.T) {
	receipt := readString(crlf(`
From: eve@customer.example
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b

Your message was read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;eve@customer.example
Original-Message-ID: <1@company.example>
Disposition: manual-action/MDN-sent-manually; displayed
--b--
`), Options{})
	if receipt.Auto.Kind != AutoReceipt {
		t.Errorf("a receipt is %q", receipt.Auto.Kind)
	}
	for method, kind := range map[string]AutoKind{"REQUEST": AutoNone, "REPLY": AutoCalendar, "COUNTER": AutoCalendar, "CANCEL": AutoNone} {
		m := readString(crlf(`
From: eve@customer.example
Content-Type: text/calendar; charset=utf-8; method=`+method+`

BEGIN:VCALENDAR
METHOD:`+method+`
BEGIN:VTIMEZONE
DTSTART:19700101T000000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:A talk\, with
  cake
DTSTART;TZID=Europe/Vienna:20260305T143000
DTEND;TZID=Europe/Vienna:20260305T150000
LOCATION:Room 5
END:VEVENT
END:VCALENDAR
`), Options{})
		if m.Auto.Kind != kind || m.Calendar != strings.ToLower(method) {
			t.Errorf("an invitation with %s is %q, %q", method, m.Auto.Kind, m.Calendar)
		}
		if want := "A talk, with cake\nRoom 5\n2026-03-05 14:30 – 2026-03-05 15:00"; m.Text != want || len(m.Parts) != 1 || m.Parts[0].Name != "invitation.ics" {
			t.Errorf("its text is %q, its parts %v", m.Text, paths(m))
		}
	}
}

// RFC 5965: a complaint names our message.
func TestComplaint(t *testing.T) {
	m := readString(crlf(`
From: fbl@isp.example
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

This is an abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1
Original-Rcpt-To: <eve@isp.example>
--b
Content-Type: message/rfc822

Message-ID: <1@company.example>
X-Portico-Contact: mark
To: eve@isp.example
Subject: Re: Order

text
--b--
`), Options{})
	if m.Auto.Kind != AutoComplaint || m.Complaint == nil || *m.Complaint != (Complaint{"abuse", "<1@company.example>", "mark", "eve@isp.example"}) {
		t.Errorf("a complaint is %q, %+v", m.Auto.Kind, m.Complaint)
	}
}

// What filters of companies write.
func TestSpam(t *testing.T) {
	for header, want := range map[string]Spam{
		"X-Spam-Flag: YES":                                                              {true, 0, "X-Spam-Flag"},
		"X-Spam-Flag: NO\nX-Spam-Score: 1.2":                                            {false, 1.2, "X-Spam-Flag"},
		"X-Spam-Status: Yes, score=7.3 required=5.0 tests=A,B":                          {true, 7.3, "X-Spam-Status"},
		"X-Spam-Status: No, hits=-1.9 required=5.0":                                     {false, -1.9, "X-Spam-Status"},
		"X-Spamd-Result: default: False [2.10 / 15.00];\n R_SPF_ALLOW(-0.20)[+ip4:x]":   {false, 2.1, "X-Spamd-Result"},
		"X-Spamd-Result: default: True [16.00 / 15.00]; X(1)[]":                         {true, 16, "X-Spamd-Result"},
		"X-Rspamd-Action: add header\nX-Rspamd-Score: 8":                                {true, 8, "X-Rspamd-Action"},
		"X-MS-Exchange-Organization-SCL: 6":                                             {true, 6, "X-MS-Exchange-Organization-SCL"},
		"X-MS-Exchange-Organization-SCL: -1":                                            {false, -1, "X-MS-Exchange-Organization-SCL"},
		"X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:DE;LANG:de;SCL:5;SFV:SPM;H:x;": {true, 5, "X-Forefront-Antispam-Report"},
		"X-Forefront-Antispam-Report: CIP:192.0.2.1;SCL:1;SFV:NSPM;":                    {false, 1, "X-Forefront-Antispam-Report"},
		"Subject: [SPAM] is a word":                                                     {},
	} {
		if got := readString(crlf(header+"\n\nx\n"), Options{}).Spam; got != want {
			t.Errorf("%s: %+v, want %+v", header, got, want)
		}
	}
}

// RFC 8601: results are believed of the company's own servers only, whatever the sender
// wrote into the header before them.
func TestAuthentication(t *testing.T) {
	const header = `
Authentication-Results: mx.company.example 1; dkim=pass (2048-bit key) header.d=customer.example header.i=@customer.example; spf=softfail smtp.mailfrom=eve@other.example;
 dmarc=pass (p=reject) header.from=customer.example
Authentication-Results: mx.evil.example; dkim=pass header.d=bank.example
From: Eve <eve@customer.example>

x
`
	m := readString(crlf(header), Options{Trusted: []string{"MX.company.example"}})
	want := []Authentication{{"dkim", "pass", "customer.example"}, {"spf", "softfail", "other.example"}, {"dmarc", "pass", "customer.example"}}
	if len(m.Authentication) != 3 || m.Authentication[0] != want[0] || m.Authentication[1] != want[1] || m.Authentication[2] != want[2] || !m.Authenticated() {
		t.Errorf("%+v, authenticated %v", m.Authentication, m.Authenticated())
	}
	if m = readString(crlf(header), Options{}); len(m.Authentication) != 0 || m.Authenticated() {
		t.Errorf("nobody is trusted, and %+v is believed", m.Authentication)
	}
	// Another domain's signature does not vouch for the sender.
	m = readString(crlf("Authentication-Results: a; dkim=pass header.d=mailer.example; dmarc=fail header.from=customer.example\nFrom: eve@customer.example\n\nx\n"), Options{Trusted: []string{"a"}})
	if m.Authenticated() {
		t.Error("a mailer's signature vouches for a customer")
	}
	// Microsoft 365 gives no name of its own.
	m = readString(crlf("Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; dkim=none (message not signed) header.d=none;\n dmarc=pass action=none header.from=customer.example;compauth=pass reason=100\nFrom: eve@customer.example\n\nx\n"), Options{Trusted: []string{""}})
	if len(m.Authentication) < 3 || !m.Authenticated() {
		t.Errorf("of Microsoft 365: %+v", m.Authentication)
	}
}
