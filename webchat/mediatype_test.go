package webchat

import (
	"strings"
	"testing"
	"unicode/utf8"

	"portico/talk"
)

// What a file is, is decided by its sender, its name and its content together; where
// they contradict each other it is refused.
func TestMediaType(t *testing.T) {
	const (
		docx = officeXML + "wordprocessingml.document"
		odt  = openOffice + "text"
		ole  = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"
		jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF"
		zip  = "PK\x03\x04\x14\x00\x06\x00\x08\x00"
		heic = "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"
	)
	for _, test := range []struct {
		declared, name, content string
		want                    string // empty: refused
	}{
		{"image/png", "a.png", png, "image/png"},
		{"IMAGE/PNG; x=y", "a", png, "image/png"},
		{"image/jpg", "a.jpg", jpeg, "image/jpeg"},
		{"", "a.jpeg", jpeg, "image/jpeg"},
		{"", "", jpeg, "image/jpeg"},
		{octets, "a.pdf", "%PDF-1.7", "application/pdf"},
		{"image/heic", "a.heic", heic, "image/heic"},
		{docx, "a.docx", zip, docx},
		{"", "a.docx", zip, docx},
		{odt, "a.odt", zip, odt},
		{"application/msword", "a.doc", ole, "application/msword"},
		{"application/zip", "a.zip", zip, archive},
		{"application/x-zip-compressed", "a.zip", zip, archive},
		{"text/plain", "a.txt", "Größe: 4", plain},
		{"text/plain; charset=utf-16", "a.txt", "\xff\xfea\x00", plain},
		{"text/plain", "a.txt", "M\xfcller", plain},
		{"text/csv", "a.csv", "a;b\n1;2", "text/csv"},
		{svg, "a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", svg},
		{"text/x-log", "a.log", "GET /", "text/x-log"},
		{"application/x-cad", "a.dwg", "AC1032\x00\x01", "application/x-cad"},
		{"text/html", "a.html", "<html>", html},

		{"image/png", "a.png", jpeg, ""},
		{"image/png", "a.png", "<html><script>", ""},
		{"image/png", "a.png", "Hello", ""},
		{"text/plain", "a.txt", "<!DOCTYPE html>", ""},
		{"text/plain", "a.txt", "\x00\x01\x02\x03", ""},
		{"application/pdf", "a.pdf", "%!PS-Adobe", ""},
		{docx, "a.docx", ole, ""},
		{"application/x-cad", "a.dwg", "<html>", ""},
		{"application/x-cad", "a.dwg", png, ""},
		{"image/png", "a.png", "MZ\x90\x00\x03", ""},
		{"application/x-cad", "a.dwg", "\x7fELF\x02", ""},
		{"text/plain", "a.sh", "#!/bin/sh", ""},
		{"", "a", ole, ""},
	} {
		got, ok := mediaTypeOf(test.declared, test.name, []byte(test.content))
		if !ok {
			got = ""
		}
		// What nobody can tell is of no type that anybody allows.
		if test.want == "" && ok && !allowsType([]talk.Line{"image/*", plain, "application/pdf"}, got) {
			continue
		}
		if got != test.want {
			t.Errorf("%s %s %q: got %q, want %q", test.declared, test.name, test.content, got, test.want)
		}
	}
}

// A wildcard allows all of its kind but drawings that may hold programs.
func TestAllowedTypes(t *testing.T) {
	types := []talk.Line{"image/*", "application/pdf"}
	for is, want := range map[string]bool{"image/png": true, "image/x-new": true, svg: false, "application/pdf": true, "application/zip": false, "text/plain": false, "imagex/png": false} {
		if allowsType(types, is) != want {
			t.Errorf("%s: allowed %v", is, !want)
		}
	}
	if !allowsType([]talk.Line{svg}, svg) {
		t.Error("a drawing cannot be allowed by name")
	}
}

// A name is one that every system can keep, that cannot pass for another, and that
// ends as its type does.
func TestFileName(t *testing.T) {
	for _, test := range []struct{ name, is, want string }{
		{"a.png", "image/png", "a.png"},
		{"Foto Größe.JPG", "image/jpeg", "Foto Größe.JPG"},
		{`C:\Users\me\a.png`, "image/png", "a.png"},
		{"../../etc/passwd", plain, "passwd.txt"},
		{"invoice.pdf.exe", "image/png", "invoice.pdf.exe.png"},
		{"gpj.\u202eexe.png", "image/png", "gpj.exe.png"},
		{"a\x00b\nc\u200bd.png", "image/png", "ab cd.png"},
		{`a<b>:"|?*.png`, "image/png", "a_b______.png"},
		{"", "image/png", "file.png"},
		{"...", plain, "file.txt"},
		{".png", "image/png", "png.png"},
		{"CON.txt", plain, "_CON.txt"},
		{"com1", plain, "_com1.txt"},
		{"run.bat", "application/x-other", "run.bat.bin"},
		{"model.stl", "model/stl", "model.stl"},
		{"日本語.pdf", "application/pdf", "日本語.pdf"},
		{"a.html", plain, "a.html.txt"},
	} {
		if got := fileName(test.name, test.is); got != test.want {
			t.Errorf("%q of %s: got %q, want %q", test.name, test.is, got, test.want)
		}
	}
	long := fileName(strings.Repeat("ñ", 300)+".docx", officeXML+"wordprocessingml.document")
	if len(long) > fileNameMax || !utf8.ValidString(long) || !strings.HasSuffix(long, "ñ.docx") {
		t.Errorf("a long name became %q", long)
	}
}

// Whatever a name is: what becomes of it can be kept and printed, and once is enough.
func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"a.png", "..", "a/b\\c", "\xff\xfe", "CON", strings.Repeat("x.", 200), "\u202e\u0000", "a.exe"} {
		f.Add(seed, "image/png")
		f.Add(seed, "x/y")
	}
	f.Fuzz(func(t *testing.T, name, is string) {
		got := fileName(name, is)
		if got == "" || len(got) > fileNameMax || !isText(got) || strings.ContainsAny(got, "/\\<>:\"|?*\r\n") || got != fileName(got, is) {
			t.Errorf("%q became %q, then %q", name, got, fileName(got, is))
		}
		if header := contentDisposition("attachment", got); strings.ContainsAny(header, "\r\n") || !isASCII(header) {
			t.Errorf("the header is %q", header)
		}
		if is, ok := mediaTypeOf(is, name, []byte(name)); ok && (is == "" || len(is) > 255 || is == program) {
			t.Errorf("%q is %q", name, is)
		}
	})
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
