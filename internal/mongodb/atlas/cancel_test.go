package atlas_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// cancels matches requests to cancel a job.
func cancels() fake.Match {
	return fake.Match{Method: http.MethodDelete, Path: "/groups/*/clusters/*/backup/restoreJobs/*", Authorized: true}
}

// started submits a plan, whose job runs.
func (r *rig) started(p restore.Plan) restore.Job {
	r.t.Helper()
	o := r.Submit(r.t.Context(), p)
	if o.Kind != restore.Accepted {
		r.t.Fatalf("%+v", o)
	}
	return o.Jobs[0]
}

// deletes are the calls that asked to cancel a job.
func (r *rig) deletes() []fake.Call {
	var out []fake.Call
	for _, c := range r.Calls() {
		if c.Method == http.MethodDelete && c.Authorization {
			out = append(out, c)
		}
	}
	return out
}

// TestCancel cancels downloads, of a replica set and of a sharded cluster, as often as it is asked.
func TestCancel(t *testing.T) {
	for _, source := range []string{"orders-prod", "events-prod"} {
		r := start(t, fake.Options{})
		job := r.started(r.plan(source, "", r.newest(source)))
		for range 2 {
			if err := r.Cancel(t.Context(), r.named[source], job.ID); err != nil {
				t.Fatal(err)
			}
			got, err := r.Job(t.Context(), restore.SubmissionRestore, r.named[source], job.ID)
			if err != nil || got.Phase != restore.JobKilled || got.Status != "CANCELED" {
				t.Errorf("%s: %+v, %v", source, got, err)
			}
		}
		calls := r.deletes()
		want := fake.Base + "/groups/" + r.named[source].ProjectID + "/clusters/" + source + "/backup/restoreJobs/" + job.ID
		if len(calls) != 2 || calls[0].Target != want || len(calls[0].RequestBody) != 0 || calls[0].Status != http.StatusNoContent ||
			calls[0].Header.Get("Accept") != "application/vnd.atlas.2023-01-01+json" {
			t.Errorf("%d calls, %+v", len(calls), calls[0])
		}
	}
}

// TestCannotCancel says which jobs cannot be canceled, and what says nothing about that.
func TestCannotCancel(t *testing.T) {
	r := start(t, fake.Options{})
	automated := r.started(r.plan("orders-prod", "orders-staging", r.newest("orders-prod")))
	err := r.Cancel(t.Context(), r.named["orders-prod"], automated.ID)
	if !errors.Is(err, restore.ErrCannotCancel) || !strings.Contains(err.Error(), "CANNOT_CANCEL_AUTOMATED_RESTORE") {
		t.Errorf("automated: %v", err)
	}
	if err := r.Cancel(t.Context(), r.named["tiny"], "6740000000000000000000aa"); !errors.Is(err, restore.ErrCannotCancel) || len(r.deletes()) != 1 {
		t.Errorf("flex: %v after %d calls", err, len(r.deletes()))
	}
	for _, id := range []string{"", "6740000000000000000000aa"} {
		if err := r.Cancel(t.Context(), r.named["orders-prod"], id); !errors.Is(err, restore.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// TestCancelEvidence tells what the answer to a DELETE says.
func TestCancelEvidence(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fake.Fault
		want  error // nil: none of those that people hear of
	}{
		"of a shard":    {fake.Fault{Kind: fake.Failure, Status: 405, Code: "ATLAS_BACKUP_CANCEL_SHARD_RESTORE_JOB_NOT_ALLOWED"}, restore.ErrCannotCancel},
		"other refusal": {fake.Fault{Kind: fake.Failure, Status: 400, Code: "VALIDATION_ERROR"}, restore.ErrCannotCancel},
		"other 405":     {fake.Fault{Kind: fake.Failure, Status: 405, Code: "METHOD_NOT_ALLOWED"}, nil},
		"upgrade":       {fake.Fault{Kind: fake.Failure, Status: 405, Code: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"}, nil},
		"not the API":   {fake.Fault{Kind: fake.HTML}, nil},
		"500":           {fake.Fault{Kind: fake.Failure}, nil},
		"dropped":       {fake.Fault{Kind: fake.Drop, After: true, Times: fake.Always}, nil},
		"too many":      {fake.Fault{Kind: fake.RateLimit, RetryAfter: time.Second}, nil},
		"access list":   {fake.Fault{Kind: fake.AccessList}, restore.ErrDenied},
		"credentials":   {fake.Fault{Kind: fake.Unauthorized, Times: fake.Always}, restore.ErrDenied},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, fake.Options{})
			job := r.started(r.plan("orders-prod", "", r.newest("orders-prod")))
			tt.fault.Match = cancels()
			r.inject(tt.fault)
			err := r.Cancel(t.Context(), r.named["orders-prod"], job.ID)
			if err == nil {
				t.Fatal("no error")
			}
			for _, known := range []error{restore.ErrCannotCancel, restore.ErrDenied, restore.ErrNotFound} {
				if errors.Is(err, known) != errors.Is(tt.want, known) {
					t.Errorf("%v, want %v", err, tt.want)
				}
			}
		})
	}
	t.Run("credentials, once", func(t *testing.T) { // a 401 proves that nothing was done, so it is asked again
		r := start(t, fake.Options{})
		job := r.started(r.plan("orders-prod", "", r.newest("orders-prod")))
		r.inject(fake.Fault{Kind: fake.Unauthorized, Match: cancels()})
		if err := r.Cancel(t.Context(), r.named["orders-prod"], job.ID); err != nil {
			t.Error(err)
		}
	})
}
