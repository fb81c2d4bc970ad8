package texttest

import (
	"fmt"
	"slices"
	"time"

	"snapback/internal/restore"
)

func doubt(cause restore.DoubtCause, o restore.Outcome, candidates ...restore.Job) step {
	return func(l *life) { l.bot(l.r.Doubt(cause, o, candidates)) }
}

func reset() restore.Outcome {
	return restore.Outcome{Kind: restore.Unknown, Detail: "connection reset by peer"}
}

func busy() restore.Outcome {
	return restore.Outcome{Kind: restore.Busy, Status: 409, Code: "CONCURRENT_RESTORES"}
}

// unanswered leaves it to the list of jobs what became of a POST.
func unanswered(o restore.Outcome) step {
	return func(l *life) { l.bot(l.r.Unanswered(o, 3*time.Minute)) }
}

func lostAnswer(l *life) {
	unanswered(reset())(l)
	l.now = l.now.Add(3 * time.Minute)
	doubt(restore.DoubtAnswer, reset())(l)
}

// remind is the first look after some days of doubt.
func remind(days int) step {
	return func(l *life) {
		if l.r.Doubted.IsZero() {
			l.r.Doubted = l.now
		}
		l.now = l.r.Doubted.Add(time.Duration(days) * 24 * time.Hour)
		l.bot(l.r.Remind(l.now))
	}
}

// sight is a look that finds groups which may be the request's.
func sight(alike int, near int) step {
	return func(l *life) {
		if body := l.r.See(sighting(l.r, alike, near)); body != nil {
			l.bot(body)
		}
	}
}

func sighting(r *restore.Request, alike, near int) restore.Sighting {
	var s restore.Sighting
	for i := range alike {
		s.Alike = append(s.Alike, found(r, i, r.Plan.Spec.Point.SnapshotID))
	}
	for i := range near {
		s.Near = append(s.Near, found(r, alike+i, "6740a1f2c3d4e5f607182000"))
	}
	return s
}

// found is the group of a job onto the request's target; every third is a batch.
func found(r *restore.Request, n int, snapshot string) restore.Group {
	j := job(restore.JobRunning, "IN_PROGRESS")
	j.ID = fmt.Sprintf("6740a8c0c3d4e5f6071829%02x", 0x40+n)
	j.TargetProject, j.TargetCluster = r.Plan.Spec.Delivery.Target.ProjectID, r.Plan.Spec.Delivery.Target.ID
	j.SnapshotID, j.Created = snapshot, Filed().Add(5*time.Minute+time.Duration(n)*time.Second)
	if n%3 != 2 {
		return restore.Group{ID: j.ID, Jobs: []restore.Job{j}}
	}
	j.Group = fmt.Sprintf("6740a8c0c3d4e5f6071828%02x", n)
	second := j
	second.ID, second.Phase, second.Status = j.ID[:22]+"ff", restore.JobFinished, "FINISHED"
	return restore.Group{ID: j.Group, Jobs: []restore.Job{j, second}}
}

// foundOwn is a look that finds the request's own job.
func foundOwn(l *life) { l.bot(l.r.Take(found(l.r, 0, l.r.Plan.Spec.Point.SnapshotID), nil)) }

// reappear is a look that finds the job whose record was gone.
func reappear(l *life) {
	back, ok := l.r.Reappeared([]restore.Job{job(restore.JobRunning, "IN_PROGRESS")})
	if !ok {
		panic("texttest: the record is not back")
	}
	l.bot(l.r.Take(back, nil))
}

// adopt takes the first group that was sighted.
func adopt(l *life) {
	v := l.vote(DBA, "dana", "dba")
	free := func(string) bool { return false }
	verdict, bodies := l.r.AdoptFound(v, slices.Concat(l.r.Sighted.Alike, l.r.Sighted.Near)[0].ID, free)
	l.voted(DBA, verdict, bodies)
}

func finished(l *life) {
	verdict, bodies := l.r.Finish(l.vote(DBA, "dana", "dba"))
	l.voted(DBA, verdict, bodies)
}

// guard finds a job before anything is sent, as a list shows it.
func guard(alike, near int) step {
	return func(l *life) {
		l.r.Sighted = sighting(l.r, alike, near)
		doubt(restore.DoubtGuard, restore.Outcome{}, l.r.Sighted.Jobs()...)(l)
	}
}

// busyDoubt finds a job that may be the one in the way.
func busyDoubt(l *life) {
	unanswered(busy())(l)
	l.r.Sighted = sighting(l.r, 0, 1)
	doubt(restore.DoubtAnswer, busy(), l.r.Sighted.Jobs()...)(l)
}

func resend(l *life) {
	verdict, bodies := l.r.Resend(l.vote(Lead, "lee", "leads"), restore.Sighting{})
	l.voted(Lead, verdict, bodies)
}
