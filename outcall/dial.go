package outcall

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// addresses gives those at which a host may be reached. The name is looked up once,
// and exactly what was judged is dialled, so that no second answer of a name server
// leads elsewhere. One address that may not be reached refuses them all: an honest
// name does not point in and out at the same time.
func (c *Outcall) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	var found []netip.Addr
	if ip, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{ip}
	} else if host == "" || endsInNumber(host) {
		return nil, errSpelling
	} else if found, err = c.o.Resolver.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, fmt.Errorf("%w: %w", filled(errNoHost, "host", host), err)
	}
	if len(found) == 0 {
		return nil, filled(errNoHost, "host", host)
	}
	allow := c.o.Allow()
	named := allow.host(host)
	for i, ip := range found {
		found[i] = ip.Unmap()
		if !c.mayReach(allow, named, ip) {
			return nil, filled(errForbidden, "host", host, "address", ip.Unmap().String())
		}
	}
	return found, nil
}

// mayReach judges one address of a host. Named says that the site lists the host.
func (c *Outcall) mayReach(allow Allow, named bool, ip netip.Addr) bool {
	if allow.network(ip.Unmap()) && ip.Zone() == "" {
		return true
	}
	switch reachOf(ip) {
	case public:
		// This machine's public address leads to what listens inside, too.
		return named || !slices.Contains(c.o.Own(), ip.Unmap())
	case inside:
		return named
	}
	return false
}

// dial connects to a host, at the first of its addresses that answers.
func (c *Outcall) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found, err := c.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	return dialFirst(ctx, network, found, port)
}

// dialFirst tries addresses in order. Each has its share of the time that is left.
func dialFirst(ctx context.Context, network string, found []netip.Addr, port string) (net.Conn, error) {
	var last error
	for i, ip := range found {
		each := ctx
		cancel := context.CancelFunc(func() {})
		if deadline, ok := ctx.Deadline(); ok && i < len(found)-1 {
			each, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(len(found)-i))
		}
		var d net.Dialer
		conn, err := d.DialContext(each, network, net.JoinHostPort(ip.String(), port))
		cancel()
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, fmt.Errorf("%w: %w", errNotReached, last)
}
