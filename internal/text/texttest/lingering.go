package texttest

import "snapback/internal/restore"

// giveUp has the requester give up what nobody had to approve.
func giveUp(l *life) {
	verdict, bodies := l.r.Abandon(l.vote(Engineer, "erin"), l.now)
	l.voted(Engineer, verdict, bodies)
}

// keep takes a look after which the target of an ended request stays locked.
func keep(why restore.KeptWhy) step {
	return func(l *life) { l.bot(l.r.LookAgain(why, l.now)) }
}

// free takes a look that finds no job any more.
func free(l *life) { l.bot(l.r.Release()) }

func release(l *life) {
	verdict, bodies := l.r.ReleaseBy(l.vote(DBA, "dana", "dba"))
	l.voted(DBA, verdict, bodies)
}
