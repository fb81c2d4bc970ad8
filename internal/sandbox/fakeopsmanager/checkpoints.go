package fakeopsmanager

import (
	"time"

	"snapback/internal/sandbox/fakeapi"
)

type checkpointDoc struct {
	ClusterID  string              `json:"clusterId"`
	Completed  string              `json:"completed"`
	GroupID    string              `json:"groupId"`
	ID         string              `json:"id"`
	Links      []fakeapi.Link      `json:"links"`
	Parts      []checkpointPartDoc `json:"parts"`
	Restorable bool                `json:"restorable"`
	Started    string              `json:"started"`
	Timestamp  string              `json:"timestamp"`
}

type checkpointPartDoc struct {
	ReplicaSetName  string       `json:"replicaSetName"`
	ShardName       string       `json:"shardName,omitempty"`
	TokenDiscovered bool         `json:"tokenDiscovered"`
	TokenTimestamp  timestampDoc `json:"tokenTimestamp"`
	TypeName        string       `json:"typeName"`
}

func (s *Server) listCheckpoints(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	var out []Checkpoint
	for _, k := range s.world.Checkpoints {
		if k.ClusterID == c.ID {
			out = append(out, k)
		}
	}
	return fakeapi.Page(x.req, out, maxItems, func(k Checkpoint) any { return s.checkpointDoc(x, c, k) })
}

func (s *Server) getCheckpoint(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	k, err := s.checkpoint(c, x.params["K"])
	if err != nil {
		return nil, err
	}
	return s.checkpointDoc(x, c, k), nil
}

func (s *Server) checkpoint(c Cluster, id string) (Checkpoint, *apiError) {
	if !fakeapi.IsObjectID(id) {
		return Checkpoint{}, errInvalidID("INVALID_CHECKPOINT_ID", "checkpoint", id)
	}
	for _, k := range s.world.Checkpoints {
		if k.ID == id && k.ClusterID == c.ID {
			return k, nil
		}
	}
	return Checkpoint{}, errNotFound("CHECKPOINT_NOT_FOUND", "checkpoint", id)
}

func (s *Server) checkpointDoc(x *exchange, c Cluster, k Checkpoint) checkpointDoc {
	format := func(t time.Time) string { return t.UTC().Format(apiTime) }
	doc := checkpointDoc{
		ClusterID:  c.ID,
		Completed:  format(k.Completed),
		GroupID:    c.GroupID,
		ID:         k.ID,
		Links:      x.self("groups", c.GroupID, "clusters", c.ID, "checkpoints", k.ID),
		Parts:      []checkpointPartDoc{},
		Restorable: k.Restorable,
		Started:    format(k.Started),
		Timestamp:  format(k.Timestamp),
	}
	for _, m := range s.world.members(c.ID) {
		doc.Parts = append(doc.Parts, checkpointPartDoc{
			ReplicaSetName:  m.ReplicaSetName,
			ShardName:       m.ShardName,
			TokenDiscovered: true,
			TokenTimestamp:  Timestamp{Time: k.Completed, Increment: 1}.doc(),
			TypeName:        m.Type,
		})
	}
	return doc
}
