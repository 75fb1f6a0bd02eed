package letter

import (
	"slices"
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
)

const (
	lettersMin    = 25   // a language is not told by fewer letters
	languageBytes = 4096 // of the text that are looked at
)

// Language gives the ISO 639-1 code among those given in which a text most likely is,
// empty when that is unsure. Quoted lines, addresses and signatures do not count. With
// a single code given, it is still asked whether the text is in it.
func Language(text string, among []string) string {
	if len(among) == 0 {
		return ""
	}
	sample := prose(text)
	if letters(sample) < lettersMin {
		return ""
	}
	list := make(map[whatlanggo.Lang]bool)
	codes := make(map[whatlanggo.Lang]string)
	for lang := range whatlanggo.Langs {
		for _, code := range among {
			if two, _, _ := strings.Cut(strings.ToLower(code), "-"); lang.Iso6391() == two {
				list[lang], codes[lang] = true, code
			}
		}
	}
	found := whatlanggo.DetectWithOptions(sample, whatlanggo.Options{Whitelist: list})
	if len(list) < 2 {
		found = whatlanggo.Detect(sample)
	}
	if code := codes[found.Lang]; code != "" && found.Confidence >= confidenceMin {
		return code
	}
	return ""
}

// confidenceMin is from trials: right guesses on two sentences are above, wrong ones on
// other languages' texts below.
const confidenceMin = 0.1

// prose gives what the sender wrote now.
func prose(text string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(text, "\n") {
		l = strings.TrimSpace(l)
		if l == "--" || b.Len() > languageBytes {
			break
		}
		if strings.HasPrefix(l, ">") || slices.ContainsFunc(quoteHeads, func(h string) bool { return strings.HasPrefix(l, h) }) {
			continue
		}
		for word := range strings.FieldsSeq(l) {
			if !strings.ContainsAny(word, "@/<>") {
				b.WriteString(word)
				b.WriteByte(' ')
			}
		}
	}
	return cut(b.String(), languageBytes)
}

// quoteHeads begin the lines that programs put above a quoted message.
var quoteHeads = []string{"From:", "To:", "Sent:", "Subject:", "Cc:", "Date:", "Von:", "An:", "Gesendet:", "Betreff:", "De :", "De:", "À :", "Envoyé :", "Objet :", "Para:", "Enviado:", "Assunto:"}

func letters(s string) int {
	n := 0
	for _, c := range s {
		if unicode.IsLetter(c) {
			n++
		}
	}
	return n
}
