package letter

import (
	"strings"
	"testing"
)

// Reports of delivery, of RFC 3464 and of servers that write in a way of their own: who
// was not reached, how, why, and which message of ours it was.
func TestBounces(t *testing.T) {
	tests := []struct {
		rule, message string
		id            string
		want          Failure
	}{
		{"Postfix: RFC 3464 with the message", `
Return-Path: <>
From: MAILER-DAEMON@mx.company.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="P"

This is a MIME-encapsulated message.

--P
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.company.example.

<eve@customer.example>: host mx.customer.example[192.0.2.7] said: 550 5.1.1
    No such user (in reply to RCPT TO command)

--P
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.company.example
X-Postfix-Queue-ID: 0123456789
Arrival-Date: Thu,  5 Mar 2026 15:30:15 +0100 (CET)

Final-Recipient: rfc822; eve@customer.example
Original-Recipient: rfc822;eve@customer.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.customer.example
Diagnostic-Code: smtp; 550 5.1.1 No such user

--P
Content-Description: Undelivered Message
Content-Type: message/rfc822

Message-ID: <1@company.example>
X-Portico-Contact: mark
Subject: Re: Order

text
--P--
`, "<1@company.example>", Failure{"eve@customer.example", "failed", "5.1.1", "550 5.1.1 No such user"}},
		{"Postfix: only delayed, with the header", `
Return-Path: <>
From: MAILER-DAEMON@mx.company.example
Subject: Delayed Mail (still being retried)
Content-Type: multipart/report; report-type=delivery-status; boundary=P

--P

still trying
--P
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.company.example

Final-Recipient: rfc822; eve@customer.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.customer.example[192.0.2.7]:25: Connection timed out
--P
Content-Type: text/rfc822-headers

Message-ID: <2@company.example>
--P--
`, "<2@company.example>", Failure{"eve@customer.example", "delayed", "4.4.1", "connect to mx.customer.example[192.0.2.7]:25: Connection timed out"}},
		{"Exchange Online: HTML for people, status for programs, our id in In-Reply-To", `
Return-Path: <>
From: <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@company.example>
Subject: Undeliverable: Re: Order
In-Reply-To: <3@company.example>
X-MS-Exchange-Message-Is-Ndr:
Content-Type: multipart/report; report-type=delivery-status; boundary="E"

--E
Content-Type: multipart/alternative; boundary="E2"

--E2
Content-Type: text/plain; charset="us-ascii"

Your message to eve@customer.example couldn't be delivered.
--E2
Content-Type: text/html

<p>Your message to <b>eve@customer.example</b> couldn't be delivered.</p>
--E2--
--E
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.prod.example
Received-From-MTA: dns;AM0PR02.prod.example

Final-Recipient: rfc822;eve@customer.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
X-Display-Name: Eve
--E--
`, "<3@company.example>", Failure{"eve@customer.example", "failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"}},
		{"old Exchange: no report, only words", `
From: "System Administrator" <postmaster@company.example>
Subject: Undeliverable: Order
In-Reply-To: <4@company.example>

Your message

  To:      Eve
  Subject: Order
  Sent:    Thu, 5 Mar 2026 15:30:15 +0100

did not reach the following recipient(s):

eve@customer.example on Thu, 5 Mar 2026 15:31:00 +0100
    The e-mail account does not exist at the organization this message was sent to.
      <mx.company.example #5.1.1>
`, "<4@company.example>", Failure{"eve@customer.example", "failed", "5.1.1", "eve@customer.example on Thu, 5 Mar 2026 15:31:00 +0100 The e-mail account does not exist at the organization this message was sent to. <mx.company.example #5.1.1>"}},
		{"Gmail: a report within related, and a header", `
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: help@company.example
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: eve@customer.example
References: <5@company.example>
In-Reply-To: <5@company.example>
Content-Type: multipart/report; boundary="G"; report-type=delivery-status

--G
Content-Type: multipart/related; boundary="G1"

--G1
Content-Type: multipart/alternative; boundary="G2"

--G2
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to eve@customer.example because the address couldn't be found.
--G2
Content-Type: text/html; charset="UTF-8"

<h2>Address not found</h2><img src="cid:icon.png">
--G2--
--G1
Content-Type: image/png; name="icon.png"
Content-ID: <icon.png>

x
--G1--
--G
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Thu, 05 Mar 2026 06:30:15 -0800 (PST)
X-Original-Message-ID: <5@company.example>

Final-Recipient: rfc822; eve@customer.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.customer.example. (192.0.2.7, the server for the domain customer.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
Last-Attempt-Date: Thu, 05 Mar 2026 06:30:16 -0800 (PST)
--G
Content-Type: message/rfc822

Message-ID: <5@company.example>
Subject: Re: Order

x
--G--
`, "<5@company.example>", Failure{"eve@customer.example", "failed", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."}},
		{"Domino: a person's address in the subject, RFC 3464 of its own kind", `
From: Mail Router <MAILER-DAEMON@notes.company.example>
Subject: DELIVERY FAILURE: User eve (eve@customer.example) not listed in Domino Directory
Content-Type: multipart/report; report-type=delivery-status; boundary=D

--D
Content-Type: text/plain

Your message

  Subject: Order

was not delivered to:

  eve@customer.example

because:

  User eve (eve@customer.example) not listed in Domino Directory
--D
Content-Type: message/delivery-status

Reporting-MTA: dns;notes.company.example

Final-Recipient: rfc822;eve@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Notes; User eve (eve@customer.example) not listed in Domino Directory
--D
Content-Type: message/rfc822

Message-ID: <OF6@company.example>
Subject: Order

x
--D--
`, "<OF6@company.example>", Failure{"eve@customer.example", "failed", "5.1.1", "User eve (eve@customer.example) not listed in Domino Directory"}},
		{"Domino without a report", `
From: MAILER-DAEMON@notes.company.example
Subject: DELIVERY FAILURE: Error transferring to MX.CUSTOMER.EXAMPLE
In-Reply-To: <7@company.example>

Your Document:  Order
was not delivered to:  eve@customer.example
at:  15:31:00 Today
because:
Error transferring to MX.CUSTOMER.EXAMPLE; Maximum hop count exceeded.  Message probably in a routing loop.
`, "<7@company.example>", Failure{"eve@customer.example", "failed", "", "was not delivered to: eve@customer.example at: 15:31:00 Today because: Error transferring to MX.CUSTOMER.EXAMPLE; Maximum hop count exceeded. Message probably in a routing loop."}},
		{"qmail: plain text with the message below", `
Return-Path: <>
From: MAILER-DAEMON@mx.company.example
Subject: failure notice

Hi. This is the qmail-send program at mx.company.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<eve@customer.example>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <help@company.example>
Received: (qmail 1 invoked by uid 1); 5 Mar 2026 14:30:15 -0000
Message-ID: <8@company.example>
From: help@company.example
To: eve@customer.example
Subject: Re: Order

text
`, "<8@company.example>", Failure{"eve@customer.example", "failed", "5.1.1", "<eve@customer.example>: 192.0.2.7 does not like recipient. Remote host said: 550 5.1.1 User unknown Giving up on 192.0.2.7."}},
		{"Exim: a header, and the message below", `
Return-Path: <>
X-Failed-Recipients: eve@customer.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.company.example>
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  eve@customer.example
    host mx.customer.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<eve@customer.example>:
    550 unknown user

------ This is a copy of your message, including all the headers. ------

Message-Id: <9@company.example>
From: help@company.example
Subject: Re: Order

text
`, "<9@company.example>", Failure{"eve@customer.example", "failed", "5.0.0", "eve@customer.example host mx.customer.example [192.0.2.7] SMTP error from remote mail server after RCPT TO:<eve@customer.example>: 550 unknown user"}},
		{"forwarded on the way: the address that we wrote to counts", `
Return-Path: <>
From: postmaster@elsewhere.example
Content-Type: multipart/report; report-type=delivery-status; boundary=P

--P

no
--P
Content-Type: message/delivery-status

Reporting-MTA: dns; elsewhere.example

Original-Recipient: rfc822;eve@customer.example
Final-Recipient: rfc822;eve.private@elsewhere.example
Action: FAILED (mailbox full)
Status: 5.2.2 (mailbox full)
--P
Content-Type: message/rfc822

Message-ID: <10@company.example>

--P--
`, "<10@company.example>", Failure{"eve@customer.example", "failed", "5.2.2", ""}},
	}
	for _, tt := range tests {
		m := readString(crlf(tt.message), Options{})
		if m.Bounce == nil || m.Auto.Kind != AutoBounce {
			t.Errorf("%s: it is not seen as a bounce, but as %q", tt.rule, m.Auto.Kind)
			continue
		}
		if m.Bounce.OriginalID != tt.id {
			t.Errorf("%s: the message is %q, want %q", tt.rule, m.Bounce.OriginalID, tt.id)
		}
		if len(m.Bounce.Failures) != 1 || m.Bounce.Failures[0] != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.rule, m.Bounce.Failures, tt.want)
		}
		if m.Bounce.Permanent() != (tt.want.Action == "failed") {
			t.Errorf("%s: permanent %v", tt.rule, m.Bounce.Permanent())
		}
		if keys := m.ThreadKeys(); len(keys) == 0 || keys[0] != tt.id {
			t.Errorf("%s: its thread is %q", tt.rule, keys)
		}
		if may, _ := MayAutoReply(m, nil); may {
			t.Errorf("%s: a program may answer it", tt.rule)
		}
	}
}

