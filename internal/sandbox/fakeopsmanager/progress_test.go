package fakeopsmanager_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
)

// startInBubble serves in-memory connections, so that the bubble's clock rules the server, too.
func startInBubble(t *testing.T, opts fake.Options) *rig {
	t.Helper()
	l := pipenet.Listen()
	r := startOn(t, l, testWorld(time.Now()), opts)
	r.origin = "http://ops-manager.example"
	r.plain.DialContext = l.DialContext
	return r
}

// status returns the two states of a job.
func (r *rig) status(id string) string {
	r.t.Helper()
	job := r.get(restores + "/" + id).ok()
	return fmt.Sprintf("%v, %v", job["statusName"], at(job, "delivery", "statusName"))
}

func TestProgress(t *testing.T) {
	type step struct {
		after time.Duration
		want  string
	}
	for _, tc := range []struct {
		name, body string
		end        func(*fake.Server, string) error
		steps      []step
	}{
		{"automated", automated(bySnapshot), nil, []step{
			{0, "IN_PROGRESS, NOT_STARTED"},
			{3 * time.Minute, "IN_PROGRESS, IN_PROGRESS"},
			{6*time.Minute + 59*time.Second, "IN_PROGRESS, IN_PROGRESS"},
			{time.Second, "FINISHED, READY"},
			{time.Hour, "FINISHED, READY"},
		}},
		{"download", download(bySnapshot), nil, []step{
			{0, "IN_PROGRESS, NOT_STARTED"},
			{10 * time.Minute, "FINISHED, READY"},
			{4*time.Hour - time.Second, "FINISHED, READY"},
			{time.Second, "FINISHED, EXPIRED"},
		}},
		{"killed", automated(bySnapshot), (*fake.Server).Kill, []step{{0, "KILLED, INTERRUPTED"}, {time.Hour, "KILLED, INTERRUPTED"}}},
		{"broken", automated(bySnapshot), (*fake.Server).Break, []step{{0, "BROKEN, FAILED"}, {time.Hour, "BROKEN, FAILED"}}},
		{"finished early", automated(bySnapshot), (*fake.Server).Finish, []step{{0, "FINISHED, READY"}, {time.Hour, "FINISHED, READY"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := startInBubble(t, fake.Options{JobDuration: 10 * time.Minute})
				id, _ := r.post(restores, tc.body).results()[0]["id"].(string)
				if tc.end != nil {
					if err := tc.end(r.Server, id); err != nil {
						t.Fatal(err)
					}
					if err := tc.end(r.Server, id); err == nil {
						t.Error("ended twice")
					}
				}
				for i, step := range tc.steps {
					time.Sleep(step.after)
					if got := r.status(id); got != step.want {
						t.Errorf("step %d: %s, want %s", i, got, step.want)
					}
				}
				if err := r.Kill(id); err == nil {
					t.Error("killed after the end")
				}
				if err := r.Kill(unknown); err == nil {
					t.Error("killed a job that is not there")
				}
			})
		})
	}
}

func TestBatchEndsOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{})
		r.SetDuration(30 * time.Minute)
		r.post("/groups/"+payments+"/clusters/"+events+"/restoreJobs", download(`"snapshotId":"`+whole+`"`)).ok()
		for want := range 4 {
			done := 0
			for _, job := range r.Jobs(events) {
				if job.Status == fake.StatusFinished {
					done++
				}
			}
			if done != want {
				t.Errorf("%d jobs done, want %d", done, want)
			}
			time.Sleep(10 * time.Minute)
		}
	})
}

func TestAgentsFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{JobDuration: 10 * time.Minute, AgentLag: time.Minute})
		// behind counts the processes below the goal version.
		behind := func() (goal float64, n int) {
			doc := r.get(project + "/automationStatus").ok()
			goal, _ = doc["goalVersion"].(float64)
			processes, _ := doc["processes"].([]any)
			for _, p := range processes {
				if at(p, "lastGoalVersionAchieved") != goal {
					n++
					if plan, _ := at(p, "plan").([]any); len(plan) == 0 || !strings.HasPrefix(fmt.Sprint(at(p, "name")), "orders-staging") {
						t.Errorf("process %v", p)
					}
				}
			}
			return goal, n
		}
		expect := func(when string, wantGoal float64, wantBehind int) {
			t.Helper()
			if goal, n := behind(); goal != wantGoal || n != wantBehind {
				t.Errorf("%s: goal %v, %d behind; want %v, %d", when, goal, n, wantGoal, wantBehind)
			}
		}
		expect("before", 1, 0)
		r.post(restores, automated(bySnapshot)).ok()
		expect("running", 2, 3)
		time.Sleep(10*time.Minute + 19*time.Second)
		expect("finished, agents lag", 2, 3)
		time.Sleep(time.Second)
		expect("first agent done", 2, 2)
		time.Sleep(39 * time.Second)
		expect("last agent lags", 2, 1)
		r.HoldAgents(staging, true)
		time.Sleep(time.Second)
		expect("agents held", 2, 3)
		r.HoldAgents(staging, false)
		expect("agents done", 2, 0)

		id, _ := r.post(restores, automated(bySnapshot)).results()[0]["id"].(string)
		if err := r.Break(id); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		expect("broken", 3, 3)
		if err := r.Kill(r.AddJob(fake.Job{ClusterID: orders, TargetGroupID: payments, TargetClusterID: staging}).ID); err != nil {
			t.Fatal(err)
		}
		expect("next one killed", 4, 0)
	})
}

