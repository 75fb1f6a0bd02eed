package mailpeer

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"
)

const postfixPath = "/usr/lib/postfix/sbin/master"

func (p *Peer) configurePostfix() error {
	owner, err := user.Lookup("postfix")
	if err != nil {
		return fmt.Errorf("%w: there is no user postfix", ErrCannot)
	}
	group, err := user.LookupGroup("postdrop")
	if err != nil {
		return fmt.Errorf("%w: there is no group postdrop", ErrCannot)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	drop, _ := strconv.Atoi(group.Gid)
	for _, d := range []struct {
		name  string
		mode  os.FileMode
		owner int
		group int
	}{
		{"conf", 0o755, 0, 0}, {"data", 0o700, uid, 0}, {"spool", 0o755, 0, 0}, {"spool/pid", 0o755, 0, 0},
		{"spool/private", 0o700, uid, 0}, {"spool/public", 0o710, uid, drop}, {"spool/maildrop", 0o730, uid, drop},
		{"spool/active", 0o700, uid, 0}, {"spool/bounce", 0o700, uid, 0}, {"spool/corrupt", 0o700, uid, 0},
		{"spool/defer", 0o700, uid, 0}, {"spool/deferred", 0o700, uid, 0}, {"spool/flush", 0o700, uid, 0},
		{"spool/hold", 0o700, uid, 0}, {"spool/incoming", 0o700, uid, 0}, {"spool/saved", 0o700, uid, 0}, {"spool/trace", 0o700, uid, 0},
	} {
		path := p.path("postfix", d.name)
		if err := os.MkdirAll(path, d.mode); err != nil {
			return err
		}
		if err := os.Chown(path, d.owner, d.group); err != nil {
			return err
		}
		if err := os.Chmod(path, d.mode); err != nil { // whatever the umask
			return err
		}
	}
	relay := "permit_mynetworks, permit_sasl_authenticated, reject"
	if p.options.LoginToSend {
		relay = "permit_sasl_authenticated, reject"
	}
	tlsOnly := "no"
	if p.options.TLSOnly {
		tlsOnly = "yes"
	}
	r := strings.NewReplacer("DIR", p.dir, "SMTPPORT", strconv.Itoa(p.SMTP), "SMTPSPORT", strconv.Itoa(p.SMTPS), "LMTPPORT", strconv.Itoa(p.LMTP), "WORLDPORT", strconv.Itoa(p.world),
		"LOOKUP", "socketmap:inet:"+p.lookups.address, "RELAY", relay, "TLSONLY", tlsOnly)
	if err := os.WriteFile(p.path("postfix", "conf", "main.cf"), []byte(r.Replace(mainTemplate)), 0o644); err != nil {
		return err
	}
	// Postfix waits until main.cf is 2 s old, lest somebody still writes to it.
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(p.path("postfix", "conf", "main.cf"), old, old); err != nil {
		return err
	}
	if err := os.WriteFile(p.path("postfix", "conf", "master.cf"), []byte(r.Replace(masterTemplate)), 0o644); err != nil {
		return err
	}
	p.Postfix = &Server{dir: p.dir, name: "Postfix", ports: []int{p.SMTP, p.world}, logs: p.path("postfix", "log"),
		command: []string{postfixPath, "-d", "-c", p.path("postfix", "conf")}}
	return nil
}

// Mail to the users goes by LMTP to Dovecot, whatever the domain; there is no way
// out. Lookups are asked of this process, so that changes count at once.
const mainTemplate = `
compatibility_level = 3.6
queue_directory = DIR/postfix/spool
data_directory = DIR/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = DIR/postfix/log
maillog_file_prefixes = DIR
myhostname = mail.portico.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:there are no local users
default_transport = error:5.1.2 Mail does not leave this server
relay_transport = error:5.1.2 Mail does not leave this server
virtual_mailbox_domains = static:all
virtual_mailbox_maps = LOOKUP:mailbox
virtual_alias_maps = LOOKUP:alias
virtual_transport = lmtp:inet:127.0.0.1:LMTPPORT
transport_maps = LOOKUP:transport
lmtp_destination_recipient_limit = 1
recipient_delimiter =
smtpd_sender_restrictions = check_sender_access LOOKUP:access
smtpd_recipient_restrictions = check_recipient_access LOOKUP:access, permit
smtpd_relay_restrictions = RELAY
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = TLSONLY
smtpd_tls_cert_file = DIR/tls/server.pem
smtpd_tls_key_file = DIR/tls/server.key
smtpd_tls_security_level = may
smtpd_tls_loglevel = 0
smtpd_timeout = 60s
message_size_limit = 52428800
virtual_mailbox_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
service_throttle_time = 1s
bounce_queue_lifetime = 1d
notify_classes =
smtpd_client_connection_count_limit = 0
`

// The queue manager is woken every second: a message that it found still locked by the
// attempt before goes back to what is incoming, where it would wait for the next mail or for
// five minutes.
const masterTemplate = `
127.0.0.1:SMTPPORT inet n - n - 100 smtpd
127.0.0.1:WORLDPORT inet n - n - 100 smtpd
  -o smtpd_sasl_auth_enable=no
  -o smtpd_relay_restrictions=permit_mynetworks,reject
127.0.0.1:SMTPSPORT inet n - n - 100 smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp flags=DOR
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
