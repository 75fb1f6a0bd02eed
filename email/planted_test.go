package email

import (
	"os"
	"testing"

	"portico/planted"
)

// The tests of this package fail when they must: each bug of testdata/planted is
// noticed by the test that it names.
func TestPlantedBugs(t *testing.T) {
	bugs, err := planted.Load(os.DirFS("testdata/planted"))
	if err != nil {
		t.Fatal(err)
	}
	planted.Run(t, bugs)
}
