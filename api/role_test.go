package api_test

import (
	"maps"
	"strings"
	"testing"
)

// mayPass is who may use each operation: sa, pa (business administrator), sv, ag,
// and the tokens t-sa, t-pa, t-sv. It is written by hand, apart from the code, so
// that a slip there is seen here.
var mayPass = keptBy(map[string]string{
	"setup-state": "public", "first-start": "public", "sign-in": "public",
	"who-am-i": "all tokens", "sign-out": "all", "change-own-password": "all",
	"set-password": "sa pa t-sa t-pa",
	"list-tokens":  "sa pa t-sa t-pa", "create-token": "sa pa t-sa t-pa", "revoke-token": "sa pa t-sa t-pa",
	"read-settings": "sa pa t-sa t-pa", "change-settings": "sa t-sa", "list-audit": "sa pa t-sa t-pa", "export-audit": "sa pa t-sa t-pa", "verify-audit": "sa pa t-sa t-pa",
	"revert-audit": "sa pa t-sa t-pa", "change-own-language": "all",
	"read-desk": "sv ag", "set-agent-state": "sv ag", "sign-out-agent": "sv ag",
	"list-contacts": "all tokens", "read-contact": "all tokens", "list-contact-facts": "all tokens", "list-messages": "all tokens",
	"read-attachment": "all tokens", "read-transcript": "all tokens",
	"accept-contact": "sv ag", "decline-contact": "sv ag", "finish-contact": "sv ag", "wrap-up-contact": "sv ag", "extend-contact": "sv ag",
	"transfer-contact": "sv ag", "requeue-contact": "sv ag", "pick-contact": "sv ag",
	"invite-contact": "sv ag", "join-contact": "sv ag", "role-contact": "sv ag", "leave-contact": "sv ag", "hand-over-contact": "sv ag",
	"take-over-contact": "sv ag", "end-contact": "sa pa sv t-sa t-pa t-sv",
	"steer-agent-state": "sa pa sv t-sa t-pa t-sv", "steer-agent-sign-out": "sa pa sv t-sa t-pa t-sv",
	"steer-agent-skills": "sa pa sv t-sa t-pa t-sv", "read-agent-queues": "sa pa sv t-sa t-pa t-sv", "steer-agent-queues": "sa pa sv t-sa t-pa t-sv",
	"create-contact":   "sa pa sv t-sa t-pa t-sv",
	"reassign-contact": "sa pa sv t-sa t-pa t-sv", "priority-contact": "sa pa sv t-sa t-pa t-sv",
	"send-message": "sv ag", "read-draft": "sv ag", "save-draft": "sv ag", "mark-read": "sv ag", "attach-file": "sv ag",
	"queue-figures": "all tokens", "agent-figures": "all tokens",
	"list-alerts": "sa pa sv t-sa t-pa t-sv", "change-alert": "sa pa sv t-sa t-pa t-sv",
	"list-offline-requests": "sa pa sv t-sa t-pa t-sv", "change-offline-request": "sa pa sv t-sa t-pa t-sv", "read-satisfaction": "sa pa sv t-sa t-pa t-sv",
	"day-figures": "sa pa sv t-sa t-pa t-sv", "read-agent-day": "sv ag",
	"list-customers": "all tokens", "create-customer": "all tokens", "read-customer": "all tokens", "change-customer": "all tokens",
	"export-customers": "sa pa t-sa t-pa", "import-customers": "sa pa t-sa t-pa",
	"remove-customer": "sa pa t-sa t-pa", "bulk-customers": "sa pa t-sa t-pa", "list-customer-contacts": "all tokens", "link-contact": "all tokens",
	"read-customer-reach": "sa pa t-sa t-pa", "erase-customer": "sa pa t-sa t-pa", "list-erasures": "sa pa t-sa t-pa",
	"erase-contact": "sa pa t-sa t-pa", "list-history": "sa pa sv t-sa t-pa t-sv", "list-facts": "sa pa sv t-sa t-pa t-sv", "search": "all tokens",
	"export-users": "sa pa sv t-sa t-pa t-sv", "import-users": "sa pa t-sa t-pa",
	"export-teams": "all tokens", "import-teams": "sa pa t-sa t-pa", "export-skills": "all tokens", "import-skills": "sa pa t-sa t-pa",
	"export-queues": "all tokens", "import-queues": "sa pa t-sa t-pa", "export-reasons": "all tokens", "import-reasons": "sa pa t-sa t-pa",
	"export-responses": "all tokens", "import-responses": "sa pa sv t-sa t-pa t-sv",
	"export-schedules": "all tokens", "import-schedules": "sa pa t-sa t-pa", "export-chat-languages": "all tokens", "import-chat-languages": "sa pa t-sa t-pa",
	"export-units": "sa t-sa", "import-units": "sa t-sa",
	"check-workflow": "sa pa t-sa t-pa", "test-workflow": "sa pa t-sa t-pa", "import-workflow": "sa pa t-sa t-pa",
	"release-workflow": "sa pa t-sa t-pa", "use-workflow-release": "sa pa t-sa t-pa",
	"list-workflow-releases": "sa pa sv t-sa t-pa t-sv", "read-workflow-release": "sa pa sv t-sa t-pa t-sv",
	"compare-workflow": "sa pa sv t-sa t-pa t-sv", "export-workflow": "sa pa sv t-sa t-pa t-sv", "workflow-counts": "sa pa sv t-sa t-pa t-sv",
	"contact-path": "all tokens", "list-workflows": "all tokens",
	"export-categories": "all tokens", "import-categories": "sa pa t-sa t-pa",
	"export-desk-profiles": "all tokens", "import-desk-profiles": "sa pa t-sa t-pa",
	"export-excluded-numbers": "all tokens", "import-excluded-numbers": "sa pa t-sa t-pa",
	"read-chat-settings": "all tokens", "change-chat-settings": "sa pa t-sa t-pa", "chat-settings-versions": "all tokens", "revert-chat-settings": "sa pa t-sa t-pa",
	"read-contact-data": "sa pa sv t-sa t-pa t-sv", "change-contact-data": "sa pa t-sa t-pa", "contact-data-versions": "sa pa sv t-sa t-pa t-sv", "revert-contact-data": "sa pa t-sa t-pa",
	"test-connection": "sa pa t-sa t-pa", "test-function": "sa pa t-sa t-pa",
	"settings-versions": "sa pa t-sa t-pa", "revert-settings": "sa t-sa",
	"check-mail-account": "sa pa t-sa t-pa", "mail-account-state": "sa pa sv t-sa t-pa t-sv",
	"read-mail-settings": "sa pa sv t-sa t-pa t-sv", "change-mail-settings": "sa pa t-sa t-pa", "mail-settings-versions": "sa pa sv t-sa t-pa t-sv", "revert-mail-settings": "sa pa t-sa t-pa",
	"list-mail-addresses": "sv ag", "bring-mail-file": "sv ag", "read-mail-file": "sv ag", "read-raw-mail": "all tokens",
	"list-mails": "all tokens", "read-mail-part": "all tokens", "read-thread": "all tokens",
	"read-mail-draft": "sv ag", "save-mail-draft": "sv ag", "send-mail": "sv ag", "create-mail": "sv ag", "defer-contact": "sv ag", "consult-expert": "sv ag",
	"list-mail-approvals": "sa pa sv t-sa t-pa t-sv", "decide-mail-approval": "sa pa sv t-sa t-pa t-sv", "read-mail-queue": "sa pa sv t-sa t-pa t-sv",
	"list-waiting-mails": "sa pa sv t-sa t-pa t-sv", "try-waiting-mail": "sa pa sv t-sa t-pa t-sv", "give-up-waiting-mail": "sa pa sv t-sa t-pa t-sv",
	"list-mail-exceptions": "sa pa sv t-sa t-pa t-sv", "hand-over-mail": "sa pa sv t-sa t-pa t-sv", "dismiss-mail-exception": "sa pa sv t-sa t-pa t-sv",
	"warn-mail-account": "sa pa t-sa t-pa", "read-mail-signature": "sv ag",
	"export-blocked-senders": "all tokens", "import-blocked-senders": "sa pa sv t-sa t-pa t-sv",
},
	"user users:sv t-sv:", "skill skills:*:", "queue queues:*:", "reason reasons:*:", "team teams:*:", "schedule schedules:*:",
	"chat-language chat-languages:*:", "response responses:*:*", "excluded-number excluded-numbers:*:", "view views:sv t-sv:sv t-sv", "threshold thresholds:sv t-sv:sv t-sv",
	"category categories:*:", "desk-profile desk-profiles:*:", "secret secrets::", "connection connections:sv t-sv:", "function functions:sv t-sv:",
	"workflow workflows:sv t-sv:",
	"mail-account mail-accounts:sv t-sv:", "signature signatures:*:", "blocked-sender blocked-senders:*:sv t-sv",
	"unit units:-:-")

