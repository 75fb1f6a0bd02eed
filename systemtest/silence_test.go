package systemtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"portico/bench"
)

// A process that is killed between a silent customer's warning and the end of the
// chat, and while customers leave questions outside the hours, forgets neither and
// does neither twice.
func TestKillDuringSilence(t *testing.T) {
	s := install(t, "", true)
	s.start()
	f := newFloor(t, s, nil)
	ask := func(method, path string, body, into any) int {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.door.Do(f.ctx, method, path, bench.Bearer(s.token), raw)
		if err != nil {
			return 0 // the process was killed meanwhile
		}
		if into != nil {
			if err := json.Unmarshal(a.Body, into); err != nil {
				t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Body)
			}
		}
		return a.Status
	}
	unit := "?unit=" + f.admin.UnitID()
	var settings struct {
		Version  int            `json:"version"`
		Settings map[string]any `json:"settings"`
	}
	ask(http.MethodGet, "/api/v1/chat-settings"+unit, nil, &settings)
	settings.Settings["idle_warning_s"], settings.Settings["idle_end_s"] = 2, 7
	if status := ask(http.MethodPut, "/api/v1/chat-settings"+unit, settings, nil); status != http.StatusOK {
		t.Fatalf("the chat settings are answered %d", status)
	}
	ann := f.desk("ann", 100, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	ann.do(c, "messages", map[string]any{"client_id": "answer", "text": "What can I do for you?"})
	count := func(kind string) (n int) {
		var page struct {
			Items []struct {
				Kind string `json:"kind"`
			} `json:"items"`
		}
		ask(http.MethodGet, "/api/v1/contacts/"+c+"/messages"+unit, nil, &page)
		for _, m := range page.Items {
			if m.Kind == kind {
				n++
			}
		}
		return n
	}
	eventually(t, "the customer is warned", func() bool { return count("idle_warning") == 1 })

	const left = 20
	leave := func(i int) int {
		return ask(http.MethodPost, "/web/api/offline", map[string]any{"client_id": fmt.Sprint("left-", i), "unit": "DEFAULT", "queue": f.name,
			"fields": map[string]any{"email": "carla@example.com", "question": fmt.Sprint("question ", i)}}, nil)
	}
	var answered [left]bool
	var group sync.WaitGroup
	for i := range left {
		group.Go(func() { answered[i] = leave(i) == http.StatusCreated })
	}
	s.kill()
	group.Wait()
	s.start()
	ann.connect()
	offline := func() map[string]int {
		var page struct {
			Items []struct {
				Question string `json:"question"`
			} `json:"items"`
		}
		ask(http.MethodGet, "/api/v1/offline-requests"+unit, nil, &page)
		found := map[string]int{}
		for _, r := range page.Items {
			found[r.Question]++
		}
		return found
	}
	found := offline()
	for i := range left {
		if answered[i] && found[fmt.Sprint("question ", i)] != 1 {
			t.Errorf("question %d was answered and is there %d times", i, found[fmt.Sprint("question ", i)])
		}
		if status := leave(i); status != http.StatusCreated {
			t.Errorf("question %d left again is answered %d", i, status)
		}
	}
	found = offline()
	for i := range left {
		if n := found[fmt.Sprint("question ", i)]; n != 1 {
			t.Errorf("question %d is there %d times", i, n)
		}
	}
	eventually(t, "the chat of the silent customer ends", func() bool { return count("ended") == 1 })
	if n := count("idle_warning"); n != 1 {
		t.Errorf("the customer was warned %d times", n)
	}
	if n := count("welcome"); n != 1 {
		t.Errorf("the customer was welcomed %d times", n)
	}
	ann.do(c, "wrap-up", map[string]any{"client_id": "done"})
	f.facts(c, "arrived", "offered ann", "accepted ann", "finished ann customer_idle", "ended ann wrapped_up")
}
