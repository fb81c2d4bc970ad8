package text

import "snapback/internal/restore"

// Witness words where the log ends; line is what proves it.
func Witness(head restore.Head, line string) []Line {
	return []Line{
		say("The log of Snapback ends at event {} of {}. Keep this message: with the line below, {} proves that nothing before was changed or cut off.",
			plain(number(int(head.Seq))), at(head.At), code("snapback audit verify --witness LINE")), //nolint:gosec // far from overflowing
		{quote(line)},
	}
}