// keptBy adds what every kind of object has. Each is its name, its path, and who but
// the administrators may read and change it; * is everybody, - system administrators alone.
func keptBy(rows map[string]string, kinds ...string) map[string]string {
	who := func(more string) string {
		switch more {
		case "*":
			return "all tokens"
		case "-":
			return "sa t-sa"
		}
		return "sa pa t-sa t-pa " + more
	}
	for _, kind := range kinds {
		part := strings.Split(kind, ":")
		one, many, _ := strings.Cut(part[0], " ")
		for _, read := range []string{"list-" + many, "read-" + one, one + "-uses", one + "-versions"} {
			if rows[read] == "" { // a row of its own goes first
				rows[read] = who(part[1])
			}
		}
		for _, change := range []string{"create-" + one, "change-" + one, "remove-" + one, "revert-" + one, "bulk-" + many} {
			rows[change] = who(part[2])
		}
	}
	return rows
}

func passes(row, who string) bool {
	token := strings.HasPrefix(who, "t-")
	switch row {
	case "public":
		return true
	case "all":
		return who != "nobody" && !token
	case "all tokens":
		return who != "nobody"
	}
	for _, name := range strings.Fields(row) {
		if name == who {
			return true
		}
	}
	return false
}

// Deny by default: each operation lets in whom its row names, and nobody else.
func TestRoleMatrix(t *testing.T) {
	w, d := newWorld(t), readDocument(t)
	_, tokenPA := w.east.token("business_administrator")
	_, tokenSV := w.east.token("supervisor")
	var made struct{ Secret string }
	w.sa.want(201, "POST", "/tokens", map[string]any{"name": "system", "role": "system_administrator", "expires_in_s": 3600}).into(t, &made)
	who := map[string]func() *client{
		"nobody": w.anybody,
		"sa":     func() *client { return w.signIn("Global", "sa") },
		"pa":     func() *client { return w.signIn("East", "pa") },
		"sv":     func() *client { return w.signIn("East", "sven") },
		"ag":     func() *client { return w.signIn("East", "carla") },
		"t-sa":   func() *client { return &client{h: w.house, token: made.Secret} },
		"t-pa":   func() *client { return &client{h: w.house, token: tokenPA} },
		"t-sv":   func() *client { return &client{h: w.house, token: tokenSV} },
		"forged": func() *client { return &client{h: w.house, token: "ptk_" + strings.Repeat("A", 43)} },
	}
	for _, op := range d.operations {
		row, ok := mayPass[op.id]
		if !ok {
			t.Errorf("%s has no row in the matrix of roles", op.id)
			continue
		}
		if len(op.Roles) == 0 {
			t.Errorf("%s declares no roles", op.id)
		}
		for name, sign := range who {
			path := strings.Replace(op.path, "{id}", never(), 1)
			var body any
			if op.body() != nil {
				body = map[string]any{} // refused for what it lacks, once it is let in
			}
			a := sign().do(op.method, path, body)
			let := a.status != 401 && (a.status != 403 || a.code() != "forbidden")
			if name == "forged" {
				if let && row != "public" {
					t.Errorf("%s lets a forged token in: %d %s", op.id, a.status, a.body)
				}
				continue
			}
			if let != passes(row, name) {
				t.Errorf("%s by %s: %d %s, want let in %v", op.id, name, a.status, a.body, passes(row, name))
			}
		}
	}
	for id := range mayPass {
		if !d.has(id) {
			t.Errorf("the row %s is of no operation", id)
		}
	}
}

