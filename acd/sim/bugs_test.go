package sim

import (
	"os"
	"testing"

	"portico/planted"
)

// Each bug in the folder bugs, laid over the core, makes the test fail that it
// names; so these tests can fail. It takes the Go tool and some minutes.
func TestPlantedBugs(t *testing.T) {
	bugs, err := planted.Load(os.DirFS("bugs"))
	if err != nil {
		t.Fatal(err)
	}
	planted.Run(t, bugs)
}
