//go:build !crashpoint

// Package crashpoint lets tests end the process at a chosen place, as kill -9 would. In an ordinary build it does
// nothing: only the build tag crashpoint arms it, and no released program has that.
package crashpoint

// Here is a place at which a test may want the process to end.
func Here(string) {}