// Reports of several recipients tell of each.
func TestBounceOfMany(t *testing.T) {
	m := readString(crlf(`
From: MAILER-DAEMON@x.example
Content-Type: multipart/report; report-type=delivery-status; boundary=P

--P

x
--P
Content-Type: message/delivery-status

Reporting-MTA: dns; x

Final-Recipient: rfc822; a@x.example
Action: delivered
Status: 2.0.0

Final-Recipient: rfc822; b@x.example
Action: failed
Status: 5.1.1
--P--
`), Options{})
	if m.Bounce == nil || len(m.Bounce.Failures) != 2 || m.Bounce.Failures[0].Action != "delivered" || !m.Bounce.Permanent() {
		t.Errorf("%+v", m.Bounce)
	}
}

// What only mentions a failed delivery is a customer's message, and is routed as one.
func TestNoBounce(t *testing.T) {
	for _, message := range []string{
		"From: eve@customer.example\nSubject: Undeliverable parcel\n\nYour parcel could not be delivered.\n",
		"From: eve@customer.example\nSubject: Fwd: Undelivered Mail Returned to Sender\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n--b\nContent-Type: message/rfc822\n\n" +
			"From: MAILER-DAEMON@x\nContent-Type: multipart/report; report-type=delivery-status; boundary=P\n\n--P\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@x\nAction: failed\n--P--\n--b--\n",
		"Return-Path: <>\nFrom: postmaster@customer.example\nSubject: Your invoice\n\nPlease send it again.\n",
	} {
		if m := readString(crlf(message), Options{}); m.Bounce != nil {
			t.Errorf("%s\nis seen as a bounce: %+v", strings.SplitN(message, "\n\n", 2)[0], m.Bounce)
		}
	}
}
