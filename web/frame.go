package web

import "net/http"

// frames are the empty pages in which the application shows what a mail holds, by their
// address, with the policy of each. Nothing runs in them; pictures come from this site
// alone, or, once somebody has asked for them, from wherever the mail says. They are of
// the same origin, so that the application can fill them and the site's pictures come.
var frames = map[string]string{
	"frame/mail":          framePolicy,
	"frame/mail-pictures": framePolicy + " http: https:",
}

// framePolicy ends with where pictures may come from.
const framePolicy = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'self'; style-src 'unsafe-inline'; img-src 'self' data:"

// emptyFrame is a page that is filled by the one around it. What it shows is always as on
// paper, since senders choose their colours for that.
const emptyFrame = "<!doctype html><html><head><meta name=\"color-scheme\" content=\"light only\"><title>-</title></head><body></body></html>\n"

func serveFrame(w http.ResponseWriter, r *http.Request, policy string) {
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-cache")
	head.Set("Content-Security-Policy", policy)
	head.Set("Referrer-Policy", "no-referrer")
	write(w, r, []byte(emptyFrame))
}
