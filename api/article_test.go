package api_test

import (
	"net/url"
	"strings"
	"testing"
)

// An agent finds an article by words of its title, key words or text, without regard to
// case and accents; what belongs to the contact's queue is first, and is suggested without
// any words.
func TestArticlesAreFound(t *testing.T) {
	w := newWorld(t)
	s, ben := w.east, w.east.agents["ben"]
	article := func(title, language, keywords, text string, queues ...any) string {
		return w.made(s.unit, "articles", title, map[string]any{"language": language, "keywords": keywords, "text": text, "link": "", "queues": append([]any{}, queues...)})
	}
	article("Refunds", "english", "money back", "Send it back within 14 days.")
	article("Rückgabe", "deutsch", "Geld", "Senden Sie es innerhalb von 14 Tagen zurück.", s.queues["Support"])
	article("Opening hours", "", "", "We are here from 8 to 18.", s.queues["Quiet"])
	w.made(w.west.unit, "articles", "Refunds of others", map[string]any{"language": "", "keywords": "", "text": "Send it back."})
	find := func(words, queue, language string) string {
		var found struct {
			Items []struct {
				Title     string
				Suggested bool
			}
			All int
		}
		ben.want(200, "GET", "/article-search?words="+url.QueryEscape(words)+"&queue="+queue+"&language="+language, nil).into(t, &found)
		var titles []string
		for _, a := range found.Items {
			title := a.Title
			if a.Suggested {
				title += "!"
			}
			titles = append(titles, title)
		}
		return strings.Join(titles, ", ")
	}
	for _, try := range []struct{ words, queue, language, want string }{
		{"REFUND", "", "", "Refunds"},
		{"back days", "", "", "Refunds"},
		{"14", s.queues["Support"], "english", "Rückgabe!, Refunds"},
		{"14", "", "english", "Refunds, Rückgabe"},
		{"", s.queues["Quiet"], "", "Opening hours!"},
		{"", "", "", ""},
		{"refund warranty", "", "", ""},
	} {
		query := try.queue
		if query == "" {
			query = "00000000-0000-0000-0000-000000000000"
		}
		if got := find(try.words, query, try.language); got != try.want {
			t.Errorf("%q in %q: %q, want %q", try.words, try.language, got, try.want)
		}
	}
	if a := s.pa.do("DELETE", "/queues/"+s.queues["Quiet"]+"?version=1", nil); a.code() != "in_use" {
		t.Errorf("removing the queue of an article: %d %s", a.status, a.body)
	}
}
