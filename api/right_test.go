package api_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"portico/identity"
)

// opens is which right opens each operation to a custom role; an operation without a row is
// open to none. It is written by hand, apart from the code, so that a slip there is seen here.
var opens = openedBy(map[string]string{
	"set-password": "people.change", "export-users": "people.read", "import-users": "people.change", "export-teams": "people.read", "import-teams": "people.change",
	"export-desk-profiles": "people.read", "import-desk-profiles": "people.change",
	"export-skills": "routing.read", "import-skills": "routing.change", "export-queues": "routing.read", "import-queues": "routing.change",
	"export-reasons": "routing.read", "import-reasons": "routing.change", "export-schedules": "routing.read", "import-schedules": "routing.change",
	"export-categories": "routing.read", "import-categories": "routing.change",
	"export-responses": "chat.read", "import-responses": "chat.change", "export-chat-languages": "chat.read", "import-chat-languages": "chat.change",
	"export-excluded-numbers": "chat.read", "import-excluded-numbers": "chat.change",
	"read-chat-settings": "chat.read", "chat-settings-versions": "chat.read", "change-chat-settings": "chat.change", "revert-chat-settings": "chat.change",
	"read-contact-data": "chat.read", "contact-data-versions": "chat.read", "change-contact-data": "chat.change", "revert-contact-data": "chat.change",
	"find-articles": "knowledge.read", "export-articles": "knowledge.read", "import-articles": "knowledge.change",
	"check-workflow": "workflows.change", "test-workflow": "workflows.change", "import-workflow": "workflows.change", "release-workflow": "workflows.change",
	"use-workflow-release": "workflows.change", "list-workflow-releases": "workflows.read", "read-workflow-release": "workflows.read",
	"compare-workflow": "workflows.read", "export-workflow": "workflows.read", "workflow-counts": "workflows.read",
	"check-mail-account": "mail.change", "warn-mail-account": "mail.change", "mail-account-state": "mail.read",
	"read-mail-settings": "mail.read", "mail-settings-versions": "mail.read", "change-mail-settings": "mail.change", "revert-mail-settings": "mail.change",
	"export-blocked-senders": "mail.read", "import-blocked-senders": "mail.change",
	"list-mail-approvals": "mail.handle", "decide-mail-approval": "mail.handle", "read-mail-queue": "mail.handle",
	"list-mail-exceptions": "mail.handle", "hand-over-mail": "mail.handle", "dismiss-mail-exception": "mail.handle",
	"list-waiting-mails": "mail.handle", "try-waiting-mail": "mail.handle", "give-up-waiting-mail": "mail.handle", "read-raw-mail": "contacts.read",
	"erase-customer": "contacts.erase", "read-customer-reach": "contacts.erase", "list-erasures": "contacts.erase",
	"test-connection": "outside.change", "test-function": "outside.change",
	"list-customers": "customers.read", "read-customer": "customers.read", "list-customer-contacts": "customers.read", "create-customer": "customers.change",
	"change-customer": "customers.change", "link-contact": "customers.change", "remove-customer": "customers.remove", "bulk-customers": "customers.remove",
	"export-customers": "customers.remove", "import-customers": "customers.remove",
	"list-contacts": "contacts.read", "read-contact": "contacts.read", "list-contact-facts": "contacts.read", "contact-path": "contacts.read",
	"list-messages": "contacts.read", "read-attachment": "contacts.read", "read-transcript": "contacts.read", "list-mails": "contacts.read",
	"read-mail-part": "contacts.read", "read-thread": "contacts.read", "search": "contacts.read",
	"create-contact": "contacts.steer", "end-contact": "contacts.steer", "priority-contact": "contacts.steer", "reassign-contact": "contacts.steer",
	"steer-agent-state": "contacts.steer", "steer-agent-sign-out": "contacts.steer", "steer-agent-skills": "contacts.steer", "steer-agent-queues": "contacts.steer",
	"read-agent-queues": "floor.read", "erase-contact": "contacts.erase",
	"queue-figures": "floor.read", "agent-figures": "floor.read", "list-alerts": "floor.read", "change-alert": "floor.change",
	"list-history": "reports.read", "list-facts": "reports.read", "day-figures": "reports.read", "read-satisfaction": "reports.read",
	"list-offline-requests": "requests.handle", "change-offline-request": "requests.handle",
	"list-audit": "audit.read", "export-audit": "audit.read", "verify-audit": "audit.read",
	"who-am-i": "any", "sign-out": "any", "change-own-password": "any", "change-own-language": "any",
	"setup-state": "public", "first-start": "public", "sign-in": "public",
},
	"user users people", "team teams people", "desk-profile desk-profiles people", "role roles people",
	"skill skills routing", "queue queues routing", "reason reasons routing", "schedule schedules routing", "category categories routing",
	"workflow workflows workflows", "chat-language chat-languages chat", "response responses chat", "excluded-number excluded-numbers chat", "article articles knowledge",
	"mail-account mail-accounts mail", "signature signatures mail", "blocked-sender blocked-senders mail",
	"connection connections outside", "function functions outside", "secret secrets outside", "threshold thresholds floor", "view views floor")

