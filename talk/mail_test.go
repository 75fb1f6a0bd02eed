package talk

import (
	"testing"
	"time"

	"portico/fault"
)

// The main account tests its way every five minutes unless it is told otherwise, others
// only where they are told to.
func TestKeepAlive(t *testing.T) {
	for _, test := range []struct {
		main    bool
		minutes int
		want    time.Duration
	}{{true, 0, 5 * time.Minute}, {false, 0, 0}, {true, -1, 0}, {false, 7, 7 * time.Minute}, {true, 7, 7 * time.Minute}} {
		if got := (MailAccountBody{Main: test.main, KeepAliveMin: test.minutes}).KeepAlive(); got != test.want {
			t.Errorf("main %v, %d: %v, want %v", test.main, test.minutes, got, test.want)
		}
	}
}

// Whoever is to be told something is named by a whole address; the field says which is not.
func TestNoticeAddresses(t *testing.T) {
	s := MailDefaults()
	s.OfflineTo, s.AlertsTo, s.TranscriptsTo = []Line{"anna@example.com"}, []Line{"ops@example.com"}, []Line{"archive@example.com"}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*MailSettings){
		"offline_to[0]":    func(s *MailSettings) { s.OfflineTo = []Line{"anna"} },
		"alerts_to[1]":     func(s *MailSettings) { s.AlertsTo = []Line{"ops@example.com", "Anna <anna@example.com>"} },
		"transcripts_to":   func(s *MailSettings) { s.TranscriptsTo = make([]Line, noticesMax+1) },
		"retention_sent_d": func(s *MailSettings) { s.RetentionSentD = -1 },
	} {
		bad := s
		spoil(&bad)
		if f := fault.Of(bad.Check()); f == nil || f.Field != field {
			t.Errorf("%s: %v", field, f)
		}
	}
}
