package commands

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"snapback/internal/restore"
	"snapback/internal/restore/moment"
)

// point reads latest, snapshot ID, at TIME, oplog SECONDS:INCREMENT or checkpoint ID.
func (p *parser) point(a *restore.Asked, v Verb) *Problem {
	t, ok := p.next()
	switch {
	case !ok:
		return &Problem{Code: ProblemNoPoint, Word: a.Source, Verb: v}
	case t.is(wordLatest):
		a.Point = restore.Latest
		return nil
	case t.is(wordSnapshot):
		a.Point = restore.OfSnapshot
		return p.id(&a.Snapshot, t, ProblemSnapshot, v)
	case t.is(wordCheck):
		a.Point = restore.Checkpoint
		return p.id(&a.Checkpoint, t, ProblemCheckpoint, v)
	case t.is(wordOplog):
		a.Point = restore.Oplog
		return p.oplog(a, v)
	case t.is(wordAt):
		a.Point = restore.PointInTime
		return p.time(a, v)
	case t.is(wordSome):
		return &Problem{Code: ProblemNoPoint, Word: a.Source, Verb: v}
	}
	points := []string{wordLatest, wordSnapshot, wordAt, wordOplog, wordCheck}
	return &Problem{Code: ProblemPoint, Word: t.text, Near: near(t.text, points), Verb: v}
}

// id reads the id behind a keyword.
func (p *parser) id(into *string, keyword token, code ProblemCode, v Verb) *Problem {
	id, ok := p.next()
	if !ok || id.text == "" || ends(id) {
		return &Problem{Code: code, Word: keyword.text, Verb: v}
	}
	*into = id.text
	return nil
}

// ends reports whether a word begins what follows a point.
func ends(t token) bool {
	return t.is(wordTo) || t.is(wordDownload) || t.is(wordBecause) || t.is(wordSome)
}

// time reads the words up to what follows a point. Which instant they mean depends on who typed them, and is found out
// later.
func (p *parser) time(a *restore.Asked, v Verb) *Problem {
	var words []string
	for len(p.rest) > 0 && !ends(p.rest[0]) {
		t, _ := p.next()
		words = append(words, strings.Fields(t.text)...) // all of it may stand in quotes
	}
	typed, err := moment.Parse(words)
	if err == nil {
		a.Time = typed.String()
		return nil
	}
	problem := &Problem{Code: ProblemTime, Verb: v}
	if e, ok := errors.AsType[*moment.Error](err); ok {
		problem.Word = e.Word
		switch e.Code {
		case moment.Zone:
			problem.Code = ProblemZone
		case moment.Fraction:
			problem.Code = ProblemFraction
		case moment.Form, moment.Skipped, moment.Twice, moment.Future:
		}
	}
	return problem
}

// oplog reads a timestamp of the oplog: seconds since the Unix epoch and the ordinal within the second, both of 32 bits.
// Seconds that are too large by a factor of a thousand are milliseconds.
func (p *parser) oplog(a *restore.Asked, v Verb) *Problem {
	t, ok := p.next()
	if !ok || ends(t) {
		return &Problem{Code: ProblemOplog, Verb: v}
	}
	problem := &Problem{Code: ProblemOplog, Word: t.text, Verb: v}
	seconds, increment, _ := strings.Cut(t.text, ":")
	if !digits(seconds) || !digits(increment) {
		return problem
	}
	s, errS := strconv.ParseInt(seconds, 10, 64)
	n, errN := strconv.ParseUint(increment, 10, 32)
	switch {
	case errS != nil || errN != nil || s == 0:
		return problem
	case s > math.MaxUint32:
		if s /= 1000; s <= math.MaxUint32 {
			problem.Near = []string{strconv.FormatInt(s, 10) + ":" + increment}
		}
		return problem
	}
	a.Seconds, a.Increment = s, int64(n)
	return nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