// openedBy adds what every kind of object has: its name, its path, and its area.
func openedBy(rows map[string]string, kinds ...string) map[string]string {
	for _, kind := range kinds {
		part := strings.Fields(kind)
		for _, id := range []string{"list-" + part[1], "read-" + part[0], part[0] + "-uses", part[0] + "-versions"} {
			rows[id] = part[2] + ".read"
		}
		for _, id := range []string{"create-" + part[0], "change-" + part[0], "remove-" + part[0], "revert-" + part[0], "bulk-" + part[1]} {
			rows[id] = part[2] + ".change"
		}
	}
	return rows
}

// customRole makes a role of rights in a unit, and somebody who has it and nothing else.
func (s *side) customRole(name string, rights []string, permissions ...string) {
	s.w.t.Helper()
	id := s.w.made(s.unit, "roles", name, map[string]any{"description": "", "rights": rights, "permissions": append([]string{}, permissions...)})
	s.holder(name, id)
}

// holder makes somebody who has a custom role, and built-in ones.
func (s *side) holder(name, role string, roles ...string) {
	s.w.t.Helper()
	body := account(nil, append([]string{}, roles...)...)
	body["custom_roles"] = []any{role}
	s.users[name] = s.w.made(s.unit, "users", name, body)
	s.w.sa.in(s.unit).want(204, "PUT", "/users/"+s.users[name]+"/password", map[string]any{"password": password})
}

// whole gives a right with the one that must go before it.
func whole(right string) []string {
	area, what, _ := strings.Cut(right, ".")
	if what == "change" || what == "steer" || what == "erase" || what == "remove" {
		return []string{area + ".read", right}
	}
	return []string{right}
}

func isLet(c *client, op documented) bool {
	var body any
	if op.body() != nil {
		body = map[string]any{}
	}
	a := c.do(op.method, strings.Replace(op.path, "{id}", never(), 1), body)
	return a.status != 401 && (a.status != 403 || a.code() != "forbidden")
}

// A custom role opens what its rights name, and nothing else is open to it: each operation
// is asked by somebody who has all the rights, by somebody with the one that opens it, by
// somebody with all but that one, and by somebody whose role has none.
func TestRightMatrix(t *testing.T) {
	w, d := newWorld(t), readDocument(t)
	var all []string
	for _, r := range identity.Rights() {
		all = append(all, string(r))
	}
	only, without := map[string]*client{}, map[string]*client{}
	for _, right := range all {
		rest := slices.DeleteFunc(slices.Clone(all), func(r string) bool { return slices.Contains(whole(r), right) })
		w.east.customRole("only "+right, whole(right))
		w.east.customRole("without "+right, rest)
		only[right], without[right] = w.east.in("only "+right), w.east.in("without "+right)
	}
	w.east.customRole("everything", all)
	w.east.customRole("nothing", []string{})
	everything, nothing := w.east.in("everything"), w.east.in("nothing")
	used := map[string]bool{}
	for _, op := range d.operations {
		right := opens[op.id]
		used[right] = true
		if op.id == "sign-out" || op.id == "change-own-password" { // they would end the others' asking
			continue
		}
		let := right == "public" || right == "any"
		if got := isLet(everything, op); got != (right != "") {
			t.Errorf("%s by all rights: let in %v", op.id, got)
		}
		if got := isLet(nothing, op); got != (right == "public") {
			t.Errorf("%s by a role without rights: let in %v", op.id, got)
		}
		if let || right == "" {
			continue
		}
		if !isLet(only[right], op) {
			t.Errorf("%s is shut to who has %s", op.id, right)
		}
		if isLet(without[right], op) {
			t.Errorf("%s is open to who has all but %s", op.id, right)
		}
	}
	for _, right := range all {
		if !used[right] {
			t.Errorf("the right %s opens nothing", right)
		}
	}
	for id := range opens {
		if !d.has(id) {
			t.Errorf("the row %s is of no operation", id)
		}
	}
}

