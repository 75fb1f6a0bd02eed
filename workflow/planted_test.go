package workflow

import (
	"os"
	"testing"

	"portico/planted"
)

// The tests of workflows fail when what they defend is broken.
func TestPlantedBugs(t *testing.T) {
	bugs, err := planted.Load(os.DirFS("bugs"))
	if err != nil {
		t.Fatal(err)
	}
	planted.Run(t, bugs)
}
