package store

import (
	"context"
	"errors"
)

func openPostgres(ctx context.Context, o Options) (engine, error) {
	return nil, errors.New("PostgreSQL is not built in yet")
}