// A change of a role is in force for those who have it with their next request, and their
// live feed begins anew: nobody has to sign in again.
func TestRoleTakesEffectAtOnce(t *testing.T) {
	w := newWorld(t)
	w.east.customRole("lead", []string{"floor.read"})
	lead := w.east.in("lead")
	lead.want(200, "GET", "/real-time/agents", nil)
	if a := lead.do("GET", "/contacts", nil); a.status != 403 || a.code() != "forbidden" {
		t.Errorf("contacts without the right: %d %s", a.status, a.body)
	}
	f := lead.live("contacts", "queues")
	got := map[string]string{}
	for range 2 {
		v := f.until("an answer", func(v liveFrame) bool { return v.Topic != "system" })
		got[v.Topic] = v.Kind
	}
	if want := map[string]string{"contacts": "refused", "queues": "snapshot"}; !maps.Equal(got, want) {
		t.Errorf("answered %v, want %v", got, want)
	}
	role := w.east.pa.objects("roles")["lead"]
	w.east.pa.want(200, "PUT", "/roles/"+role.ID, map[string]any{"name": "lead", "version": role.Version,
		"body": map[string]any{"description": "", "rights": []string{"contacts.read"}, "permissions": []string{}}})
	if a := lead.do("GET", "/real-time/agents", nil); a.status != 403 {
		t.Errorf("the floor after the right was taken away: %d", a.status)
	}
	lead.want(200, "GET", "/contacts", nil)
	for _, err := f.read(); ; _, err = f.read() {
		if err != nil {
			if websocket.CloseStatus(err) != websocket.StatusServiceRestart {
				t.Errorf("the feed of who has another role ended with %v", err)
			}
			break
		}
	}
	if a := w.east.pa.do("DELETE", "/roles/"+role.ID+"?version=2", nil); a.code() != "in_use" {
		t.Errorf("removing a role that somebody has: %d %s", a.status, a.body)
	}
}

