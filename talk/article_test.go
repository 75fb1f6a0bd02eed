package talk

import (
	"strings"
	"testing"

	"portico/fault"
)

// An article has a text, and a link is a page that customers may open safely.
func TestArticleCheck(t *testing.T) {
	for name, try := range map[string]struct {
		article Article
		field   string
	}{
		"plain":        {Article{Text: "Send it back within 14 days."}, ""},
		"with a link":  {Article{Text: "x", Link: "https://help.example.com/returns?a=1"}, ""},
		"empty":        {Article{Text: " \n"}, "text"},
		"too long":     {Article{Text: strings.Repeat("x", ArticleMax+1)}, "text"},
		"control":      {Article{Text: "a\x07"}, "text"},
		"script":       {Article{Text: "x", Link: "javascript:alert(1)"}, "link"},
		"plain http":   {Article{Text: "x", Link: "http://help.example.com"}, "link"},
		"credentials":  {Article{Text: "x", Link: "https://a:b@example.com"}, "link"},
		"no host":      {Article{Text: "x", Link: "https:///x"}, "link"},
		"two keywords": {Article{Text: "x", Keywords: "a\nb"}, "keywords"},
	} {
		got := ""
		if f := fault.Of(try.article.Check()); f != nil {
			got = f.Field
		}
		if got != try.field {
			t.Errorf("%s: wrong field %q, want %q", name, got, try.field)
		}
	}
}

// What has all the words is found, in the title before the key words before the text.
func TestArticleScore(t *testing.T) {
	a := Article{Keywords: "money back", Text: "Customers may return what they bought within 14 days."}
	score := func(words ...string) int { return a.Score("Refunds", words, strings.ToLower) }
	if !(score("refund") > score("money") && score("money") > score("bought") && score("bought") > 0) {
		t.Errorf("title %d, key word %d, text %d", score("refund"), score("money"), score("bought"))
	}
	if score("refund", "warranty") != 0 {
		t.Error("an article without one of the words is found")
	}
	if score() == 0 {
		t.Error("without words nothing is found")
	}
}
