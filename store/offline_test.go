package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

func offline(unit acd.UnitID, client string) store.OfflineRequest {
	return store.OfflineRequest{ID: ids.ID(), Unit: unit, ClientID: client, At: 1_700_000_000_123, Queue: queueID(), Language: "english",
		OfflineBody: store.OfflineBody{Name: "Ann O’Neil 🙂", Email: "ann@example.com", Phone: "+49 30 1", Question: "Where is my parcel?",
			Fields: map[string]string{"order": "17"}, Data: map[string]string{"page": "https://shop.example/ \\ % '"}}}
}

// What a customer leaves is read back as it was, once for each client id, and by its
// own unit alone; whether it is dealt with decides in which list it is.
func TestOfflineRequests(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit, foreign := unitID(), unitID()
		var all []store.OfflineRequest
		for i := range 5 {
			r := offline(unit, fmt.Sprint("c", i))
			must(t, save(t, s, r))
			all = append(all, r)
		}
		again := offline(unit, "c3")
		if err := save(t, s, again); !errors.Is(err, store.ErrExists) {
			t.Errorf("the client id a second time: %v", err)
		}
		must(t, save(t, s, offline(foreign, "c3")))
		got, err := s.OfflineRequest(ctx, unit, all[3].ID)
		must(t, err)
		want(t, "request", got, all[3])
		got, err = s.OfflineByClient(ctx, unit, "c3")
		must(t, err)
		want(t, "request by client id", got, all[3])
		none[store.OfflineRequest](t, "a foreign request")(s.OfflineRequest(ctx, foreign, all[3].ID))
		none[store.OfflineRequest](t, "a client id of nobody")(s.OfflineByClient(ctx, unit, "c9"))

		by := agentID()
		must(t, save(t, s, store.OfflineDone{Unit: unit, ID: all[1].ID, At: 9, By: by, Note: "called"}))
		for _, wrong := range []store.OfflineDone{{Unit: foreign, ID: all[2].ID, At: 9}, {Unit: unit, ID: ids.ID(), At: 9}} {
			if err := save(t, s, wrong); !errors.Is(err, store.ErrNone) {
				t.Errorf("what is not there is dealt with: %v", err)
			}
		}
		all[1].DoneAt, all[1].DoneBy, all[1].Note = 9, by, "called"
		pages := func(done bool, limit int) (found []store.OfflineRequest) {
			for after := ""; ; {
				rows, next, err := s.OfflinePage(ctx, unit, done, after, limit)
				must(t, err)
				found = append(found, rows...)
				if after = next; after == "" {
					return found
				}
			}
		}
		open := []store.OfflineRequest{all[4], all[3], all[2], all[0]}
		for _, limit := range []int{1, 2, 3, 100} {
			want(t, "open", pages(false, limit), open)
			want(t, "done", pages(true, limit), all[1:2])
		}
		must(t, save(t, s, store.OfflineDone{Unit: unit, ID: all[1].ID, Note: "once more"}))
		if len(pages(false, 100)) != 5 {
			t.Error("what was opened again is not among the open ones")
		}
		if _, _, err := s.OfflinePage(ctx, unit, false, "x", 1); !errors.Is(err, store.ErrPage) {
			t.Errorf("no key of a page: %v", err)
		}
	})
}

func rating(unit acd.UnitID, at acd.Time, score uint8) store.Rating {
	return store.Rating{Unit: unit, Contact: contactID(), At: at, ChangedAt: at, Queue: queueID(), Agent: agentID(), Score: score, Comment: "Größe 🙂"}
}

// A contact has one rating, the last; they are listed and counted by time, queue and
// agent, within their unit.
func TestRatings(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit := unitID()
		var all []store.Rating
		for i := range 6 {
			r := rating(unit, acd.Time(100+10*i), uint8(1+i%5))
			if i > 2 {
				r.Queue, r.Agent = all[2].Queue, all[2].Agent
			}
			must(t, save(t, s, r))
			all = append(all, r)
		}
		must(t, save(t, s, rating(unitID(), 120, 5)))
		second := all[0]
		second.At, second.ChangedAt, second.Score, second.Comment = 500, 500, 5, ""
		must(t, save(t, s, second))
		all[0].ChangedAt, all[0].Score, all[0].Comment = 500, 5, ""
		got, err := s.Rating(ctx, unit, all[0].Contact)
		must(t, err)
		want(t, "the rating given anew", got, all[0])
		none[store.Rating](t, "a foreign rating")(s.Rating(ctx, unitID(), all[0].Contact))

		everything := store.RatingQuery{To: 1000}
		newest := slices.Clone(all)
		slices.Reverse(newest)
		for _, limit := range []int{1, 4, 100} {
			var found []store.Rating
			for after := ""; ; {
				rows, next, err := s.RatingPage(ctx, unit, everything, after, limit)
				must(t, err)
				found = append(found, rows...)
				if after = next; after == "" {
					break
				}
			}
			want(t, "ratings", found, newest)
		}
		for _, test := range []struct {
			what  string
			query store.RatingQuery
			n     int
		}{{"all", everything, 6}, {"from", store.RatingQuery{From: 110, To: 1000}, 5}, {"to", store.RatingQuery{To: 150}, 5},
			{"queue", store.RatingQuery{To: 1000, Queue: all[2].Queue}, 4}, {"agent", store.RatingQuery{To: 1000, Agent: all[1].Agent}, 1},
			{"neither", store.RatingQuery{To: 1000, Queue: queueID(), Agent: agentID()}, 0}} {
			rows, _, err := s.RatingPage(ctx, unit, test.query, "", 100)
			must(t, err)
			counts, err := s.RatingCounts(ctx, unit, test.query)
			must(t, err)
			n := 0
			for _, c := range counts {
				n += c.N
			}
			if len(rows) != test.n || n != test.n {
				t.Errorf("%s: %d listed and %d counted, want %d", test.what, len(rows), n, test.n)
			}
		}
		for _, score := range []uint8{0, 6} {
			if err := save(t, s, rating(unit, 1, score)); !errors.Is(err, store.ErrBadUnit) {
				t.Errorf("the score %d: %v", score, err)
			}
		}
		long := rating(unit, 1, 5)
		long.Comment = strings.Repeat("ü", 1001)
		if err := save(t, s, long); !errors.Is(err, store.ErrBadUnit) {
			t.Errorf("a long comment: %v", err)
		}
	})
}

// Ratings go with their contact, and what customers left when contacts of that age go.
func TestPruneOfflineAndRatings(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit := unitID()
		c := contact(unit, "c1")
		ended := acd.At(time.Now().Add(-100 * time.Hour))
		must(t, save(t, s, c, openRow(c, acd.Queued)))
		must(t, save(t, s, store.History{ContactRow: openRow(c, acd.Ended).ContactRow, EndedAt: ended}))
		r := rating(unit, ended, 4)
		r.Contact = c.ID
		old, young := offline(unit, "old"), offline(unit, "young")
		old.At, young.At = ended, acd.At(time.Now())
		must(t, save(t, s, r))
		must(t, save(t, s, old))
		must(t, save(t, s, young))
		must(t, s.Prune(ctx, store.Retention{Contacts: ended.Add(time.Hour)}))
		none[store.Rating](t, "the rating of a pruned contact")(s.Rating(ctx, unit, c.ID))
		none[store.OfflineRequest](t, "an old request")(s.OfflineRequest(ctx, unit, old.ID))
		_, err := s.OfflineRequest(ctx, unit, young.ID)
		must(t, err)
	})
}
