package outcall

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"portico/fault"
)

// Allow lists what of the own network may be reached: hosts, whose addresses may then
// be private, and networks. The zero value allows none of it.
type Allow struct {
	hosts    []string // lower case; a * stands for any part of a name
	networks []netip.Prefix
}

// AllowMax is how many entries the site's list may have.
const AllowMax = 200

var errAllow = fault.New(fault.Invalid, "outside_allow", "An entry is the name of a host, in which * stands for any part (*.intern.example.com), or a network (10.1.0.0/16).").On("outside_allow")

// ParseAllow reads the site's list.
func ParseAllow(entries []string) (Allow, error) {
	var a Allow
	if len(entries) > AllowMax {
		return a, errAllow
	}
	for _, e := range entries {
		e = strings.ToLower(strings.TrimSpace(e))
		if network, err := netip.ParsePrefix(e); err == nil {
			if network.Bits() == 0 {
				return a, filled(errAllow, "entry", e)
			}
			a.networks = append(a.networks, network.Masked())
			continue
		}
		if address, err := netip.ParseAddr(e); err == nil && address.Zone() == "" {
			a.networks = append(a.networks, netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()))
			continue
		}
		if !isHostPattern(e) {
			return a, filled(errAllow, "entry", e)
		}
		a.hosts = append(a.hosts, e)
	}
	return a, nil
}

// isHostPattern accepts names of hosts with stars, but nothing that would allow every
// name, or all of one ending such as *.com.
func isHostPattern(p string) bool {
	if p == "" || len(p) > 253 {
		return false
	}
	for _, r := range p {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-._*", r) {
			return false
		}
	}
	labels := strings.Split(p, ".")
	if slices.Contains(labels, "") || endsInNumber(p) {
		return false
	}
	plain := len(labels) - 1
	for plain >= 0 && !strings.Contains(labels[plain], "*") {
		plain--
	}
	return plain < 0 || len(labels)-1-plain >= 2 // stars only before two whole labels
}

func (a Allow) host(name string) bool {
	return slices.ContainsFunc(a.hosts, func(pattern string) bool {
		ok, err := path.Match(pattern, name) // no name holds a slash
		return ok && err == nil
	})
}

func (a Allow) network(ip netip.Addr) bool {
	return slices.ContainsFunc(a.networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// reach sorts addresses by who may be reached there.
type reach uint8

const (
	public reach = iota
	// inside is the own network and this machine: only what the site lists, by the name
	// of the host or by network.
	inside
	// never is what no host's name can open, only a network that is listed: places
	// where machines give away their secrets, and addresses of many or of nobody.
	never
)

// reserved are the networks that are not the public internet.
var reserved = []struct {
	network netip.Prefix
	reach   reach
}{
	{netip.MustParsePrefix("0.0.0.0/8"), never}, // on many systems: this machine
	{netip.MustParsePrefix("10.0.0.0/8"), inside},
	{netip.MustParsePrefix("100.100.100.200/32"), never}, // metadata of a cloud
	{netip.MustParsePrefix("100.64.0.0/10"), inside},     // RFC 6598
	{netip.MustParsePrefix("127.0.0.0/8"), inside},
	{netip.MustParsePrefix("168.63.129.16/32"), never}, // metadata of a cloud, at a public address
	{netip.MustParsePrefix("169.254.0.0/16"), never},   // link-local; metadata of most clouds
	{netip.MustParsePrefix("172.16.0.0/12"), inside},
	{netip.MustParsePrefix("192.0.0.0/24"), never}, // RFC 6890; metadata of a cloud
	{netip.MustParsePrefix("192.0.2.0/24"), never}, // for documentation, as below
	{netip.MustParsePrefix("192.88.99.0/24"), never},
	{netip.MustParsePrefix("192.168.0.0/16"), inside},
	{netip.MustParsePrefix("198.18.0.0/15"), inside}, // RFC 2544: benchmarks in closed networks
	{netip.MustParsePrefix("198.51.100.0/24"), never},
	{netip.MustParsePrefix("203.0.113.0/24"), never},
	{netip.MustParsePrefix("224.0.0.0/3"), never}, // multicast, reserved, broadcast

	{netip.MustParsePrefix("::1/128"), inside},
	{netip.MustParsePrefix("::/96"), never}, // nobody, and the old IPv4-compatible addresses
	{netip.MustParsePrefix("64:ff9b:1::/48"), never},
	{netip.MustParsePrefix("100::/64"), never},
	{netip.MustParsePrefix("2001::/23"), never}, // Teredo and other protocols' own
	{netip.MustParsePrefix("2001:db8::/32"), never},
	{netip.MustParsePrefix("3fff::/20"), never},
	{netip.MustParsePrefix("5f00::/16"), never},
	{netip.MustParsePrefix("fd00:ec2::254/128"), never}, // metadata of a cloud
	{netip.MustParsePrefix("fc00::/7"), inside},
	{netip.MustParsePrefix("fe80::/10"), never},
	{netip.MustParsePrefix("fec0::/10"), inside}, // RFC 3879: site-local, as it was
	{netip.MustParsePrefix("ff00::/8"), never},
}

// nat64 and sixToFour hold an IPv4 address within an IPv6 one.
var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

// reachOf sorts an address. An IPv4 address is judged as what it is, however it is
// wrapped in an IPv6 one.
func reachOf(ip netip.Addr) reach {
	if !ip.IsValid() || ip.Zone() != "" {
		return never
	}
	ip = ip.Unmap()
	if ip.Is6() {
		b := ip.As16()
		switch {
		case nat64.Contains(ip):
			return reachOf(netip.AddrFrom4([4]byte(b[12:])))
		case sixToFour.Contains(ip):
			return reachOf(netip.AddrFrom4([4]byte(b[2:6])))
		}
	}
	for _, r := range reserved {
		if r.network.Contains(ip) {
			return r.reach
		}
	}
	return public
}

// endsInNumber reports whether a host's name ends as an address does. What netip does
// not take for one may be one to others: 2130706433, 0177.0.0.1, 0x7f.1, 127.1.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return false
	}
	if hex, ok := strings.CutPrefix(strings.ToLower(last), "0x"); ok {
		return !strings.ContainsFunc(hex, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
	}
	return !strings.ContainsFunc(last, func(r rune) bool { return r < '0' || r > '9' })
}
