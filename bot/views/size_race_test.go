//go:build race

package views

// oneIn is how many samples there are to each one that hostile texts are put into. Drawing is pure: the race detector finds
// no more in more of the same, and each takes many times as long.
const oneIn = 8
