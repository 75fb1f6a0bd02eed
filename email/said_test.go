package email

import (
	"strings"
	"testing"

	"portico/post"
	"portico/texts"
)

// What administrators are told of mail servers can be said in every language, and in
// English in the very words that programs get. Filled places stay filled.
func TestSaidInEveryLanguage(t *testing.T) {
	catalogue, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for prefix, table := range map[string]map[string]string{"manager.said_": post.Said, "manager.advice_": post.Advice} {
		for code, english := range table {
			if got := catalogue.Text(texts.English, prefix+code, nil); got != english {
				t.Errorf("%s%s: %q, the program says %q", prefix, code, got, english)
			}
		}
		for key := range catalogue.Group(texts.English, prefix) {
			if _, ok := table[strings.TrimPrefix(key, prefix)]; !ok {
				t.Errorf("nobody says %s", key)
			}
		}
	}
}
