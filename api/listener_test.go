package api_test

import (
	"strings"
	"testing"
)

// Who listens in is shown to supervisors, and to agents only where the unit says so: not on
// the owner's desk, in lists, facts, the conversation or the live tables. It is in the audit
// log either way, and whoever whispers is seen by all agents of the contact.
func TestWhoListensIn(t *testing.T) {
	w := newWorld(t)
	s := w.east
	sven, ben := s.atWork("sven"), s.agents["ben"]
	show := func(shown bool) {
		o := w.sa.objects("units")["East"]
		w.sa.want(200, "PUT", "/units/"+o.ID, map[string]any{"name": o.Name, "version": o.Version,
			"body": map[string]any{"time_zone": "Europe/Berlin", "language": "english", "disabled": false, "monitoring_shown": shown}})
	}
	for _, shown := range []bool{false, true} {
		show(shown)
		v := s.bring("active")
		at := "/contacts/" + v.ID
		feed := ben.live("conversation/" + v.ID)
		sven.want(200, "POST", at+"/join", map[string]any{"role": "monitoring"})
		w.until("the line is there", func() bool { return strings.Contains(strings.Join(s.kinds(v.ID), " "), `"monitoring"`) })
		ben.want(201, "POST", at+"/messages", map[string]any{"client_id": "after", "text": "Good evening"})
		told := false
		feed.until("what was written after it", func(f liveFrame) bool {
			told = told || strings.Contains(string(f.Body), "monitoring")
			return strings.Contains(string(f.Body), "Good evening")
		})
		if told != shown {
			t.Errorf("shown %v: the owner's conversation tells of it: %v", shown, told)
		}
		for _, path := range []string{at, at + "/facts", at + "/messages", "/agent", "/contacts?state=active"} {
			for who, c := range map[string]*client{"ben": ben, "sven": sven} {
				body := c.want(200, "GET", path, nil).body
				tells := strings.Contains(body, "monitoring") || path == at+"/facts" && strings.Contains(body, s.users["sven"])
				if want := shown || who == "sven"; tells != want {
					t.Errorf("shown %v: %s tells %s who listens: %v", shown, path, who, tells)
				}
			}
		}
		for who, c := range map[string]*client{"ben": ben, "sven": sven} {
			f := c.live("contacts").until("the table of contacts", func(f liveFrame) bool { return f.Topic == "contacts" })
			if want := shown || who == "sven"; strings.Contains(string(f.Body), "monitoring") != want {
				t.Errorf("shown %v: the live contacts tell %s: %v", shown, who, !want)
			}
		}
		sven.want(200, "POST", at+"/role", map[string]any{"role": "whispering"})
		if p := ben.deskOf(v.ID).Participants; len(p) != 1 || p[0].Role != "whispering" {
			t.Errorf("shown %v: who whispers is %+v to the owner", shown, p)
		}
		sven.want(200, "POST", at+"/leave", map[string]any{})
		s.audited(v.ID, "contact.monitor", "contact.whisper")
	}
}
