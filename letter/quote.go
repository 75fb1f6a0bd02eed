package letter

import (
	"html"
	"strings"
)

// Quote gives a message as it stands below an answer, plain and as HTML. Head is the line
// above it, in the reader's language ("On 3 May, A wrote:").
func Quote(m *Mail, head string) (text, rich string) {
	head = line(head)
	var b strings.Builder
	b.WriteString(head)
	for l := range strings.SplitSeq(strings.TrimRight(withoutSignature(m.Text), "\n "), "\n") {
		b.WriteString("\n>")
		if l != "" && !strings.HasPrefix(l, ">") {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimRight(l, " "))
	}
	inner := m.HTML
	if strings.TrimSpace(inner) == "" {
		inner = asHTML(m.Text)
	}
	return cut(b.String(), 2*TextMax) + "\n", "<p>" + html.EscapeString(head) + "</p>\n<blockquote type=\"cite\">" + inner + "</blockquote>\n"
}

// withoutSignature cuts a text at the line that begins a signature (RFC 3676, 4.3).
func withoutSignature(text string) string {
	if at := strings.LastIndex("\n"+text, "\n-- \n"); at > 0 {
		return text[:at-1]
	}
	return text
}

// Answered gives what somebody wrote anew: the text without the message that it
// answers, where that can be told.
func Answered(text string) string {
	lines := strings.Split(text, "\n")
	end := len(lines)
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "-----Original") || strings.HasPrefix(l, "----- Original") || strings.HasPrefix(l, "-----Urspr") || strings.HasPrefix(l, "-----Message d'origine") ||
			l == "________________________________" {
			end = i
			break
		}
		if strings.HasPrefix(l, ">") && quotedToEnd(lines[i:]) {
			end = i
			if i > 0 && strings.HasSuffix(strings.TrimSpace(lines[i-1]), ":") {
				end = i - 1 // "… wrote:"
			}
			break
		}
	}
	return strings.TrimSpace(strings.Join(lines[:end], "\n"))
}

func quotedToEnd(lines []string) bool {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, ">") {
			return false
		}
	}
	return true
}
