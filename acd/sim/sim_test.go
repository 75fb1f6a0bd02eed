package sim

import (
	"math/rand/v2"
	"testing"
)

func dice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x706f727469636f)) }

// Whatever happens on whatever day, the model agrees with the core after every
// Step, and a core rebuilt from the rows alone goes on as its undisturbed twin.
func TestDays(t *testing.T) {
	for seed := range uint64(days) {
		f, err := NewFloor(dice(seed))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		f.RebuildEvery = 97
		if err := f.Run(events); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

const days, events = 4, 1500
