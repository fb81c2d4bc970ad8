package simulation

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// order is the body of a POST.
type order struct {
	SnapshotID   string `json:"snapshotId"`
	CheckpointID string `json:"checkpointId"`
	OplogTs      string `json:"oplogTs"`
	OplogInc     string `json:"oplogInc"`
	Millis       int64  `json:"pointInTimeUTCMillis"`
	Delivery     struct {
		MethodName      string `json:"methodName"`
		TargetGroupID   string `json:"targetGroupId"`
		TargetClusterID string `json:"targetClusterId"`
		ExpirationHours int    `json:"expirationHours"`
		MaxDownloads    int    `json:"maxDownloads"`
	} `json:"delivery"`
}

// attribute finds for every POST that the server saw the announcement in the log that it belongs to: of exactly this
// plan, by a request that was being sent at that moment.
func (e *evidence) attribute() {
	for _, p := range e.posts {
		var o order
		if err := json.Unmarshal(p.RequestBody, &o); err != nil {
			e.wrongf("post", "a POST at %s with the body %q", clock(p.Time), p.RequestBody)
			continue
		}
		source, _ := sourceOf(p.Target)
		found := false
		for _, l := range e.lives {
			a := l.sending(p.Time)
			if a == nil || a.sent.plan.Spec.Source.ID != source || !asks(o, a.sent.plan) {
				continue
			}
			found = true
			a.posts = append(a.posts, p)
			if len(a.posts) > 1 {
				e.wrongf("twice", "%s: POST number %d of attempt %d at %s", l.subject, len(a.posts), a.number, clock(p.Time))
			}
		}
		if !found {
			e.wrongf("post", "a POST at %s that no event announces: %s %s", clock(p.Time), p.Target, p.RequestBody)
		}
	}
}

// sending returns the attempt of a request that was under way at an instant.
func (l *life) sending(t time.Time) *attempt {
	for _, a := range l.attempts {
		if a.sent.Seq > 0 && !a.sent.At.After(t) && l.over(a).After(t) {
			return a
		}
	}
	return nil
}

// over returns when a request was no longer in the sending of an attempt.
func (l *life) over(a *attempt) time.Time {
	for _, s := range l.steps {
		if s.Seq > a.sent.Seq && s.to != restore.Sending {
			return s.At.Add(time.Nanosecond)
		}
	}
	return time.Now().Add(day)
}

func asks(o order, p *restore.Plan) bool {
	point, d := p.Spec.Point, p.Spec.Delivery
	want := order{SnapshotID: point.SnapshotID, CheckpointID: point.CheckpointID, Millis: point.Millis}
	if point.Kind == restore.Oplog {
		want.OplogTs, want.OplogInc = strconv.FormatInt(point.Seconds, 10), strconv.FormatInt(point.Increment, 10)
	}
	want.Delivery.MethodName, want.Delivery.TargetGroupID, want.Delivery.TargetClusterID = "AUTOMATED_RESTORE", d.Target.ProjectID, d.Target.ID
	if download(p) {
		want.Delivery.MethodName, want.Delivery.ExpirationHours, want.Delivery.MaxDownloads = "HTTP", d.Hours, d.MaxDownloads
	}
	return o == want
}

// checkPosts checks what went before every POST of a request.
func (e *evidence) checkPosts(l *life) {
	jobs, resent := 0, 0
	var before *fake.Call
	for _, s := range l.steps {
		switch s.body.(type) {
		case restore.BodyResent:
			resent, before = resent+1, nil
		case restore.BodySending:
			e.checkList(l, s)
			e.checkGuard(l, s)
			if b, ok := s.body.(restore.BodySending); !ok || b.PlanHash != s.plan.Hash {
				e.wrongf("plan", "%s: what is sent is not the plan", l.subject)
			}
			if before != nil && !refused(*before) && len(s.sent.posts) > 0 {
				e.wrongf("twice", "%s: POST at %s after the one at %s (answered %d, made %v), and nobody said so",
					l.subject, clock(s.sent.posts[0].Time), clock(before.Time), before.Status, before.Created)
			}
			for _, p := range s.sent.posts {
				before = &p
				if len(p.Created) > 0 {
					jobs++
				}
			}
		}
	}
	if jobs > 1+resent {
		e.wrongf("twice", "%s: %d restores for one request, and people had it sent again %d times", l.subject, jobs, resent)
	}
}

// refused reports whether the server's answer proves that it started nothing.
func refused(p fake.Call) bool {
	body := string(p.ResponseBody)
	spoken := strings.Contains(body, `"errorCode"`) || strings.Contains(body, `"error"`) && strings.Contains(body, `"reason"`)
	switch {
	case len(p.Created) > 0 || p.Status == 0:
		return false
	case p.Status >= http.StatusMultipleChoices && p.Status < http.StatusBadRequest:
		return true
	}
	return spoken && slices.Contains([]int{
		http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusTooManyRequests, http.StatusConflict,
	}, p.Status)
}

// checkList checks that the whole list was read before something is sent, however many pages it has.
func (e *evidence) checkList(l *life, s step) {
	read, total := make(map[string]bool), -1
	for _, page := range e.lists {
		if page.source == s.plan.Spec.Source.ID && !page.began.Before(s.sent.prepared) && !page.ended.After(s.At) {
			total = page.total
			for _, id := range page.ids {
				read[id] = true
			}
		}
	}
	if total < 0 || len(read) < total {
		e.wrongf("guard", "%s: sent at %s after %d of %d jobs were read", l.subject, clock(s.At), len(read), total)
	}
}

// checkGuard checks that nothing is sent while a restore stands in the list that is nobody's, was not there when the plan
// was made, and is the same or still writes to the target.
func (e *evidence) checkGuard(l *life, s step) {
	planned := l.last(s.At, restore.KindPlanned)
	for _, j := range e.jobs {
		like := compare(s.plan, j)
		source := s.plan.Spec.Source.ID
		switch {
		case like == unlike || like == near && finished(j, s.At):
		case e.owner(j.ID, s.At) != nil:
		case e.visible(source, j.ID, time.Time{}, planned.At): // was there when the plan was made
			if !finished(j, s.At) && !download(s.plan) {
				e.checkBusy(l, s, j)
			}
		case e.visible(source, j.ID, s.sent.prepared, s.At):
			e.wrongf("guard", "%s: sent at %s although %s was there, made at %s", l.subject, clock(s.At), j.ID, clock(j.Created))
		}
	}
}

// checkBusy checks that nothing is sent while an older restore writes to the target.
func (e *evidence) checkBusy(l *life, s step, j fake.Job) {
	if e.visible(s.plan.Spec.Source.ID, j.ID, s.sent.prepared, s.At) {
		e.wrongf("busy", "%s: sent at %s while %s writes to the target", l.subject, clock(s.At), j.ID)
	}
}

func finished(j fake.Job, at time.Time) bool { return !j.Ended.IsZero() && !j.Ended.After(at) }

// group names what one POST made: a batch, or a job that stands alone.
func (e *evidence) group(job string) string {
	if batch := e.jobs[job].BatchID; batch != "" {
		return batch
	}
	return job
}

// owner returns the request that a job, or another of its batch, belonged to at an instant, by the log.
func (e *evidence) owner(job string, at time.Time) *life {
	group := e.group(job)
	for _, l := range e.lives {
		for _, s := range l.steps {
			own := s.Kind == restore.KindAccepted || s.Kind == restore.KindAdopted
			if own && !s.At.After(at) && slices.ContainsFunc(jobsOf(s.body), func(id string) bool { return e.group(id) == group }) {
				return l
			}
		}
	}
	return nil
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05.000") }
