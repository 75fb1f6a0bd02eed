package outcall

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"portico/workflow"
)

// Every way to write an address of the own network leads to the same refusal, and
// nobody is dialled.
func TestForbiddenAddresses(t *testing.T) {
	h := newHouse(t)
	h.own = []netip.Addr{netip.MustParseAddr("93.184.216.34")}
	h.names.set("rebound.example.com", "127.0.0.1")
	h.names.set("mapped.example.com", "::ffff:10.0.0.1")
	h.names.set("myself.example.com", "93.184.216.34")
	for _, host := range []string{
		"127.0.0.1", "127.8.8.8", "localhost.example.com.", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
		"169.254.169.254", "169.254.1.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
		"168.63.129.16", "100.100.100.200", "192.0.0.192",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]",
		"[2002:7f00:1::]", "[2001::1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[ff02::1]",
		"rebound.example.com", "mapped.example.com", "myself.example.com", "REBOUND.example.com.",
	} {
		if strings.HasPrefix(host, "localhost") {
			h.names.set("localhost.example.com", "127.0.0.1")
		}
		want(t, host, h.get(t, workflow.WebCall{URL: "http://" + host + "/"}, 0), workflow.ExitError, "outcall_forbidden")
	}
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.0.01", "017700000001", "1.2.3.4.5", "0x7f.1."} {
		want(t, host, h.get(t, workflow.WebCall{URL: "http://" + host + "/"}, 0), workflow.ExitError, "outcall_spelling")
	}
	want(t, "unknown", h.get(t, workflow.WebCall{URL: "http://nobody.example.com/"}, 0), workflow.ExitError, "outcall_no_host")
}

// A name is looked up once, and what was judged is what is dialled: a name server that
// answers differently the second time leads nowhere.
func TestRebinding(t *testing.T) {
	h := newHouse(t, "127.0.0.1/32")
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	h.names.set("good.example.com", "127.0.0.1", "10.0.0.1")
	if r := h.get(t, workflow.WebCall{URL: "http://good.example.com:" + port, OK: []int{404}}, 0); r.Exit != workflow.ExitNext || h.names.asked["good.example.com"] != 1 {
		t.Errorf("%+v after %d questions", r, h.names.asked["good.example.com"])
	}
	h.client.CloseIdleConnections()
	want(t, "the second answer", h.get(t, workflow.WebCall{URL: "http://good.example.com:" + port}, 0), workflow.ExitError, "outcall_forbidden")

	// One bad address among good ones is enough.
	h.names.names["mixed.example.com"] = [][]netip.Addr{{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.0.0.1")}}
	want(t, "mixed", h.get(t, workflow.WebCall{URL: "http://mixed.example.com:" + port}, 0), workflow.ExitError, "outcall_forbidden")
}

// The site's list opens the own network by host and by network; what gives secrets of
// machines away opens by network alone.
func TestAllow(t *testing.T) {
	h := newHouse(t, "crm.example.com", "*.intern.example.com", "10.1.0.0/16", "fd00::/8", "fe80::/10")
	h.names.set("crm.example.com", "192.168.1.1")
	h.names.set("a.intern.example.com", "127.0.0.1")
	h.names.set("meta.intern.example.com", "169.254.169.254")
	h.names.set("intern.example.com", "10.0.0.1")
	h.names.set("x.crm.example.com", "10.0.0.1")
	for host, ok := range map[string]bool{"crm.example.com": true, "CRM.example.com.": true, "a.intern.example.com": true, "10.1.2.3": true, "::ffff:10.1.2.3": true,
		"10.2.0.1": false, "meta.intern.example.com": false, "intern.example.com": false, "x.crm.example.com": false, "fd00::7": true, "fe80::1": true, "fe80::1%eth0": false,
		"8.8.8.8": true, "2606:4700::1111": true} {
		if _, err := h.addresses(context.Background(), host); (err == nil) != ok {
			t.Errorf("%s: %v, want allowed %v", host, err, ok)
		}
	}
	for _, entry := range []string{"", "*", "*.com", "*.*", "a.*", "0.0.0.0/0", "::/0", "http://a", "a b", "10.0.0.0/33", "127.1", "0x7f.1", "a..b", "fe80::1%eth0", strings.Repeat("a", 254)} {
		if _, err := ParseAllow([]string{entry}); err == nil {
			t.Errorf("%q was taken", entry)
		}
	}
	for _, entry := range []string{"localhost", "crm", "10.0.0.1", "::1", "db-*.intern.example.com", "10.0.0.0/8"} {
		if _, err := ParseAllow([]string{entry}); err != nil {
			t.Errorf("%q was refused", entry)
		}
	}
}

// However an IPv4 address is wrapped, it is judged as what it is.
func FuzzReach(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Add([]byte{169, 254, 169, 254})
	f.Add([]byte{8, 8, 8, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != 4 {
			return
		}
		v4 := netip.AddrFrom4([4]byte(b))
		plain := reachOf(v4)
		if (v4.IsLoopback() || v4.IsPrivate() || v4.IsLinkLocalUnicast() || v4.IsMulticast() || v4.IsUnspecified()) && plain == public {
			t.Fatalf("%s is public", v4)
		}
		six := func(prefix string, at int) netip.Addr {
			raw := netip.MustParseAddr(prefix).As16()
			copy(raw[at:], b)
			return netip.AddrFrom16(raw)
		}
		for _, wrapped := range []netip.Addr{six("::ffff:0:0", 12), six("64:ff9b::", 12), six("2002::", 2)} {
			if reachOf(wrapped) != plain {
				t.Fatalf("%s is %d, %s is %d", v4, plain, wrapped, reachOf(wrapped))
			}
		}
		if reachOf(six("::", 12)) == public {
			t.Fatalf("%s is public", six("::", 12))
		}
	})
}
