package texttest

import (
	"errors"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// putUp puts the plan up for approval.
func putUp(change ...func(*restore.Proposal)) step {
	return func(l *life) { l.bot(l.r.PutUp(l.now, Installation, proposal(l.r.Asked, change...))) }
}

func autoApprove(l *life) {
	l.bot(l.r.AutoApprove(l.now, Installation, proposal(l.r.Asked, func(p *restore.Proposal) {
		p.Terms.Policy, p.Terms.Seats, p.Terms.Auto, p.Members = "scratch", nil, true, nil
	})))
}

func (l *life) vote(user, name string, groups ...string) restore.Vote {
	return restore.Vote{
		Standing: approvals.Standing{Person: Person(user), Name: name, Groups: groups, At: l.now},
		Today:    l.r.Known(), Revision: l.r.Plan.Revision, Nonce: l.r.Nonce, Typed: l.r.ConfirmName(), Read: l.now, Now: l.now,
		Limits: restore.Timings{StandingAge: time.Minute, Grace: 10 * time.Second},
	}
}

func (l *life) voted(user string, v approvals.Verdict, bodies []restore.Body) {
	if len(bodies) == 0 {
		panic(fmt.Sprintf("texttest: %s in %q: %s", user, l.r.State, v))
	}
	for _, b := range bodies {
		l.record(Person(user).String(), b)
	}
}

func approve(user, name string, groups ...string) step {
	return func(l *life) {
		v, bodies := l.r.Approve(l.vote(user, name, groups...))
		l.voted(user, v, bodies)
	}
}

func dbaApproves(l *life)  { approve(DBA, "dana", "dba")(l) }
func leadApproves(l *life) { approve(Lead, "lee", "leads")(l) }

func deny(l *life) {
	v := l.vote(Lead, "lee", "leads")
	v.Reason = "The target is in use for the load test until Friday."
	verdict, bodies := l.r.Deny(v)
	l.voted(Lead, verdict, bodies)
}

func cancel(l *life) {
	v := restore.Vote{Standing: approvals.Standing{Person: Person(Engineer)}, Reason: "found the rows in the archive"}
	verdict, bodies := l.r.Cancel(v)
	l.voted(Engineer, verdict, bodies)
}

func abandon(l *life) {
	verdict, bodies := l.r.Abandon(l.vote(DBA, "dana", "dba"), l.now.Add(time.Minute))
	l.voted(DBA, verdict, bodies)
}

func refuse(fs ...restore.Finding) step {
	return func(l *life) { l.bot(l.r.Refuse(fs)) }
}

func expire(l *life) {
	at := l.r.Deadline
	l.now = at.Add(10 * time.Second)
	l.bot(l.r.Expire(l.now, 10*time.Second))
}

func wait(w restore.Wait) step {
	return func(l *life) {
		w.Since = l.now
		l.bot(l.r.WaitFor(w))
	}
}

func prepare(l *life) {
	l.r.Locks = l.r.WantedLocks()
	l.bot(l.r.Prepare(l.now))
}

func send(l *life) { l.bot(l.r.Send(l.now, restore.JobList{Complete: true})) }

func hold(w restore.Wait, o restore.Outcome) step {
	return func(l *life) {
		w.Since, w.Until = l.now, l.now.Add(30*time.Second)
		l.bot(l.r.Hold(w, o))
	}
}

func job(phase restore.JobPhase, status string) restore.Job {
	return restore.Job{ID: "6740a8c0c3d4e5f607182940", Phase: phase, Status: status}
}

func accept(l *life) {
	l.bot(l.r.Accept(restore.Outcome{
		Kind: restore.Accepted, Status: 200, Jobs: []restore.Job{job(restore.JobRunning, "IN_PROGRESS")},
	}))
}

// follow takes a look that finds the request's jobs in a phase.
func follow(phase restore.JobPhase, status string) step {
	return func(l *life) {
		l.now = l.now.Add(11 * time.Minute)
		seen := make(map[string]restore.Job)
		for _, j := range l.r.Jobs() {
			j.Phase, j.Status = phase, status
			seen[j.ID] = j
		}
		for _, b := range l.r.Follow(l.now, seen, time.Minute) {
			l.bot(b)
		}
	}
}

var errOutage = errors.New("502 Bad Gateway")

// agents takes a look that finds so many of three agents at the goal.
func agents(there int) step {
	return func(l *life) {
		seen := restore.Agents{Goal: 12}
		for n := range 3 {
			seen.Processes = append(seen.Processes, restore.Process{Achieved: 11})
			if n < there {
				seen.Processes[n].Achieved = 12
			}
		}
		l.await(seen, nil)
	}
}

// agentsFail takes a look at the agents that goes wrong.
func agentsFail(failed error) step { return func(l *life) { l.await(restore.Agents{}, failed) } }

func (l *life) await(seen restore.Agents, failed error) {
	for _, b := range l.r.Await(l.now, seen, failed, 30*time.Minute) {
		l.bot(b)
	}
}

// finish takes looks that find the jobs finished and then all agents at the goal.
func finish(l *life) {
	follow(restore.JobFinished, "FINISHED")(l)
	agents(3)(l)
}

// restored takes a look that finds the jobs finished, and then further ones.
func restored(l *life) { follow(restore.JobFinished, "FINISHED")(l) }

func muchLater(l *life) { l.now = l.now.Add(time.Hour) }

// lose takes looks that find nothing until the job counts as gone.
func lose(l *life) {
	for range 3 {
		l.now = l.now.Add(10 * time.Minute)
		for _, b := range l.r.Follow(l.now, nil, time.Minute) {
			l.bot(b)
		}
	}
}

func refusedForGood(l *life) {
	l.bot(l.r.Fail(restore.Outcome{
		Kind: restore.Permanent, Status: 400, Code: "RESTORE_TARGET_VERSION_TOO_OLD",
		Detail: "The target runs an older version of MongoDB than the snapshot.",
	}))
}

func takeBack(l *life) { l.bot(l.r.TakeBack(l.now)) }

func byBot(body restore.Body) step { return func(l *life) { l.bot(body) } }

// reveal has the requester ask for the links of a download.
func reveal(l *life) {
	verdict, bodies := l.r.Reveal(l.r.Requester, l.r.Plan.Revision, l.r.Nonce)
	l.voted(Engineer, verdict, bodies)
}
