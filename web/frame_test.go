package web

import (
	"strings"
	"testing"
)

// What strangers wrote is shown where nothing runs, nothing is sent, and no picture is
// fetched from elsewhere before somebody has asked for it.
func TestFramesOfMails(t *testing.T) {
	for target, elsewhere := range map[string]bool{"/frame/mail": false, "/frame/mail-pictures": true} {
		r := ask(t, site(), "GET", target, "gzip")
		if page := body(t, r); r.StatusCode != 200 || strings.Contains(page, "root") {
			t.Fatalf("%s: status %d, page %q", target, r.StatusCode, page)
		}
		policy := r.Header.Get("Content-Security-Policy")
		for _, want := range []string{"sandbox allow-same-origin", "default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %s", target, policy, want)
			}
		}
		if strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "script-src") || strings.Contains(policy, "allow-forms") {
			t.Errorf("%s: something may run: %q", target, policy)
		}
		if strings.Contains(policy, "https:") != elsewhere {
			t.Errorf("%s: pictures from elsewhere: %q", target, policy)
		}
		if r.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: whoever is asked for a picture learns from where", target)
		}
	}
}
