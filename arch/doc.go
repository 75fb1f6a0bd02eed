// Package arch holds tests only: they read the source and assert the shape of
// the house, so that it does not drift by accident.
package arch
