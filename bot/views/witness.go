package views

import (
	"snapback/internal/restore"
	"snapback/internal/text"
)

// Witness draws where the log ends.
func (v Renderer) Witness(head restore.Head, line string) Message {
	return v.lines(blockID(restore.SubjectWitness, head.Seq, "witness"), text.Witness(head, line))
}
