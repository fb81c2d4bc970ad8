//go:build !race

package views

// oneIn is how many samples there are to each one that hostile texts are put into: all of them.
const oneIn = 1
