package opsmanager_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const (
	statusPath = base + "/groups/p1/automationStatus"
	hostsPath  = base + "/groups/p1/hosts"
)

// asks returns what a peer with these answers tells about the agents of p1.
func asks(t *testing.T, answers map[string]http.HandlerFunc) (restore.Agents, error) {
	t.Helper()
	p := newPeer(t)
	p.get = func(w http.ResponseWriter, r *http.Request) {
		if a := answers[r.URL.Path]; a != nil {
			a(w, r)
			return
		}
		answer(http.StatusNotFound, refusal(http.StatusNotFound, "RESOURCE_NOT_FOUND"))(w, r)
	}
	return p.start().backend(opsmanager.Options{}).Agents(t.Context(), "p1")
}

func TestAgentsAreRead(t *testing.T) {
	const status = `{"goalVersion":"7","processes":[
		{"hostname":"a","name":"rs_1","lastGoalVersionAchieved":7,"plan":[],"errorCode":0},
		{"hostname":"b","name":"rs_2","lastGoalVersionAchieved":"6","plan":["Restore"]},
		{"hostname":"b","name":"rs_3"},
		{"hostname":"c","name":"rs_4","lastGoalVersionAchieved":8},
		{"name":"rs_5","lastGoalVersionAchieved":null}],"more":{}}`
	const hosts = `{"results":[
		{"id":"1","hostname":"a","clusterId":"c1","port":27017},{"id":"2","hostname":"a","clusterId":"c1","port":27018},
		{"id":"3","hostname":"b","clusterId":"c1"},{"id":"4","hostname":"b","clusterId":"c2"},
		{"id":"5","hostname":"c","clusterId":"c2"},{"id":"6","hostname":"c"}],"totalCount":6}`
	where := [][]string{{"c1"}, {"c1", "c2"}, {"c1", "c2"}, nil, nil}
	achieved := []int64{7, 6, 0, 8, 0}
	for name, tt := range map[string]struct {
		hosts http.HandlerFunc
		told  bool
	}{
		"with hosts":       {answer(http.StatusOK, hosts), true},
		"hosts are denied": {answer(http.StatusForbidden, refusal(http.StatusForbidden, "FORBIDDEN")), false},
		"no such list":     {nil, false},
	} {
		got, err := asks(t, map[string]http.HandlerFunc{statusPath: answer(http.StatusOK, status), hostsPath: tt.hosts})
		if err != nil || got.Goal != 7 || len(got.Processes) != len(where) {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		for i, p := range got.Processes {
			want := where[i]
			if !tt.told {
				want = nil
			}
			if !slices.Equal(p.Clusters, want) || p.Achieved != achieved[i] {
				t.Errorf("%s: %+v, want %v at %d", name, p, want, achieved[i])
			}
		}
	}
}

// TestAgentsFail tells what may not be known from what is not known yet, and takes nothing else for an answer.
func TestAgentsFail(t *testing.T) {
	const good = `{"goalVersion":7,"processes":[]}`
	hosts := answer(http.StatusOK, `{"results":[],"totalCount":0}`)
	for name, tt := range map[string]struct {
		status, hosts http.HandlerFunc
		want          error // nil: any other
	}{
		"401":                    {answer(http.StatusUnauthorized, refusal(http.StatusUnauthorized, "USER_UNAUTHORIZED")), hosts, restore.ErrDenied},
		"403":                    {answer(http.StatusForbidden, refusal(http.StatusForbidden, "FORBIDDEN")), hosts, restore.ErrDenied},
		"404":                    {nil, hosts, restore.ErrNotFound},
		"404 of something else":  {answer(http.StatusNotFound, "<html>"), hosts, nil},
		"500":                    {answer(http.StatusInternalServerError, refusal(http.StatusInternalServerError, "X")), hosts, nil},
		"no goal":                {answer(http.StatusOK, `{"processes":[{"hostname":"a","lastGoalVersionAchieved":1}]}`), hosts, nil},
		"goal null":              {answer(http.StatusOK, `{"goalVersion":null,"processes":[]}`), hosts, nil},
		"a list":                 {answer(http.StatusOK, `{"results":[],"totalCount":0}`), hosts, nil},
		"no number":              {answer(http.StatusOK, `{"goalVersion":"soon","processes":[]}`), hosts, nil},
		"hosts in trouble":       {answer(http.StatusOK, good), answer(http.StatusServiceUnavailable, "later"), nil},
		"hosts are another list": {answer(http.StatusOK, good), answer(http.StatusOK, good), nil},
	} {
		got, err := asks(t, map[string]http.HandlerFunc{statusPath: tt.status, hostsPath: tt.hosts})
		settled := errors.Is(err, restore.ErrDenied) || errors.Is(err, restore.ErrNotFound)
		if err == nil || settled != (tt.want != nil) || settled && !errors.Is(err, tt.want) || !reflect.DeepEqual(got, restore.Agents{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestAgentsOfTheFake restores onto one of several clusters and sees which agents have not come along.
func TestAgentsOfTheFake(t *testing.T) {
	s, b, named := startFake(t, fake.Options{JobDuration: time.Hour})
	target := named["orders-staging"]
	s.HoldAgents(target.ID, true)
	o := b.Submit(t.Context(), onto(t, b, named["orders-prod"], target))
	if err := s.Finish(o.Jobs[0].ID); err != nil {
		t.Fatal(err)
	}
	got, err := b.Agents(t.Context(), target.ProjectID)
	if err != nil || got.Goal != 2 || len(got.Processes) != 18 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, p := range got.Processes {
		if mine := slices.ContainsFunc(p.Clusters, target.Has); len(p.Clusters) != 1 || (p.Achieved < got.Goal) != mine {
			t.Errorf("%+v", p)
		}
	}
}
