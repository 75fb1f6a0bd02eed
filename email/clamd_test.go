package email

import (
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"portico/clamd"
	"portico/clamd/clamdtest"
	"portico/fault"
)

// The real clamd sees a part as the agent would get it: what is harmful is found behind its
// transfer encoding, and no byte of it leaves; what is clean arrives whole.
func TestPartsByClamd(t *testing.T) {
	h := newHouse(t)
	_, socket := clamdtest.Start(t)
	scans, err := clamd.New(socket)
	if err != nil {
		t.Fatal(err)
	}
	harmful := fault.New(fault.Invalid, "harmful", "The file is harmful.")
	h.scan = func(_ string, r io.Reader) error {
		found, err := scans.Scan(t.Context(), r)
		if err == nil && found != "" {
			return harmful.With("found", found)
		}
		return err
	}
	h.start()
	b := h.branches[0]
	for subject, content := range map[string]string{"Clean": "17 euros", "Harmful": strings.Repeat("x", 5000) + clamdtest.Harmful} {
		coded := "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(content))
		h.send(h.customer(), b.help, subject, strings.Replace(attached, "\r\n\r\n17 euros", coded, 1), mixed...)
		w, err := h.part(b, h.only(b.unit, subject).ID)
		if subject == "Clean" && (err != nil || w.Body.String() != content) {
			t.Errorf("the clean part: %q, %v", w.Body, err)
		}
		if f := fault.Of(err); subject == "Harmful" && (f == nil || f.Code != "harmful" || w.Body.Len() > 0) {
			t.Errorf("the harmful part: %q, %v", w.Body, err)
		}
	}
}
