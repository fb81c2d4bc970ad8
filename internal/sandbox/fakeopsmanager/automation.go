package fakeopsmanager

import (
	"fmt"
	"time"
)

type automationDoc struct {
	GoalVersion int          `json:"goalVersion"`
	Processes   []processDoc `json:"processes"`
}

type processDoc struct {
	ErrorCode               int      `json:"errorCode,omitempty"`
	ErrorString             string   `json:"errorString,omitempty"`
	Hostname                string   `json:"hostname"`
	LastGoalVersionAchieved int      `json:"lastGoalVersionAchieved"`
	Name                    string   `json:"name"`
	Plan                    []string `json:"plan"`
}

// automationStatus tells how far the agents are. An automated restore raises the project's goal version; the
// target's processes reach it one after the other when the restore has ended, the last one after the agents'
// lag, all others at once.
func (s *Server) automationStatus(x *exchange) (any, *apiError) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	if err := s.check(x, RoleAutomationAdmin); err != nil {
		return nil, err
	}
	doc := automationDoc{GoalVersion: s.goal(p.ID), Processes: []processDoc{}}
	for _, c := range s.world.Clusters {
		if c.GroupID != p.ID || c.Type == TypeSharded {
			continue
		}
		for i := range c.Nodes {
			behind, broken := s.agent(s.world.whole(c.ID), x.now, s.lag(c, i))
			process := processDoc{
				Hostname:                hostname(c, i),
				LastGoalVersionAchieved: doc.GoalVersion,
				Name:                    fmt.Sprintf("%s_%d", c.ReplicaSetName, i+1),
				Plan:                    []string{},
			}
			if behind > 0 {
				process.LastGoalVersionAchieved = behind - 1
				process.Plan = []string{"Stop", "Restore", "Start", "WaitRsInit"}
			}
			if broken {
				process.ErrorCode, process.ErrorString = 1, "restore failed"
			}
			doc.Processes = append(doc.Processes, process)
		}
	}
	return doc, nil
}

// goal is the project's goal version; it starts at 1.
func (s *Server) goal(project string) int { return s.goals[project] + 1 }

// agent returns the goal version that a process of a cluster has not reached, 0 if there is none, and whether
// it gave up. Only the newest restore onto the cluster counts: it replaces the plan of those before. The lag is
// the process's own.
func (s *Server) agent(cluster string, now time.Time, lag time.Duration) (behind int, broken bool) {
	latest := 0
	for _, j := range s.jobs {
		if j.target == cluster {
			latest = max(latest, j.goal)
		}
	}
	for _, j := range s.jobs {
		if j.target != cluster || j.goal != latest || latest == 0 {
			continue
		}
		switch status, ended := j.at(now); status {
		case StatusInProgress:
			behind = latest
		case StatusFinished:
			if s.heldAgents[cluster] || now.Before(ended.Add(lag)) {
				behind = latest
			}
		case StatusBroken:
			behind, broken = latest, true
		case StatusKilled: // the restore's plan is withdrawn
		}
	}
	return behind, broken
}

// HoldAgents keeps the agents of a cluster from reaching the goal version of a restore that has finished, or
// lets them go on.
func (s *Server) HoldAgents(clusterID string, hold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heldAgents[s.world.whole(clusterID)] = hold
}
