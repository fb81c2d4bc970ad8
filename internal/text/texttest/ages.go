package texttest

import (
	"time"

	"snapback/internal/restore"
)

// lapse has the link of a download expire.
func lapse(l *life) {
	l.now = l.r.Offered
	l.bot(l.r.Lapse(l.now))
}

// newer has a snapshot be taken while a request for the latest waits.
func newer(l *life) {
	s := snapshot()
	s.ID, s.Created = "6740c00fc3d4e5f60718294a", Now().Add(-time.Minute)
	l.bot(l.r.Age(l.r.Plan.Revision, l.r.Newer(s)))
}

// sliding is found where times are kept for a day only.
func sliding(s restore.Spec, now time.Time) restore.Finding {
	reached := restore.Reached{Point: s.Point, Since: now.Add(-20 * time.Hour)}
	return restore.Sliding(reached, s.Source, now, now.Add(24*time.Hour))[0]
}

// slid has the point of a request be out of reach.
func slid(l *life) {
	s := l.r.Plan.Spec
	l.bot(l.r.Age(l.r.Plan.Revision, []restore.Finding{{
		Code: restore.FindRangeBefore, Level: restore.LevelRefuse, Name: s.Point.Text(), Cluster: s.Source.Path(),
		Near: []string{"2026-11-21T15:00:00Z"},
	}}))
}

// slidBack has it be in reach again.
func slidBack(l *life) { l.bot(l.r.Age(l.r.Plan.Revision, nil)) }
