package webchat

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
)

// The fields of the classic request for a chat, in the order of their checks.
const (
	fieldRequest     = "varUserRequest"
	fieldLanguage    = "varUserLanguage"
	fieldChat        = "varHPPCLanguage"
	fieldPriority    = "varSessionPriority"
	fieldName        = "varCustomerName"
	fieldSource      = "varSource"
	fieldDestination = "varDestination"
	fieldCaption     = "varCaption"
	fieldUnit        = "varBusinessUnitName"
	// fieldToken is the form's: sending the form again gives the same chat.
	fieldToken = "varFormToken"
)

// requestChat is the only function of these pages so far.
const requestChat = "REQ_WEBCHAT_MAIN"

// encodedMax is how large a form may be as it is sent: each byte may take three.
const encodedMax = 3*requestMax + 4<<10

// classicFields are all that are not contact data.
var classicFields = map[string]bool{fieldRequest: true, fieldLanguage: true, fieldChat: true, fieldPriority: true, fieldName: true,
	fieldSource: true, fieldDestination: true, fieldCaption: true, fieldUnit: true, fieldToken: true}

// contentPolicy lets pages use what comes from here, and no script of their own in
// the page: a company's scripts are files of the folder.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

// handleClassic adds the classic addresses.
func (c *Chats) handleClassic(mux *http.ServeMux) {
	mux.HandleFunc(c.o.Path, c.serveClassic)
	mux.HandleFunc(c.o.Path+"/", func(w http.ResponseWriter, r *http.Request) {
		rest := strings.TrimPrefix(r.URL.Path, c.o.Path+"/")
		switch first, below, _ := strings.Cut(rest, "/"); {
		case rest == "", strings.EqualFold(rest, "hppcwis.dll"), strings.EqualFold(rest, "hppcwebchat"):
			c.serveClassic(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			c.errorPage(w, r, "", errPage)
		case rest == "Default.htm", first == "images": // both are in the folder html
			c.servePage(w, r, rest)
		case first == "html" && below != "":
			c.servePage(w, r, below)
		default:
			c.errorPage(w, r, "", errPage)
		}
	})
}

// servePage sends a page or file of the folder.
func (c *Chats) servePage(w http.ResponseWriter, r *http.Request, name string) {
	if !isPage(name) {
		pageHeaders(w.Header())
		if c.pages.serveFile(w, r, name) != nil {
			c.errorPage(w, r, "", errPage)
		}
		return
	}
	language, _, nested := strings.Cut(name, "/")
	if !nested {
		language = ""
	}
	c.sendPage(w, r, http.StatusOK, name, c.formValues(r, language))
}

// formValues are those of a page that holds a form.
func (c *Chats) formValues(r *http.Request, language string) pageValues {
	values := c.values(language)
	values.Token = rand.Text()
	values.Extra = make(map[string]string)
	for name, all := range r.URL.Query() {
		if !classicFields[name] && len(all) > 0 {
			values.Extra[name] = all[0]
		}
	}
	units, err := c.names.writable(r.Context())
	if err != nil || len(units) == 0 { // the page is shown; what is sent from it will be refused
		values.ChatLanguages = c.chatLanguages(language, acd.UnitID{})
		return values
	}
	ids := make([]acd.UnitID, len(units))
	for i, u := range units {
		ids[i] = u.id
		if len(units) > 1 {
			values.Units = append(values.Units, u.name)
		}
	}
	values.ChatLanguages = c.chatLanguages(language, ids...)
	return values
}

// chatLanguages are those of the units, each once, the one chosen that is nearest to
// the language of the page.
func (c *Chats) chatLanguages(page string, units ...acd.UnitID) []pageLanguage {
	var all []pageLanguage
	seen := make(map[string]bool)
	nearest := c.nearest(c.setup(units[0]), page).Name
	for _, unit := range units {
		for _, l := range c.languages(c.setup(unit)) {
			key := strings.ToLower(l.Name)
			if seen[key] {
				continue
			}
			seen[key] = true
			choice := pageLanguage{Name: l.Name, Label: l.Name, Tag: c.o.Texts.Tag(l.Pages), Chosen: l.Name == nearest}
			if strings.EqualFold(l.Name, l.Pages) {
				choice.Label = c.o.Texts.Text(l.Pages, "pages.language", nil)
			}
			all = append(all, choice)
		}
	}
	return all
}

func (c *Chats) values(language string) pageValues {
	return pageValues{Path: c.o.Path, Language: language, Tag: c.o.Texts.Tag(language)}
}

// sendPage renders a page. A page that a company's edit has broken is logged, and
// the customer is told so.
func (c *Chats) sendPage(w http.ResponseWriter, r *http.Request, status int, name string, values pageValues) {
	body, err := c.pages.render(name, values)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.errorPage(w, r, values.Language, errPage)
		return
	case err != nil:
		c.log.Error("page not shown", "err", err)
		c.errorPage(w, r, values.Language, errGeneral)
		return
	}
	writePage(w, status, body)
}

func pageHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

func writePage(w http.ResponseWriter, status int, body []byte) {
	pageHeaders(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
}

// errorPage shows a code: by the language's page of its own for it (Error1013.htm),
// else by its Error.htm, else by the shipped english one.
func (c *Chats) errorPage(w http.ResponseWriter, r *http.Request, language string, err error) {
	f := c.faultOf(err)
	number := codeOf(f)
	if !c.pages.isLanguage(language) {
		language = c.languageOf(r)
	}
	values := c.values(language)
	values.Code, values.Reason, values.Field, values.Message = int(number), f.Code, f.Field, c.sentence(language, f)
	values.Unit, values.Destination, values.ChatLanguage = r.Form.Get(fieldUnit), r.Form.Get(fieldDestination), r.Form.Get(fieldChat)
	values.Name, values.Question = r.Form.Get(fieldName), r.Form.Get(fieldCaption)
	if own := (*worded)(nil); errors.As(err, &own) {
		values.Message = own.message
	}
	retryLater(w.Header(), f)
	own := "Error" + strconv.Itoa(int(number)) + ".htm"
	for _, name := range []string{path.Join(language, own), path.Join(language, "Error.htm")} {
		if body, err := c.pages.render(name, values); err == nil {
			writePage(w, statusOf(f), body)
			return
		}
	}
	http.Error(w, values.Message, statusOf(f))
}

// serveClassic is the one address of all classic requests.
func (c *Chats) serveClassic(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.RawQuery == "" {
		c.servePage(w, r, "Default.htm")
		return
	}
	form, err := readForm(w, r)
	language := form.Get(fieldLanguage)
	if err != nil {
		c.errorPage(w, r, language, err)
		return
	}
	if r.Method == http.MethodGet && isStart(form) && c.pages.isLanguage(language) {
		c.servePage(w, r, language+"/CaptureWCData.htm")
		return
	}
	a, err := c.classicArrival(r, form)
	if err != nil {
		c.errorPage(w, r, language, err)
		return
	}
	if r.Method == http.MethodGet && form.Get(fieldToken) == "" {
		// A link with everything in it: with a token, loading it again is harmless.
		form.Set(fieldToken, rand.Text())
		http.Redirect(w, r, c.o.Path+"?"+form.Encode(), http.StatusSeeOther)
		return
	}
	begun, err := c.begin(r.Context(), a, c.addressOf(r))
	if err != nil {
		c.errorPage(w, r, language, c.inWords(a, err))
		return
	}
	values := c.values(language)
	values.Contact, values.Session = begun.Contact.String(), begun.Session
	values.Unit, values.Destination, values.ChatLanguage = form.Get(fieldUnit), form.Get(fieldDestination), a.language.Name
	c.sendPage(w, r, http.StatusOK, language+"/WCChat.htm", values)
}

// readForm gives the fields of a GET or POST, the body's before the address's.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return nil, errPage
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyWait)) // see readJSON
	r.Body = http.MaxBytesReader(w, r.Body, encodedMax)
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(encodedMax)
	} else {
		err = r.ParseForm()
	}
	if err != nil || len(r.URL.RawQuery) > encodedMax {
		return r.Form, errWrong.On("body")
	}
	_ = control.SetReadDeadline(time.Time{})
	size := 0
	for name, all := range r.Form {
		size += len(name)
		for _, value := range all {
			size += len(value)
		}
	}
	if size > requestMax {
		return r.Form, errWrong.On("body")
	}
	return r.Form, nil
}

