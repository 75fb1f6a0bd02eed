// Package soak holds long runs: a whole day of a large company through core, hub, picture
// and store on a made-up clock. `make soak` runs it at full size; the tests of each day
// run the same day of a small company, so that it cannot rot.
package soak
