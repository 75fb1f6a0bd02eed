package identity

import "context"

// Gate proves who somebody is.
type Gate struct{}

// Session gives the caller whom a session's secret proves.
func (g *Gate) Session(ctx context.Context, secret string) (Caller, error) { return Caller{}, nil }

// Token gives the caller whom an API token's secret proves.
func (g *Gate) Token(ctx context.Context, secret string) (Caller, error) { return Caller{}, nil }
