package intake

import (
	"context"
	"errors"
	"time"
)

// How connections of other processes are told from dead ones of ours, which Slack counts for a while. Slack tells how
// many there are only when a connection is made.
const (
	foreignAfter  = time.Minute      // too many for so long are somebody else's
	foreignAgain  = 10 * time.Minute // how often it is looked again whether they are still there
	recountWithin = 30 * time.Second // to be connected once more
)

// census is what is known of the app's connections that are not ours.
type census struct {
	foreign int       // by the latest count
	since   time.Time // of the first count in a row that found any; zero if the latest found none
	told    int       // what the observer knows
}

// counted takes in how many connections the app has, as Slack tells each new one. That there are too many is told only
// after a recount: where connections come and go, Slack counts some that are dead.
func (in *Intake) counted(ctx context.Context, all int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	c := &in.census
	c.foreign = max(0, all-max(len(in.alive), in.Connections))
	if c.foreign == 0 {
		c.since = time.Time{}
		in.tell(ctx)
		return
	}
	if c.since.IsZero() {
		c.since = time.Now()
	}
	select {
	case in.suspect <- struct{}{}:
	default:
	}
}

// tell lets the observer and the log know of the latest count, if that is new. The caller holds the lock.
func (in *Intake) tell(ctx context.Context) {
	c := &in.census
	if c.foreign == c.told {
		return
	}
	c.told = c.foreign
	in.Observer.ForeignConnections(c.foreign)
	if c.foreign == 0 {
		in.Logger.InfoContext(ctx, "no other process is connected with our app token any more")
		return
	}
	in.Logger.ErrorContext(ctx, "another process is connected with our app token, and gets some of what people do",
		"connections", c.foreign)
}

// watchForeign looks again, until ctx or taking ends, whether connections that seemed to be somebody else's still are.
func (in *Intake) watchForeign(ctx, taking context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-taking.Done():
			return
		case <-in.suspect:
		}
		for pause := in.suspicion(); pause > 0; pause = in.suspicion() {
			select {
			case <-ctx.Done():
				return
			case <-taking.Done():
				return
			case <-time.After(pause):
			}
			if in.suspicion() > 0 {
				in.recount(ctx, taking)
			}
		}
	}
}

// suspicion returns how long to wait before counting again, 0 if the latest count found nobody else.
func (in *Intake) suspicion() time.Duration {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.census.since.IsZero():
		return 0
	case in.census.told > 0:
		return foreignAgain
	}
	return foreignAfter
}

// errCounted ends the connection that was made to count.
var errCounted = errors.New("connections are counted")

// recount connects once more to hear how many connections there are, and hangs up at once: none of ours is dead by now.
// If that cannot be done, as there may be ten at most, what was counted before stands.
func (in *Intake) recount(ctx, taking context.Context) {
	ctx, hangUp := context.WithTimeout(ctx, recountWithin)
	defer hangUp()
	err := in.connection(ctx, taking, in.Slack.Slack(), in.Connections)
	in.setAlive(in.Connections, false)
	if !errors.Is(err, errCounted) {
		in.Logger.InfoContext(taking, "connections could not be counted", "error", err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.census.since.IsZero() && time.Since(in.census.since) >= foreignAfter {
		in.tell(taking)
	}
}
