package fakeatlas

import (
	"cmp"
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

type flexDoc struct {
	GroupID        string         `json:"groupId"`
	ID             string         `json:"id"`
	Links          []fakeapi.Link `json:"links"`
	MongoDBVersion string         `json:"mongoDBVersion"`
	Name           string         `json:"name"`
	StateName      string         `json:"stateName"`
}

type flexSnapshotDoc struct {
	Expiration     string `json:"expiration,omitempty"`
	FinishTime     string `json:"finishTime"`
	ID             string `json:"id"`
	MongoDBVersion string `json:"mongoDBVersion"`
	StartTime      string `json:"startTime"`
	Status         string `json:"status"`
}

// flexJobDoc has a real status, and names of its own.
type flexJobDoc struct {
	DeliveryType     string `json:"deliveryType"`
	ExpirationDate   string `json:"expirationDate,omitempty"`
	ID               string `json:"id"`
	InstanceName     string `json:"instanceName"`
	ProjectID        string `json:"projectId"`
	FinishedDate     string `json:"restoreFinishedDate,omitempty"`
	ScheduledDate    string `json:"restoreScheduledDate"`
	SnapshotID       string `json:"snapshotId"`
	SnapshotURL      string `json:"snapshotUrl,omitempty"`
	Status           string `json:"status"`
	TargetDeployment string `json:"targetDeploymentItemName,omitempty"`
	TargetProjectID  string `json:"targetProjectId,omitempty"`
}

func (s *Server) listFlex(x *exchange) (any, *fakeapi.Refusal) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	of := slices.DeleteFunc(slices.Clone(s.world.Clusters), func(c Cluster) bool { return c.GroupID != p.ID || c.Type != TypeFlex })
	doc, err := fakeapi.Page(x.req, of, maxItems, func(c Cluster) any { return flexDocOf(x, c) })
	return count(x, doc, err)
}

func (s *Server) getFlex(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.flex(x)
	if err != nil {
		return nil, err
	}
	return flexDocOf(x, c), nil
}

func flexDocOf(x *exchange, c Cluster) flexDoc {
	return flexDoc{
		GroupID: c.GroupID, ID: c.ID, Links: x.self("groups", c.GroupID, "flexClusters", c.Name),
		MongoDBVersion: c.Version, Name: c.Name, StateName: "IDLE",
	}
}

func (s *Server) listFlexSnapshots(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.flex(x)
	if err != nil {
		return nil, err
	}
	doc, err := fakeapi.Page(x.req, s.held(c, x.now), maxItems, func(snap Snapshot) any {
		words := map[string]string{"queued": "QUEUED", "inProgress": "RUNNING", "failed": "FAILED"}
		return flexSnapshotDoc{
			Expiration: stamp(snap.Expires), FinishTime: stamp(snap.Created), ID: snap.ID, MongoDBVersion: snap.Version,
			StartTime: stamp(snap.Created), Status: cmp.Or(words[snap.Status], "COMPLETED"),
		}
	})
	return count(x, doc, err)
}

func (s *Server) listFlexJobs(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.flex(x)
	if err != nil {
		return nil, err
	}
	of := slices.DeleteFunc(slices.Clone(s.jobs), func(j *job) bool { return j.ClusterID != c.ID || s.hides(x, j.ID) })
	s.sort(x, of)
	doc, err := fakeapi.Page(x.req, of, maxItems, func(j *job) any { return s.flexJobDoc(x, c, j) })
	return count(x, doc, err)
}

func (s *Server) getFlexJob(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.flex(x)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.jobs, func(j *job) bool { return j.ID == x.params["J"] && j.ClusterID == c.ID })
	if i < 0 || s.hides(x, s.jobs[i].ID) {
		return nil, errNotFound("RESTORE_JOB_NOT_FOUND", "restore job", x.params["J"])
	}
	return s.flexJobDoc(x, c, s.jobs[i]), nil
}

func (s *Server) createFlexJob(x *exchange) (any, *fakeapi.Refusal) {
	return s.orderFlex(x, Automated, "snapshotId", "targetDeploymentItemName", "targetProjectId")
}

func (s *Server) createFlexDownload(x *exchange) (any, *fakeapi.Refusal) {
	return s.orderFlex(x, Download, "snapshotId")
}

// orderFlex checks a creation whose body may have the named attributes. The target's project is the source's if it is missing.
func (s *Server) orderFlex(x *exchange, delivery string, names ...string) (any, *fakeapi.Refusal) {
	c, err := s.flex(x)
	if err != nil {
		return nil, err
	}
	if !x.who.has(RoleRecoveryOperator) {
		return nil, errRole()
	}
	body, err := fakeapi.Parse(x.body)
	if err != nil {
		return nil, err
	}
	if err := body.Only(names...); err != nil {
		return nil, err
	}
	snap, err := s.orderSnapshot(x, c, body)
	if err != nil {
		return nil, err
	}
	seed := Job{ClusterID: c.ID, DeliveryType: delivery, SnapshotID: snap.ID}
	if delivery == Automated {
		if err := s.flexTarget(x, c, body, &seed); err != nil {
			return nil, err
		}
	}
	j := s.newJob(seed, x.now)
	x.created = append(x.created, j.ID)
	return s.flexJobDoc(x, c, j), nil
}

func (s *Server) flexTarget(x *exchange, source Cluster, body fakeapi.Attrs, seed *Job) *fakeapi.Refusal {
	name, err := body.Text("targetDeploymentItemName")
	if err != nil {
		return err
	}
	group := source.GroupID
	if body.Has("targetProjectId") {
		if group, err = body.Text("targetProjectId"); err != nil {
			return err
		}
	}
	target, ok := s.world.named(group, name)
	switch {
	case !ok || !x.who.sees(group) || target.Type != TypeFlex:
		return errTarget(name)
	case s.busy(target, x.now):
		return errBusy(name)
	}
	seed.TargetGroupID, seed.TargetClusterName = group, name
	return nil
}

func (s *Server) flexJobDoc(x *exchange, c Cluster, j *job) flexJobDoc {
	end, ended := j.at(x.now)
	d := flexJobDoc{
		DeliveryType: "RESTORE", ExpirationDate: stamp(j.expires(x.now)), ID: j.ID, InstanceName: c.Name, ProjectID: c.GroupID,
		ScheduledDate: stamp(j.Created), SnapshotID: j.SnapshotID, TargetDeployment: j.TargetClusterName, TargetProjectID: j.TargetGroupID,
	}
	if j.DeliveryType == Download {
		d.DeliveryType = "DOWNLOAD"
	}
	switch {
	case end == Finished:
		d.Status, d.FinishedDate = "COMPLETED", stamp(ended)
	case end != "":
		d.Status = "FAILED"
	case x.now.Sub(j.Created) < j.duration/4:
		d.Status = "PENDING"
	default:
		d.Status = "RUNNING"
	}
	if j.offers(x.now) {
		d.SnapshotURL = "https://restore.example.net:27017/" + j.token + "/" + j.ID + ".tgz"
	}
	return d
}