// Whoever may change people, but is no administrator, hands on no more than the own: not
// in a role, not to a person, not by a password of somebody who may do more, and not to
// the own account.
func TestRightsAreHandedOnWithinOnesOwn(t *testing.T) {
	w := newWorld(t)
	s := w.east
	rights := []string{"people.read", "people.change", "floor.read"}
	s.customRole("people", rights, "monitor")
	s.customRole("reports", []string{"reports.read"})
	s.customRole("floor", []string{"floor.read"})
	hr := s.in("people")
	role := func(name string) object { return s.pa.objects("roles")[name] }
	user := func(name string) object { return s.pa.objects("users")[name] }
	body := func(custom string, roles ...string) map[string]any {
		b := account(nil, append([]string{}, roles...)...)
		b["custom_roles"] = []any{role(custom).ID}
		return b
	}
	newRole := func(rights, permissions []string) map[string]any {
		return map[string]any{"name": "x", "body": map[string]any{"description": "", "rights": rights, "permissions": permissions}}
	}
	spies := body("floor")
	spies["permissions"] = []string{"whisper"}
	for _, try := range []struct {
		what, method, path string
		body               any
		code               string
	}{
		{"a role with more", "POST", "/roles", newRole([]string{"reports.read"}, []string{}), "grants_more"},
		{"a role with another permission", "POST", "/roles", newRole([]string{"floor.read"}, []string{"whisper"}), "grants_more"},
		{"a stronger role", "PUT", "/roles/" + role("reports").ID, map[string]any{"name": "reports", "version": 1,
			"body": map[string]any{"description": "", "rights": []string{}, "permissions": []string{}}}, "above_you"},
		{"removing a stronger role", "DELETE", "/roles/" + role("reports").ID + "?version=1", nil, "above_you"},
		{"an administrator", "POST", "/users", map[string]any{"name": "x", "body": body("floor", "business_administrator")}, "grants_more"},
		{"a supervisor", "POST", "/users", map[string]any{"name": "x", "body": body("floor", "supervisor")}, "grants_more"},
		{"an auditor", "POST", "/users", map[string]any{"name": "x", "body": body("floor", "auditor")}, "grants_more"},
		{"somebody with another role", "POST", "/users", map[string]any{"name": "x", "body": body("reports")}, "grants_more"},
		{"somebody with a permission", "POST", "/users", map[string]any{"name": "x", "body": spies}, "grants_more"},
		{"the own account", "PUT", "/users/" + user("people").ID, map[string]any{"name": "people", "version": 1, "body": body("people")}, "own_rights"},
		{"an administrator's account", "PUT", "/users/" + user("pa").ID, map[string]any{"name": "pa", "version": 1, "body": body("floor")}, "above_you"},
		{"an administrator's password", "PUT", "/users/" + user("pa").ID + "/password", map[string]any{"password": password}, "above_you"},
		{"an agent's password", "PUT", "/users/" + user("ben").ID + "/password", map[string]any{"password": password}, "above_you"},
		{"removing an administrator", "DELETE", "/users/" + user("pa").ID + "?version=1", nil, "above_you"},
		{"supervising a team", "PUT", "/teams/" + s.team, map[string]any{"name": "First", "version": 1,
			"body": map[string]any{"description": "", "supervisors": []any{user("people").ID}}}, "supervision"},
	} {
		if a := hr.do(try.method, try.path, try.body); a.status != 403 || a.code() != try.code {
			t.Errorf("%s: %d %s, want %s", try.what, a.status, a.body, try.code)
		}
	}
	// Many at once, and by a table, are judged as one is.
	var many struct {
		Applied bool
		Items   []struct{ Code string }
	}
	hr.want(200, "POST", "/users/bulk", map[string]any{"items": []any{map[string]any{"id": user("pa").ID, "version": 1}}, "remove": true}).into(t, &many)
	if many.Applied || many.Items[0].Code != "above_you" {
		t.Errorf("removing an administrator among many: %+v", many)
	}
	if got := hr.load("users", "name,roles\nnobody,supervisor\n", false); got.Applied || got.Rows[0].Code != "grants_more" {
		t.Errorf("a supervisor by a table: %+v", got)
	}
	// Within the own it is done.
	var made object
	hr.want(201, "POST", "/roles", newRole([]string{"floor.read"}, []string{"monitor"})).into(t, &made)
	hr.want(201, "POST", "/users", map[string]any{"name": "newcomer", "body": body("floor")}).into(t, &made)
	hr.want(204, "PUT", "/users/"+made.ID+"/password", map[string]any{"password": password})
	hr.want(204, "DELETE", "/users/"+made.ID+"?version=1", nil)
}

// A role's rights are of the unit that made it: another unit's role is none, and Global has
// none.
func TestRolesAreOfTheirUnit(t *testing.T) {
	w := newWorld(t)
	w.west.customRole("theirs", []string{"audit.read"})
	body := account(nil, "agent")
	body["custom_roles"] = []any{w.west.pa.objects("roles")["theirs"].ID}
	if a := w.east.pa.do("POST", "/users", map[string]any{"name": "x", "body": body}); a.status != 422 || a.code() != "no_such_reference" {
		t.Errorf("another unit's role: %d %s", a.status, a.body)
	}
	if a := w.sa.do("POST", "/roles", map[string]any{"name": "x", "body": map[string]any{"description": "", "rights": []string{}, "permissions": []string{}}}); a.code() != "role_global" {
		t.Errorf("a role in Global: %d %s", a.status, a.body)
	}
	for _, bad := range []struct {
		rights []string
		code   string
	}{{[]string{"people.change"}, "right_without_read"}, {[]string{"floor.read", "floor.read"}, "invalid"}} {
		if a := w.east.pa.do("POST", "/roles", map[string]any{"name": "x", "body": map[string]any{"description": "", "rights": bad.rights, "permissions": []string{}}}); a.code() != bad.code {
			t.Errorf("%v: %d %s", bad.rights, a.status, a.body)
		}
	}
}

