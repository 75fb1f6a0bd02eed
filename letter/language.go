package letter

import (
	"slices"
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
)

const (
	lettersMin    = 20   // a language is not told by fewer letters
	languageBytes = 4096 // of the text that are looked at
)

// Language gives the one among some ISO 639-1 codes in which a text most likely is, empty
// when that is unsure. Quoted lines, addresses and signatures do not count. With a
// single code given, it is still asked whether the text is in it.
//
// Small words tell a language in few lines, and tell Spanish from Portuguese. Where they
// do not, letters in threes do, if they are sure among the given languages and do not
// point to another one when they are let free.
func Language(text string, among []string) string {
	if len(among) == 0 {
		return ""
	}
	sample := prose(text)
	if letters(sample) < lettersMin {
		return ""
	}
	if two, sure := bySmallWords(sample); sure {
		return codeOf(two, among)
	}
	list := make(map[whatlanggo.Lang]bool)
	for lang := range whatlanggo.Langs {
		if codeOf(lang.Iso6391(), among) != "" {
			list[lang] = true
		}
	}
	free := whatlanggo.Detect(sample)
	found := free
	if len(list) > 1 {
		found = whatlanggo.DetectWithOptions(sample, whatlanggo.Options{Whitelist: list})
	}
	if !list[found.Lang] || found.Confidence < confidenceMin || free.Lang != found.Lang && free.Confidence >= confidenceMin {
		return ""
	}
	return codeOf(found.Lang.Iso6391(), among)
}

// confidenceMin of letters in threes is from trials on single sentences.
const confidenceMin = 0.5

// codeOf gives the code of a language as it was given, such as de-AT.
func codeOf(two string, among []string) string {
	for _, code := range among {
		if base, _, _ := strings.Cut(strings.ToLower(code), "-"); base == two && two != "" {
			return code
		}
	}
	return ""
}

// smallWords are frequent in one language; most are rare in the others.
var smallWords = map[string]string{
	"en": "the and is are was have has not you your my i we they with for this that would could please because it of to from been when where what",
	"de": "der die das und ist sind nicht ich wir sie ihr ihre mein meine mit für auf ein eine den dem bitte weil noch wie habe haben kann es zu von wenn aber",
	"fr": "le la les et est sont pas je nous vous votre ma mon mes avec pour une des du dans que qui bonjour merci parce ce cette au voudrais ne il elle",
	"pt": "o a os as e é são não eu nós você minha meu com para uma um dos da do que obrigado obrigada porque ainda gostaria bom dia está foi em no na",
	"es": "el la los las y es son no yo usted mi con para una un del que gracias porque todavía quisiera buenos días está fue en lo su ha",
	"it": "il la lo gli le e è sono non io mi mio mia con per una un del che grazie perché ancora vorrei buongiorno ho ha della nel di",
	"nl": "de het een en is zijn niet ik wij u uw mijn met voor op van dat deze omdat nog alstublieft graag heb kan te bij naar",
	"pl": "i jest są nie ja my moje mój z na do w że się proszę ponieważ jeszcze dzień dobry mam za od po co jak",
	"sv": "och är inte jag vi min mitt med för på en ett den det som har kan tack att av till om från eftersom",
}

// bySmallWords gives the language whose small words are clearly the most.
func bySmallWords(sample string) (two string, sure bool) {
	words := strings.FieldsFunc(strings.ToLower(sample), func(c rune) bool { return !unicode.IsLetter(c) })
	count := make(map[string]int, len(words))
	for _, w := range words {
		count[w]++
	}
	best, second := 0, 0
	for code, list := range smallWords {
		hits := 0
		for w := range strings.FieldsSeq(list) {
			hits += min(count[w], 5) // one word often said is not the language
		}
		switch {
		case hits > best:
			best, second, two = hits, best, code
		case hits > second:
			second = hits
		}
	}
	return two, best >= 2 && 2*best >= 3*second && 12*best >= len(words)
}

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
