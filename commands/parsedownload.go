package commands

import (
	"strconv"
	"strings"

	"snapback/internal/restore"
)

// What a download is unless said otherwise, and at most.
const (
	usualHours   = 4
	mostHours    = 720
	usualTimes   = 1
	mostTimes    = 100
	wordFor      = "for"
	wordMax      = "max"
	unitHours    = "h"
	longestCount = 3 // digits
)

// download reads [for 4h] [max 1]. Only snapshots can be downloaded.
func (p *parser) download(a *restore.Asked, v Verb) *Problem {
	a.Delivery, a.Hours, a.MaxDownloads = restore.Download, usualHours, usualTimes
	switch a.Point {
	case restore.Latest, restore.OfSnapshot:
	case restore.PointInTime, restore.Oplog, restore.Checkpoint:
		return &Problem{Code: ProblemDownload, Word: string(a.Point), Verb: v}
	}
	for _, o := range []struct {
		word, unit string
		into       *int
		most       int
		code       ProblemCode
	}{
		{wordFor, unitHours, &a.Hours, mostHours, ProblemHours},
		{wordMax, "", &a.MaxDownloads, mostTimes, ProblemTimes},
	} {
		if len(p.rest) == 0 || !p.rest[0].is(o.word) {
			continue
		}
		p.next()
		value, ok := p.next()
		if !ok || value.is(wordBecause) {
			return &Problem{Code: o.code, Verb: v}
		}
		n, ok := count(value.text, o.unit, o.most)
		if !ok {
			return &Problem{Code: o.code, Word: value.text, Verb: v}
		}
		*o.into = n
	}
	return nil
}

// count reads a number from 1 to most with its unit.
func count(word, unit string, most int) (int, bool) {
	text, ok := strings.CutSuffix(strings.ToLower(word), unit)
	if !ok || !digits(text) || len(text) > longestCount {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most
}
