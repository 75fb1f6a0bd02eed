package mailpeer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const dovecotPath = "/usr/sbin/dovecot"

// What Dovecot 2.3 offers beside IMAP4rev1, before and after the login; options take
// from it.
const (
	capabilities = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SPECIAL-USE LITERAL+ QUOTA"
)

func (p *Peer) configureDovecot() error {
	for _, dir := range []string{p.path("dovecot", "run"), p.path("dovecot", "state"), p.path("mail")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := os.Chown(p.path("mail"), p.uid, p.gid); err != nil {
		return err
	}
	oauth := fmt.Sprintf("tokeninfo_url = %s/tokeninfo?access_token=\nusername_attribute = email\nactive_attribute = active\nactive_value = yes\n", p.tokens.url)
	if err := os.WriteFile(p.path("dovecot", "oauth2.conf"), []byte(oauth), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(p.path("dovecot", "dovecot.conf"), []byte(p.dovecotConf()), 0o600); err != nil {
		return err
	}
	p.Dovecot = &Server{dir: p.dir, name: "Dovecot", ports: []int{p.IMAP, p.LMTP}, logs: p.path("dovecot", "log"),
		command: []string{dovecotPath, "-F", "-c", p.path("dovecot", "dovecot.conf")},
		clean:   p.forgetKilled}
	return nil
}

// forgetKilled removes what a killed Dovecot leaves behind. A lock in a mailbox names a
// process; if another has its number by now, Dovecot waits two minutes before it goes on.
func (p *Peer) forgetKilled() {
	os.Remove(p.path("dovecot", "run", "master.pid"))
	for _, pattern := range []string{"*.lock", ".*/*.lock"} {
		locks, _ := filepath.Glob(p.path("mail", "*", "Maildir", pattern))
		for _, lock := range locks {
			os.Remove(lock)
		}
	}
}

func (p *Peer) dovecotConf() string {
	sessions := p.options.SessionsMax
	if sessions == 0 {
		sessions = 100
	}
	plain := "no"
	if p.options.TLSOnly {
		plain = "yes"
	}
	capability := ""
	if len(p.options.Without) > 0 {
		var kept []string
		for _, word := range strings.Fields(capabilities) {
			if !contains(p.options.Without, word) {
				kept = append(kept, word)
			}
		}
		capability = "imap_capability = " + strings.Join(kept, " ")
	}
	return strings.NewReplacer("DIR", p.dir, "IMAPPORT", fmt.Sprint(p.IMAP), "IMAPSPORT", fmt.Sprint(p.IMAPS), "LMTPPORT", fmt.Sprint(p.LMTP),
		"SESSIONS", fmt.Sprint(sessions), "PLAIN", plain, "CAPABILITY", capability).Replace(dovecotTemplate)
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

const dovecotTemplate = `
base_dir = DIR/dovecot/run
state_dir = DIR/dovecot/state
log_path = DIR/dovecot/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <DIR/tls/server.pem
ssl_key = <DIR/tls/server.key
disable_plaintext_auth = PLAIN
login_trusted_networks =
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_plugins = quota
shutdown_clients = yes
default_vsz_limit = 1G
protocol imap {
  mail_plugins = quota imap_quota
  mail_max_userip_connections = SESSIONS
  CAPABILITY
}
protocol lmtp {
  postmaster_address = postmaster@portico.test
  hostname = mail.portico.test
}
lmtp_hdr_delivery_address = none
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
plugin {
  quota = count:User quota
  quota_vsizes = yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \Sent
    auto = subscribe
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = DIR/dovecot/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%Lu DIR/users/%Lu
}
userdb {
  driver = passwd-file
  args = username_format=%Lu DIR/users/%Lu
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = IMAPPORT
  }
  inet_listener imaps {
    port = IMAPSPORT
    ssl = yes
  }
  service_count = 0
  process_min_avail = 1
  client_limit = 1000
}
service imap {
  process_limit = 500
}
service lmtp {
  inet_listener lmtp {
    port = LMTPPORT
  }
  client_limit = 1
}
service stats {
  chroot =
}
service auth {
  unix_listener DIR/postfix/spool/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
`
