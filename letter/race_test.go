//go:build race

package letter

// The detector makes pools forget what they hold, so that what is allocated says nothing:
// memory is measured where the detector is off, among the tests of the shipped binary.
const measured = false
