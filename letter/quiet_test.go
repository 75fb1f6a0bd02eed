//go:build !race

package letter

const measured = true
