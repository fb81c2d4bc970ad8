package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snapback/internal/restore"
)

// follow looks at the running jobs of every source cluster that is due, with one list call for each and each kind, whatever
// the number of requests, and at the agents of those whose jobs have finished. It has the jobs canceled of which somebody
// wants that. It returns when the next look is due.
func (l *Loop) follow(ctx context.Context, now time.Time) (time.Time, error) {
	all, err := l.running(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("list running requests: %w", err)
	}
	next := sooner(l.agents(ctx, now, all.agents), l.stop(ctx, now, all.stops))
	for key, requests := range all.jobs {
		next = sooner(next, l.work.look(ctx, "follow/"+key, now, func() (time.Duration, error) {
			spec := requests[0].Plan.Spec
			return l.look(ctx, spec.Submission(), spec.Source, requests)
		}))
	}
	return next, nil
}

// afoot are the running requests: by source and kind while jobs run, by the target's project while agents are waited for, and
// those whose jobs are to be canceled.
type afoot struct {
	jobs   map[string][]*restore.Request
	agents map[string][]*restore.Request
	stops  []*restore.Request
}

func (l *Loop) running(ctx context.Context) (afoot, error) {
	out := afoot{jobs: make(map[string][]*restore.Request), agents: make(map[string][]*restore.Request)}
	err := l.store.View(ctx, func(rd restore.Reader) error {
		running, err := requests(rd, restore.Running)
		if err != nil {
			return err
		}
		for _, r := range running {
			if target := r.Plan.Spec.Delivery.Target; r.Awaits() {
				key := target.Backend + "/" + target.ProjectID
				out.agents[key] = append(out.agents[key], r)
				continue
			}
			key := string(restore.SourceLock(r.Plan.Spec.Source)) + "/" + string(r.Plan.Spec.Submission())
			out.jobs[key] = append(out.jobs[key], r)
			if r.Stops() {
				out.stops = append(out.stops, r)
			}
		}
		return nil
	})
	return out, err
}

// look fetches the newest jobs of a source, all of them while some request's are not known yet, and by id those that
// are not among them, and records what changed. What goes wrong with one request keeps nobody from hearing of the
// others. A source that is gone has no records. It returns when to look again.
func (l *Loop) look(
	ctx context.Context, kind restore.SubmissionKind, source restore.Cluster, requests []*restore.Request,
) (time.Duration, error) {
	poll := l.poll(source.Backend)
	b, err := l.planner.backend(source)
	if err != nil {
		return poll, err
	}
	list, err := b.Recent(ctx, kind, source)
	if err == nil && list.Total > len(list.Jobs) && slices.ContainsFunc(requests, (*restore.Request).Short) {
		list, err = b.Jobs(ctx, kind, source) // the rest of a batch may be on any page
	}
	if err != nil && !errors.Is(err, restore.ErrNotFound) {
		return poll, fmt.Errorf("list restore jobs of %s: %w", source.Path(), err)
	}
	found := make(map[string]restore.Job, len(list.Jobs))
	for _, j := range list.Jobs {
		found[j.ID] = j
	}
	var errs []error
	for _, r := range requests {
		err := fetch(ctx, b, r, found)
		if err == nil {
			err = l.tell(ctx, r.Subject, found)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.Subject, err))
		}
	}
	return list.Pause(poll, l.timings.RetryMax), errors.Join(errs...)
}

// fetch adds the jobs of a request that are not among the found ones, as far as they have a record.
func fetch(ctx context.Context, b restore.Backend, r *restore.Request, found map[string]restore.Job) error {
	for _, j := range r.Jobs() {
		if _, ok := found[j.ID]; ok {
			continue
		}
		one, err := b.Job(ctx, r.Plan.Spec.Submission(), r.Plan.Spec.Source, j.ID)
		switch {
		case errors.Is(err, restore.ErrNotFound):
		case err != nil:
			return fmt.Errorf("read restore job %s: %w", j.ID, err)
		default:
			found[j.ID] = one
		}
	}
	return nil
}

// tell records what a look found. A look that changes nothing writes nothing. That records are missing, and that all
// jobs have finished and the agents are next, is kept without an event.
func (l *Loop) tell(ctx context.Context, s restore.Subject, found map[string]restore.Job) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		misses, lack, awaits := r.Misses, r.Lack, r.Awaits()
		bodies := r.Follow(now, found, l.timings.JobGone)
		for _, body := range bodies {
			if err := restore.Record(tx, r, restore.ByBot, now, body); err != nil {
				return err
			}
		}
		if len(bodies) == 0 && (r.Misses != misses || r.Lack != lack || r.Awaits() != awaits) {
			return tx.PutRequest(r)
		}
		return nil
	})
}
