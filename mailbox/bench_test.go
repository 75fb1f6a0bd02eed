package mailbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkIntake takes in messages of 20 KiB that wait in a real mailbox, with a Sink
// that keeps them at once: what IMAP, parsing and filing cost.
func BenchmarkIntake(b *testing.B) {
	const count = 1000
	p := shared.Peer(b)
	body := strings.Repeat("This is a line of an ordinary message, with seventy characters in it.\r\n", 285)
	for b.Loop() {
		b.StopTimer()
		h := benchHouse(b, p)
		if err := p.Fill(h.account.Address, "INBOX", count, func(i int) []byte { return append(text(fmt.Sprintf("m-%06d", i)), body...) }); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		h.boxes = New(h.options)
		h.boxes.Configure([]Account{h.account})
		for h.ledger.taken() < count {
			time.Sleep(time.Millisecond)
		}
		b.StopTimer()
		h.boxes.Stop()
		b.StartTimer()
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
