package webchat

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/workflow"
)

// office is a world whose one schedule opens at an instant, for two hours.
type office struct{ opens time.Time }

func (office) Zone(acd.UnitID) *time.Location { return time.UTC }
func (office) Limits(acd.UnitID) workflow.Limits {
	return workflow.Limits{}
}
func (office) Queue(acd.UnitID, string) (workflow.QueueFigures, bool) {
	return workflow.QueueFigures{}, false
}
func (office) Hours(acd.UnitID, string, time.Time) (workflow.Hours, bool) {
	return workflow.HoursClosed, true
}
func (o office) Opening(_ acd.UnitID, _ string, at time.Time) (from, until time.Time, ok bool) {
	if from = o.opens; from.Before(at) {
		from = at.In(from.Location())
	}
	return from, o.opens.Add(2 * time.Hour), true
}

// offering asks whether to be called back, in a text with a place for the hours or without.
func offering(t testing.TB, text string) *workflow.Flow {
	return compiled(t, []workflow.Node{
		node("start", workflow.KindStart, workflow.StartSettings{}),
		node("offer", workflow.KindOfferCallback, workflow.OfferCallbackSettings{Texts: workflow.Texts{"": text}, TimeoutS: 600, Schedule: "hours"}),
		node("queue", workflow.KindQueue, workflow.QueueSettings{}),
	}, "start next offer", "offer accepted queue", "offer declined queue", "offer timeout queue")
}

// A callback is promised within its hours: outside of them the customer reads, in the own
// words and the hours' time zone, when they begin, where the company's text says so or behind it;
// and the wish keeps what was promised.
func TestCallbackHours(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(tokyo)
	later := time.Date(now.Year(), now.Month(), now.Day()+2, 8, 30, 0, 0, tokyo)
	words := "um 08:30 Uhr"
	for name, c := range map[string]struct {
		text  string
		opens time.Time
		want  string // a part of what the customer reads, and the whole number of lines
		lines int
	}{
		"in its place":   {"Shall we call you?\nThat would be {opens}.", later, "That would be am ", 2},
		"behind it":      {"Shall we call you?", later, "\nWir rufen Sie frühestens am ", 2},
		"at once":        {"Shall we call you?\nThat would be {opens}.", now.Add(-time.Hour), "Shall we call you?", 1},
		"nothing to say": {"Shall we call you?", now.Add(-time.Hour), "Shall we call you?", 1},
	} {
		h := newHouseLike(t, &house{flow: offering(t, c.text), world: office{c.opens}})
		customer := h.begins("deutsch")
		offer := only(t, customer.shown(kindOffer), kindOffer)
		if !strings.Contains(offer.Text, c.want) || strings.Count(offer.Text, "\n")+1 != c.lines || strings.Contains(offer.Text, words) != (c.lines == 2) {
			t.Errorf("%s: the customer reads %q", name, offer.Text)
		}
		yes := true
		if status, _, p := customer.answers(flowAnswerRequest{Visit: offer.Form.Visit, Accepted: &yes}); status != http.StatusOK {
			t.Fatalf("%s: %d %+v", name, status, p)
		}
		wishes, _, err := h.store.OfflinePage(t.Context(), h.unit, false, "", 10)
		if err != nil || len(wishes) != 1 || wishes[0].Until != acd.At(c.opens.Add(2*time.Hour)) ||
			c.lines == 2 && c.opens.After(now) && wishes[0].From != acd.At(c.opens) {
			t.Errorf("%s: wishes %+v (%v)", name, wishes, err)
		}
		h.stop()
	}
}
