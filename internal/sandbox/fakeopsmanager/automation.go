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
// target's processes reach it when the restore has ended and the agents' lag has passed, all others at once.
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
		behind, broken := s.agents(s.world.whole(c.ID), x.now)
		for i := range c.Nodes {
			name := fmt.Sprintf("%s_%d", c.ReplicaSetName, i+1)
			process := processDoc{
				Hostname:                fmt.Sprintf("%s-%d.example.net", c.ReplicaSetName, i+1),
				LastGoalVersionAchieved: doc.GoalVersion,
				Name:                    name,
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

// agents returns the goal version that a cluster's processes have not reached, 0 if there is none, and
// whether they gave up. Only the newest restore onto the cluster counts: it replaces the plan of those
// before.
func (s *Server) agents(cluster string, now time.Time) (behind int, broken bool) {
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
			if now.Before(ended.Add(s.opts.AgentLag)) {
				behind = latest
			}
		case StatusBroken:
			behind, broken = latest, true
		case StatusKilled: // the restore's plan is withdrawn
		}
	}
	return behind, broken
}