func TestDelay(t *testing.T) {
	for _, tc := range []struct {
		name   string
		after  bool
		wait   time.Duration
		answer bool
		jobs   int
	}{
		{"patient", false, time.Hour, true, 1},
		{"impatient", false, time.Minute, false, 0},
		{"impatient, after commit", true, time.Minute, false, 1},
		{"patient, after commit", true, time.Hour, true, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := startInBubble(t, fake.Options{})
				r.inject(fake.Fault{Kind: fake.Delay, Delay: 10 * time.Minute, After: tc.after, Match: fake.Creations()})
				r.client.Timeout = tc.wait
				began := time.Now()
				res, err := r.try(r.client, http.MethodPost, restores, automated(bySnapshot))
				if (err == nil && res.status == 200) != tc.answer || time.Since(began) != min(tc.wait, 10*time.Minute) {
					t.Errorf("after %v: %v", time.Since(began), err)
				}
				synctest.Wait()
				jobs := r.Jobs(orders)
				if len(jobs) != tc.jobs {
					t.Fatalf("%d jobs, want %d", len(jobs), tc.jobs)
				}
				for _, job := range jobs {
					if waited := job.Created.Sub(began); (waited == 10*time.Minute) == tc.after {
						t.Errorf("created after %v", waited)
					}
				}
			})
		})
	}
}

func TestDropOverPipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{})
		r.inject(fake.Fault{Kind: fake.Drop, Match: fake.Creations(), After: true})
		if _, err := r.try(r.client, http.MethodPost, restores, automated(bySnapshot)); err == nil {
			t.Error("the connection was not dropped")
		}
		r.committed(true)
	})
}

func TestOpenRangeMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{})
		before := r.post(restores+"/restorableTimeRanges", "").body
		time.Sleep(time.Minute)
		if after := r.post(restores+"/restorableTimeRanges", "").body; string(before) == string(after) {
			t.Error("the range does not follow the clock")
		}
	})
}

func TestNonceExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{})
		const target = fake.Base + "/groups"
		nonce := r.raw("GET", target, "").nonce()
		time.Sleep(6 * time.Minute)
		r.raw("GET", target, authorize(nonce, "00000001", "owner", "owner-secret", "GET", target)).refused(401, "")
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{})
		r.inject(fake.Fault{Kind: fake.Hang, Match: fake.Creations()})
		failed := make(chan error, 1)
		go func() {
			_, err := r.try(r.client, http.MethodPost, restores, automated(bySnapshot))
			failed <- err
		}()
		if _, err := r.Await(t.Context(), fake.Call.Posted); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Calls() {
			if !c.Done {
				t.Errorf("call %d outlived Close", c.ID)
			}
		}
		if err := <-failed; err == nil {
			t.Error("a hanging request survived Close")
		}
		if err := r.Serve(pipenet.Listen()); err == nil {
			t.Error("served after Close")
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, fake.Base+"/groups", nil))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("answered %d after Close", w.Code)
		}
	})
}

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startInBubble(t, fake.Options{})
		r.get("/groups").ok()
		groups := func(c fake.Call) bool { return c.Done && c.Key == "owner" && strings.HasSuffix(c.Target, "/groups") }
		if c, err := r.Await(t.Context(), groups); err != nil || c.Status != 200 || !strings.Contains(string(c.ResponseBody), "Payments") {
			t.Errorf("past call: %+v, %v", c, err)
		}
		go func() {
			time.Sleep(time.Minute)
			r.post(restores+"?pretty=true", automated(bySnapshot)).ok()
		}()
		c, err := r.Await(t.Context(), func(c fake.Call) bool { return c.Posted() && c.Done })
		if err != nil || string(c.RequestBody) != automated(bySnapshot) || c.Target != fake.Base+restores+"?pretty=true" || c.Method != http.MethodPost {
			t.Errorf("future call: %+v, %v", c, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := r.Await(ctx, func(fake.Call) bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("call that never comes: %v", err)
		}
		synctest.Wait()
	})
}
