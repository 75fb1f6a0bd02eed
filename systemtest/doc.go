// Package systemtest holds tests only: they run the shipped binary as a process of
// its own, on both stores, and talk to it as browsers and programs do. They kill
// it, take its store away, flood it, and hold what it says afterwards against what
// it said before.
package systemtest