// Nobody can make somebody, or a token, with more than they have themselves.
func TestNobodyGrantsMore(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	for _, try := range []struct {
		path string
		body any
		code string
	}{
		{"/users", map[string]any{"name": "x", "body": account(nil, "system_administrator")}, "role_unit"},
		{"/tokens", map[string]any{"name": "x", "role": "system_administrator", "expires_in_s": 60}, "token_role"},
	} {
		if a := pa.do("POST", try.path, try.body); a.status != 403 || a.code() != try.code {
			t.Errorf("%s: %d %s", try.path, a.status, a.body)
		}
	}
	if a := w.sa.do("POST", "/users", map[string]any{"name": "x", "body": account(nil, "agent")}); a.code() != "role_unit" {
		t.Errorf("an agent in Global: %d %s", a.status, a.body)
	}
	var o object
	pa.want(200, "GET", "/users/"+w.east.users["pa"], nil).into(t, &o)
	if a := pa.do("PUT", "/users/"+o.ID, map[string]any{"name": "pa", "version": o.Version, "body": account(nil, "agent")}); a.code() != "own_account" {
		t.Errorf("taking one's own role away: %d %s", a.status, a.body)
	}
	if a := pa.do("DELETE", "/users/"+o.ID+"?version=1", nil); a.code() != "own_account" {
		t.Errorf("removing oneself: %d %s", a.status, a.body)
	}
}

// The topics of the live feed ask for roles too.
func TestTopicsAskForRoles(t *testing.T) {
	w := newWorld(t)
	f := w.east.pa.live("agent", "nonsense", "queues")
	got := map[string]string{}
	for range 3 { // in any order
		v := f.until("an answer", func(v liveFrame) bool { return v.Topic != "system" })
		got[v.Topic] = v.Kind
	}
	if want := map[string]string{"agent": "refused", "nonsense": "refused", "queues": "snapshot"}; !maps.Equal(got, want) {
		t.Errorf("answered %v, want %v", got, want)
	}
	for _, c := range []*client{w.anybody(), {h: w.house, token: "ptk_no"}, {h: w.house, cookie: "no"}} {
		if _, resp, err := c.dial(); err == nil || resp.StatusCode != 401 {
			t.Errorf("a feed for nobody: %v", err)
		}
	}
}
