package audit

// Both ways to read a line: what quick accepts, slow has to read alike.
var (
	Quick = quick
	Slow  = slow
)
