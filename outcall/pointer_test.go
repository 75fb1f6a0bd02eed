package outcall

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// RFC 6901, 5: the examples of the standard itself.
func TestPointer(t *testing.T) {
	const document = `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`
	for pointer, value := range map[string]string{"/foo": `["bar","baz"]`, "/foo/0": "bar", "/": "0", "/a~1b": "1", "/c%d": "2", "/e^f": "3",
		"/g|h": "4", `/i\j`: "5", `/k"l`: "6", "/ ": "7", "/m~0n": "8"} {
		data, err := outputs([]byte(document), out(pointer, "x"))
		if err != nil || data["x"] != value {
			t.Errorf("%q: %q, %v; want %q", pointer, data["x"], err, value)
		}
	}
	for _, pointer := range []string{"/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/9999999999999", "/foo/bar", "/nothing", "/foo/0/x", "//"} {
		if data, err := outputs([]byte(document), out(pointer, "x")); err != nil || len(data) != 0 {
			t.Errorf("%q: %v, %v; want nothing", pointer, data, err)
		}
	}
	for _, pointer := range []string{"foo", "/~", "/~2", "/a~", "#/foo", "/" + strings.Repeat("x", 1000), "/\xff"} {
		if isPointer(pointer) {
			t.Errorf("%q was taken", pointer)
		}
	}
}

// Whatever an answer and a path are, the outcome is a text that a store can keep.
func FuzzOutputs(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,"x",null,true]}}`), "/a/b/1")
	f.Add([]byte(`{"a":"\u0000\ud800"}`), "/a")
	f.Add([]byte(`[[]]`), "")
	f.Add([]byte(`"x" "y"`), "/~01")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		wanted := out(path, "key")
		if checkOutputs(wanted) != nil {
			return
		}
		data, err := outputs(body, wanted)
		if err != nil {
			return
		}
		if !json.Valid(body) {
			t.Fatalf("%q was taken for JSON", body)
		}
		for _, value := range data {
			if !utf8.ValidString(value) || strings.Contains(value, "\x00") {
				t.Fatalf("%q", value)
			}
		}
	})
}
