package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"portico/acd"
	"portico/outcall"
	"portico/seal"
)

// lookupsName is the folder of the data folder that holds the SQLite files that
// workflows may read.
const lookupsName = "lookups"

// buildOutside makes what calls the outside for workflows.
func (a *App) buildOutside() error {
	folder := filepath.Join(a.o.Data, lookupsName)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making the folder of look-ups: %w", err)
	}
	a.seal = seal.New(derive(a.key, "secrets"))
	a.outside = outcall.New(outcall.Options{
		Tell: func(context.Context, outcall.Call, outcall.Result) error { return nil },
		Secret: func(_ context.Context, unit acd.UnitID, id outcall.SecretID) (string, error) {
			return a.configuration.Secret(a.seal, unit, id)
		},
		Connection: func(_ context.Context, unit acd.UnitID, id outcall.ConnectionID) (outcall.Connection, error) {
			return a.configuration.Connection(unit, id)
		},
		Function: func(_ context.Context, unit acd.UnitID, id outcall.FunctionID) (outcall.Function, error) {
			return a.configuration.Function(unit, id)
		},
		Allow: a.configuration.OutsideAllow, Lookups: folder, Log: a.o.Log,
	})
	return nil
}
