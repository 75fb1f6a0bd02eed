package talk

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/acd"
	"portico/plan"
)

// KindArticle is the kind of the articles of the knowledge base.
const KindArticle = "article"

// Limits of an article, in characters.
const (
	ArticleMax  = 20_000
	KeywordsMax = 500
	linkMax     = 500
)

// Article is one answer of the knowledge base: what agents look up, and may put into what
// they write. Its name is the object's, and its title.
type Article struct {
	Language string        `json:"language" maxLength:"200" doc:"the chat language that it is written in, by its name; empty: any"`
	Keywords string        `json:"keywords" maxLength:"500" doc:"further words by which it is found"`
	Text     string        `json:"text" maxLength:"20000"`
	Link     string        `json:"link" required:"false" default:"" maxLength:"500" doc:"where customers may read it themselves: https://…; empty: nowhere"`
	Queues   []acd.QueueID `json:"queues,omitempty" nullable:"false" maxItems:"200" doc:"suggested in contacts of these queues; empty: in none, and found in all"`
}

// Check gives the fault invalid or too_long, with the field. Queues are checked by whoever
// knows which there are.
func (a Article) Check() error {
	if a.Language != "" && !printed(a.Language, nameMax) {
		return wrong("language", "A language is named as the chat languages are.")
	}
	if utf8.RuneCountInString(a.Keywords) > KeywordsMax || strings.ContainsFunc(a.Keywords, unicode.IsControl) {
		return wrong("keywords", fmt.Sprintf("The key words may have at most %d characters, in one line.", KeywordsMax))
	}
	if strings.TrimSpace(a.Text) == "" {
		return wrong("text", "An article needs a text.")
	}
	if utf8.RuneCountInString(a.Text) > ArticleMax {
		return wrong("text", fmt.Sprintf("The text may have at most %d characters.", ArticleMax))
	}
	if strings.ContainsFunc(a.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return wrong("text", "The text holds characters that cannot be shown.")
	}
	if a.Link != "" {
		u, err := url.Parse(a.Link)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(a.Link) > linkMax || strings.ContainsFunc(a.Link, unicode.IsSpace) {
			return wrong("link", "A link begins with https:// and names a page.")
		}
	}
	if len(a.Queues) > QueuesMax {
		return wrong("queues", fmt.Sprintf("There may be at most %d.", QueuesMax))
	}
	return nil
}

// References gives the queues that the article names.
func (a Article) References() []plan.Reference {
	var all []plan.Reference
	for i, q := range a.Queues {
		all = append(all, plan.Reference{Field: index("queues", i), Kind: plan.KindQueue, ID: q})
	}
	return all
}

// Score tells how well an article meets words, which are folded as fold does: 0 where one of
// them is nowhere in it. What is in the title counts most, then key words, then the text.
func (a Article) Score(title string, words []string, fold func(string) string) int {
	title, keywords := fold(title), fold(a.Keywords)
	text, score := "", 1
	for _, w := range words {
		switch {
		case strings.HasPrefix(title, w):
			score += 40
		case strings.Contains(title, w):
			score += 30
		case strings.Contains(keywords, w):
			score += 20
		default:
			if text == "" {
				text = fold(a.Text)
			}
			if !strings.Contains(text, w) {
				return 0
			}
			score += 5
		}
	}
	return score
}

// excerptMax is how many characters of an article a list shows.
const excerptMax = 160

// Excerpt gives the beginning of an article in one line.
func (a Article) Excerpt() string {
	line := strings.Join(strings.Fields(a.Text), " ")
	if runes := []rune(line); len(runes) > excerptMax {
		return strings.TrimSpace(string(runes[:excerptMax-1])) + "…"
	}
	return line
}
