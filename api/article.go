package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"portico/acd"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// The knowledge base: articles that administrators keep and agents look up while they talk.

// FoundArticle is an article as a search shows it.
type FoundArticle struct {
	ID        acd.ID[objectKind] `json:"id"`
	Title     string             `json:"title"`
	Language  string             `json:"language"`
	Excerpt   string             `json:"excerpt" doc:"the beginning of its text"`
	Link      string             `json:"link,omitempty"`
	Suggested bool               `json:"suggested" doc:"it belongs to the queue that was asked for"`
}

// FoundArticles are those that met the words, the best first.
type FoundArticles struct {
	Items []FoundArticle `json:"items" nullable:"false"`
	All   int            `json:"all" doc:"how many met them; the first ones are here"`
}

type articleSearchInput struct {
	Scope
	Words    string      `query:"words" maxLength:"200" doc:"all of them are in the title, the key words or the text; absent: what belongs to the queue"`
	Queue    acd.QueueID `query:"queue" doc:"articles of this queue go before the others"`
	Language string      `query:"language" maxLength:"200" doc:"articles in this language, or in any, go before the others"`
	Limit    int         `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

func (s *Server) articles() kind[talk.Article, talk.Article] {
	return kind[talk.Article, talk.Article]{name: talk.KindArticle, one: "article", many: "articles", read: rolesEveryone, change: rolesBusiness,
		show: shown[talk.Article], keep: plain[talk.Article], check: checked[talk.Article], refs: talk.Article.References,
		table: func(*namer) []column[talk.Article] { return articleColumns() }, blank: func() talk.Article { return talk.Article{} }}
}

func articleColumns() []column[talk.Article] {
	return []column[talk.Article]{
		textColumn("language", func(b *talk.Article) *string { return &b.Language }),
		textColumn("keywords", func(b *talk.Article) *string { return &b.Keywords }),
		listColumn("queues", plan.KindQueue, func(b *talk.Article) *[]acd.QueueID { return &b.Queues }),
		textColumn("link", func(b *talk.Article) *string { return &b.Link }),
		textColumn("text", func(b *talk.Article) *string { return &b.Text }),
	}
}

func (s *Server) registerArticles() {
	s.articles().register(s)
	register(s, operation{id: "find-articles", method: http.MethodGet, path: "/article-search", summary: "Find articles of the knowledge base by words, or those of a queue",
		tag: "articles", roles: rolesEveryone}, s.findArticles)
}

// findArticles looks the unit's articles through, which are in memory: a queue's first, then
// those in the language, then by how well they meet the words.
func (s *Server) findArticles(_ context.Context, c call, in *articleSearchInput) (*Answer[FoundArticles], error) {
	type hit struct {
		FoundArticle
		spoken bool
		score  int
	}
	var hits []hit
	words := strings.Fields(store.Fold(in.Words))
	for id, a := range s.names().articles {
		if a.Unit != c.unit && !shares(a.Object) {
			continue
		}
		suggested := !in.Queue.IsZero() && slices.Contains(a.body.Queues, in.Queue)
		if len(words) == 0 && !suggested {
			continue
		}
		score := a.body.Score(a.Name, words, store.Fold)
		if score == 0 {
			continue
		}
		hits = append(hits, hit{FoundArticle{ID: id, Title: a.Name, Language: a.body.Language, Excerpt: a.body.Excerpt(), Link: a.body.Link, Suggested: suggested},
			a.body.Language == "" || in.Language == "" || strings.EqualFold(a.body.Language, in.Language), score})
	}
	first := func(b bool) int {
		if b {
			return 0
		}
		return 1
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(first(a.Suggested), first(b.Suggested)), cmp.Compare(first(a.spoken), first(b.spoken)), cmp.Compare(b.score, a.score),
			strings.Compare(a.Title, b.Title), a.ID.Compare(b.ID))
	})
	out := FoundArticles{Items: []FoundArticle{}, All: len(hits)}
	for _, h := range hits[:min(len(hits), in.Limit)] {
		out.Items = append(out.Items, h.FoundArticle)
	}
	return &Answer[FoundArticles]{out}, nil
}
