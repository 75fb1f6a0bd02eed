package webchat

import (
	"bytes"
	"cmp"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/talk"
)

const (
	octets = "application/octet-stream"
	plain  = "text/plain"
	html   = "text/html"
	svg    = "image/svg+xml"

	archive    = "application/zip"           // what the newer office documents look like
	compound   = "application/x-ole-storage" // what the older office documents look like
	officeXML  = "application/vnd.openxmlformats-officedocument."
	openOffice = "application/vnd.oasis.opendocument."

	// program is what nobody may send, whatever it is called and whatever is allowed.
	program = "application/x-executable"
)

// contentMax is how many bytes of a file's beginning tell what it is.
const contentMax = 4 << 10

// fileType is a media type that is known by its content.
type fileType struct {
	// content is what such a file looks like from outside; empty: its own name.
	content string
	// suffixes are those of its names; the first is added where none fits.
	suffixes []string
	// also are other names that senders give it.
	also []string
	// inline: browsers may show it within a page of ours.
	inline bool
}

// fileTypes are the media types that people send. A file of another type is told by nothing
// but its sender: it may pass where it looks like no known type and the unit allows it by name.
var fileTypes = map[string]fileType{
	"image/png":  {suffixes: []string{".png"}, inline: true},
	"image/jpeg": {suffixes: []string{".jpg", ".jpeg", ".jpe", ".jfif"}, also: []string{"image/jpg", "image/pjpeg"}, inline: true},
	"image/gif":  {suffixes: []string{".gif"}, inline: true},
	"image/webp": {suffixes: []string{".webp"}, inline: true},
	"image/bmp":  {suffixes: []string{".bmp"}, also: []string{"image/x-ms-bmp"}},
	"image/tiff": {suffixes: []string{".tif", ".tiff"}},
	"image/heic": {suffixes: []string{".heic", ".heif"}, also: []string{"image/heif"}},
	"image/avif": {suffixes: []string{".avif"}},
	svg:          {content: plain, suffixes: []string{".svg"}},

	"application/pdf":             {suffixes: []string{".pdf"}, also: []string{"application/x-pdf"}},
	"application/rtf":             {suffixes: []string{".rtf"}, also: []string{"text/rtf"}},
	archive:                       {suffixes: []string{".zip"}, also: []string{"application/x-zip-compressed"}},
	"application/gzip":            {suffixes: []string{".gz", ".tgz"}, also: []string{"application/x-gzip"}},
	"application/x-7z-compressed": {suffixes: []string{".7z"}},
	"application/vnd.rar":         {suffixes: []string{".rar"}, also: []string{"application/x-rar-compressed"}},

	"application/msword":            {content: compound, suffixes: []string{".doc", ".dot"}},
	"application/vnd.ms-excel":      {content: compound, suffixes: []string{".xls", ".xlt"}},
	"application/vnd.ms-powerpoint": {content: compound, suffixes: []string{".ppt", ".pps"}},
	"application/vnd.ms-outlook":    {content: compound, suffixes: []string{".msg"}},

	officeXML + "wordprocessingml.document":   {content: archive, suffixes: []string{".docx"}},
	officeXML + "spreadsheetml.sheet":         {content: archive, suffixes: []string{".xlsx"}},
	officeXML + "presentationml.presentation": {content: archive, suffixes: []string{".pptx"}},
	openOffice + "text":                       {content: archive, suffixes: []string{".odt"}},
	openOffice + "spreadsheet":                {content: archive, suffixes: []string{".ods"}},
	openOffice + "presentation":               {content: archive, suffixes: []string{".odp"}},

	plain:              {suffixes: []string{".txt", ".log", ".text", ".md"}},
	"text/csv":         {content: plain, suffixes: []string{".csv"}},
	"application/json": {content: plain, suffixes: []string{".json"}},
	"text/calendar":    {content: plain, suffixes: []string{".ics"}},
	"text/vcard":       {content: plain, suffixes: []string{".vcf"}, also: []string{"text/x-vcard"}},
	"message/rfc822":   {content: plain, suffixes: []string{".eml"}},
	html:               {suffixes: []string{".html", ".htm", ".xhtml"}},
	"text/xml":         {suffixes: []string{".xml"}, also: []string{"application/xml"}},

	"audio/mpeg": {suffixes: []string{".mp3"}, also: []string{"audio/mp3"}},
	"audio/ogg":  {content: "application/ogg", suffixes: []string{".ogg", ".oga", ".opus"}},
	"audio/wave": {suffixes: []string{".wav"}, also: []string{"audio/wav", "audio/x-wav"}},
	"video/mp4":  {suffixes: []string{".mp4", ".m4v", ".m4a"}, also: []string{"audio/mp4"}},
	"video/webm": {suffixes: []string{".webm"}, also: []string{"audio/webm"}},
}