// A program's token may have a role that its unit made: it opens what the role opens at the
// moment, brings the role's permissions, and keeps the role from being removed until it is
// revoked. Another unit's role is none, and a token has one role.
func TestTokenWithRoleOfTheUnit(t *testing.T) {
	w := newWorld(t)
	w.east.customRole("wallboard", []string{"floor.read"}, "monitor")
	w.west.customRole("theirs", []string{"audit.read"})
	role := w.east.pa.objects("roles")["wallboard"]
	ask := func(c *client, grant map[string]any) answer {
		grant["name"], grant["expires_in_s"] = "board", 3600
		return c.do("POST", "/tokens", grant)
	}
	for _, bad := range []struct {
		what  string
		grant map[string]any
		code  string
	}{
		{"no role", map[string]any{}, "token_grant"},
		{"two roles", map[string]any{"role": "auditor", "custom_role": role.ID}, "token_grant"},
		{"another unit's role", map[string]any{"custom_role": w.west.pa.objects("roles")["theirs"].ID}, "no_such_reference"},
		{"nobody's role", map[string]any{"custom_role": never()}, "no_such_reference"},
	} {
		if a := ask(w.east.pa, bad.grant); a.status/100 != 4 || a.code() != bad.code {
			t.Errorf("%s: %d %s, want %s", bad.what, a.status, a.body, bad.code)
		}
	}
	if a := ask(w.sa, map[string]any{"custom_role": role.ID}); a.code() != "no_such_reference" {
		t.Errorf("a unit's role in Global: %d %s", a.status, a.body)
	}

	var made struct {
		Secret string
		Token  struct {
			ID         string
			CustomRole struct{ Name string } `json:"custom_role"`
		}
	}
	a := ask(w.east.pa, map[string]any{"custom_role": role.ID})
	if a.into(t, &made); a.status != 201 || made.Token.CustomRole.Name != "wallboard" {
		t.Fatalf("made %d %s", a.status, a.body)
	}
	board := &client{h: w.house, token: made.Secret}
	board.want(200, "GET", "/real-time/agents", nil)
	for _, shut := range []string{"/contacts", "/users", "/audit", "/tokens"} {
		if a := board.do("GET", shut, nil); a.status != 403 {
			t.Errorf("%s by a token that may see the floor: %d", shut, a.status)
		}
	}
	if a := w.east.pa.do("DELETE", "/roles/"+role.ID+"?version=1", nil); a.code() != "in_use" || !strings.Contains(string(a.body), "token board") {
		t.Errorf("removing the role of a token: %d %s", a.status, a.body)
	}
	w.east.pa.want(200, "PUT", "/roles/"+role.ID, map[string]any{"name": "wallboard", "version": 1,
		"body": map[string]any{"description": "", "rights": []string{"contacts.read"}, "permissions": []string{}}})
	if a := board.do("GET", "/real-time/agents", nil); a.status != 403 {
		t.Errorf("the floor after the right was taken away: %d", a.status)
	}
	board.want(200, "GET", "/contacts", nil)
	w.east.pa.want(204, "DELETE", "/tokens/"+made.Token.ID, nil)
	w.east.pa.want(204, "DELETE", "/users/"+w.east.pa.objects("users")["wallboard"].ID+"?version=1", nil)
	w.east.pa.want(204, "DELETE", "/roles/"+role.ID+"?version=2", nil)
}

// Auditors see and change nothing; a program that integrates is one by its token.
func TestBuiltInRolesOfRights(t *testing.T) {
	w := newWorld(t)
	w.east.person("audrey", nil, "auditor")
	audrey := w.east.in("audrey")
	for _, op := range readDocument(t).operations {
		let := isLet(audrey, op)
		if op.method != "GET" && let && opens[op.id] != "any" && opens[op.id] != "public" {
			t.Errorf("an auditor may %s", op.id)
		}
		if op.id == "sign-out" {
			audrey = w.east.in("audrey")
		}
	}
	audrey.want(200, "GET", "/audit", nil)
	_, secret := w.east.token("integrator")
	program := &client{h: w.house, token: secret}
	program.want(200, "GET", "/customers", nil)
	program.want(200, "GET", "/history", nil)
	for _, path := range []string{"/users", "/audit", "/secrets"} {
		if a := program.do("GET", path, nil); a.status != 403 {
			t.Errorf("%s by an integrator's token: %d", path, a.status)
		}
	}
}