// isStart reports whether a link asks for the form: it names the function and the
// language, and none of the form's own fields.
func isStart(form url.Values) bool {
	if form.Get(fieldRequest) != requestChat {
		return false
	}
	for name := range form {
		if name != fieldRequest && name != fieldLanguage && classicFields[name] {
			return false
		}
	}
	return true
}

// classicArrival checks the fields in the order of the table; the first that is
// wrong decides. A mandatory field that is missing or empty is 1010, all else 1011.
func (c *Chats) classicArrival(r *http.Request, form url.Values) (arrival, error) {
	mandatory := func(field string, check func(string) bool) error {
		switch value := form.Get(field); {
		case value == "":
			return errMandatory.On(field)
		case !check(value):
			return errWrong.On(field)
		}
		return nil
	}
	free := func(field string, check func(string) bool) error {
		if !check(form.Get(field)) {
			return errWrong.On(field)
		}
		return nil
	}
	// The unit comes last in the table, but says which chat languages there are.
	a := arrival{clientID: "form:" + form.Get(fieldToken), priority: priorityOf(form.Get(fieldPriority)),
		name: form.Get(fieldName), caption: form.Get(fieldCaption), text: form.Get(fieldCaption),
		source: form.Get(fieldSource), destination: form.Get(fieldDestination)}
	unknown := c.route(r.Context(), &a, form.Get(fieldUnit), "", a.destination)
	checks := []error{
		mandatory(fieldRequest, func(v string) bool { return v == requestChat }),
		mandatory(fieldLanguage, c.pages.isLanguage),
		mandatory(fieldChat, func(v string) bool { return c.speak(&a, v) == nil }),
		mandatory(fieldPriority, func(v string) bool { return priorityOf(v) > 0 }),
		free(fieldName, isText),
		free(fieldSource, isClassicSource),
		free(fieldDestination, isAddress),
		free(fieldCaption, isText),
		asField(unknown, fieldUnit),
	}
	for _, err := range checks {
		if err != nil {
			return arrival{}, err
		}
	}
	token := form.Get(fieldToken)
	if token == "" {
		a.clientID += rand.Text()
	} else if !isToken(token) {
		return arrival{}, errWrong.On(fieldToken)
	}
	a.data = make(map[string]string)
	for name, all := range form {
		if classicFields[name] || len(all) == 0 {
			continue
		}
		if !isText(name) || !isText(all[0]) {
			return arrival{}, errWrong.On(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "?"))
		}
		if a.setup.Data.Refuse(map[string]string{name: all[0]}) != nil {
			return arrival{}, errWrong.On(name)
		}
		a.data[name] = all[0]
	}
	if a.setup.Data.Refuse(a.data) != nil {
		return arrival{}, errWrong.On("data")
	}
	if strings.TrimSpace(a.text) == "" {
		a.text = ""
	}
	return a, c.checkHours(r.Context(), &a)
}

// asField names an input as the form does.
func asField(err error, field string) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return f.On(field)
	}
	return err
}

// priorityOf reads a priority 1–100; 0 for anything else.
func priorityOf(text string) uint8 {
	if len(text) > 3 || strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > acd.PriorityMax {
		return 0
	}
	return uint8(n)
}

// isClassicSource reports whether varSource is printable ASCII without the
// characters that it may not hold.
func isClassicSource(text string) bool {
	return isAddress(text) && !strings.ContainsAny(text, "`*,\"!%|_") &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// isToken reports whether a form's token may be one that was given out.
func isToken(token string) bool {
	if len(token) < 16 || len(token) > 48 {
		return false
	}
	return !strings.ContainsFunc(token, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-'
	})
}