// signatures are those that the standard library does not know.
var signatures = []struct {
	at     int
	begin  string
	is     string
	binary bool // a text may begin so, too
}{
	{begin: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", is: compound},
	{begin: `{\rtf`, is: "application/rtf"},
	{begin: "7z\xbc\xaf\x27\x1c", is: "application/x-7z-compressed"},
	{begin: "Rar!\x1a\x07", is: "application/vnd.rar"},
	{begin: "II*\x00", is: "image/tiff"},
	{begin: "MM\x00*", is: "image/tiff"},
	{at: 4, begin: "ftypheic", is: "image/heic"},
	{at: 4, begin: "ftypheix", is: "image/heic"},
	{at: 4, begin: "ftypmif1", is: "image/heic"},
	{at: 4, begin: "ftypavif", is: "image/avif"},
	{at: 4, begin: "ftypisom", is: "video/mp4"},
	{at: 4, begin: "ftypiso2", is: "video/mp4"},
	{at: 4, begin: "ftypmp4", is: "video/mp4"},
	{at: 4, begin: "ftypM4", is: "video/mp4"},
	{begin: "\xff\xfb", is: "audio/mpeg"},
	{begin: "\xff\xf3", is: "audio/mpeg"},
	{begin: "\x7fELF", is: program},
	{begin: "MZ", is: program, binary: true},
	{begin: "#!", is: program},
	{begin: "\xcf\xfa\xed\xfe", is: program},
	{begin: "\xca\xfe\xba\xbe", is: program},
	{begin: "\x00asm", is: program},
}

// contentType tells from a file's first bytes what it is: octets for what nothing is
// known of.
func contentType(begin []byte) string {
	begin = begin[:min(len(begin), contentMax)]
	is, _, _ := strings.Cut(http.DetectContentType(begin), ";")
	for _, s := range signatures {
		if len(begin) > s.at && bytes.HasPrefix(begin[s.at:], []byte(s.begin)) && !(s.binary && is == plain) {
			return s.is
		}
	}
	if is == "application/x-gzip" {
		return "application/gzip"
	}
	return is
}

// mediaTypeOf decides what a file is by what its sender says, its name and its
// content together. ok is false when they contradict each other.
func mediaTypeOf(declared, name string, begin []byte) (is string, ok bool) {
	found := contentType(begin)
	is = declaredType(declared, name)
	if is == octets && found != compound {
		is = found // the sender knows nothing: the content does
	}
	if known, ok := fileTypes[is]; ok {
		return is, found == cmp.Or(known.content, is)
	}
	// A type that is known by nothing must not look like one that is known, but for text.
	return is, found == octets || found == plain
}

// declaredType gives the type by its one name: what the sender says, else what the
// name's suffix says.
func declaredType(declared, name string) string {
	is, _, err := mime.ParseMediaType(declared)
	if err != nil || is == "" || is == octets || len(is) > 255 {
		suffix := strings.ToLower(path.Ext(name))
		for known, t := range fileTypes {
			if suffix != "" && slices.Contains(t.suffixes, suffix) {
				return known
			}
		}
		return octets
	}
	for known, t := range fileTypes {
		if slices.Contains(t.also, is) {
			return known
		}
	}
	return is
}

// allowsType reports whether a media type is among those that are allowed. Drawings
// that may hold programs are allowed by their own name alone.
func allowsType(types []talk.Line, is string) bool {
	major, _, _ := strings.Cut(is, "/")
	return slices.Contains(types, talk.Line(is)) || is != svg && slices.Contains(types, talk.Line(major+"/*"))
}

// programSuffixes end the names of what systems run when they are asked to open it.
var programSuffixes = []string{".app", ".bat", ".cmd", ".com", ".command", ".cpl", ".desktop", ".dll", ".exe", ".hta", ".jar", ".js",
	".jse", ".lnk", ".msc", ".msi", ".pif", ".ps1", ".reg", ".scr", ".sh", ".url", ".vbe", ".vbs", ".wsf", ".wsh"}

// The limits of a file's name: what every file system can hold.
const (
	fileNameMax = 200 // bytes
	suffixMax   = 20  // bytes that are kept of a long name's end
)

// fileName makes a name that can be saved and shown anywhere: without folders, what
// cannot be printed, what turns the writing round, and what systems keep for
// themselves. It ends as files of its type do, so that nothing passes for another.
func fileName(name, is string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // controls, formats such as the turning of writing, what is assigned to nobody
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	base, _, _ := strings.Cut(name, ".")
	if reserved(strings.ToUpper(strings.TrimSpace(base))) {
		name = "_" + name
	}
	if name == "" {
		name = "file"
	}
	suffix := strings.ToLower(path.Ext(name))
	if t, ok := fileTypes[is]; ok && !slices.Contains(t.suffixes, suffix) {
		return shorten(name, fileNameMax-len(t.suffixes[0])) + t.suffixes[0]
	}
	if slices.Contains(programSuffixes, suffix) {
		return shorten(name, fileNameMax-len(".bin")) + ".bin"
	}
	return shorten(name, fileNameMax)
}

// reserved reports whether a name is that of a device.
func reserved(base string) bool {
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (base[:3] == "COM" || base[:3] == "LPT") && base[3] >= '0' && base[3] <= '9'
}

// shorten takes from the middle of a name, so that it still ends as it did.
func shorten(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	suffix := path.Ext(name)
	if len(suffix) > suffixMax {
		suffix = ""
	}
	head := name[:limit-len(suffix)]
	for !utf8.ValidString(head) {
		head = head[:len(head)-1]
	}
	return strings.TrimRight(head, " .") + suffix
}
