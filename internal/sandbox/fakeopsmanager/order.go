package fakeopsmanager

import (
	"net/http"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// order is a creation that has been checked.
type order struct {
	source    Cluster
	automated bool
	target    Cluster

	snapshot   Snapshot
	checkpoint Checkpoint
	// exact says that the wanted point is the snapshot itself, not a later one.
	exact bool

	hours     int
	expires   time.Time
	downloads int
}

// order checks a creation in the sequence syntax, source point, target, conflicts.
func (s *Server) order(x *exchange, source Cluster) (*order, *apiError) {
	o := &order{source: source}
	top, delivery, err := parseBody(x.body)
	if err != nil {
		return o, err
	}
	method, err := delivery.Text("methodName")
	if err != nil {
		return o, err
	}
	switch method {
	case "HTTP":
		err = s.orderDownload(o, x, top, delivery)
	case "AUTOMATED_RESTORE":
		err = s.orderAutomated(o, x, top, delivery)
	case "SCP":
		err = fakeapi.Refuse(http.StatusBadRequest, "UNSUPPORTED_DELIVERY_METHOD", "The delivery method SCP is no longer supported.", method)
	default:
		err = fakeapi.Refuse(http.StatusBadRequest, "INVALID_ENUM_VALUE", "An invalid enumeration value "+method+" was specified.", method)
	}
	return o, err
}

func (s *Server) orderDownload(o *order, x *exchange, top, delivery attrs) *apiError {
	if err := delivery.None("targetGroupId", "targetClusterId"); err != nil {
		return err
	}
	if err := top.None("oplogTs", "oplogInc", "pointInTimeUTCMillis", "checkpointId"); err != nil {
		return err
	}
	var err *apiError
	if o.downloads, err = delivery.Positive("maxDownloads"); err != nil {
		return err
	}
	if err := o.expiry(x, delivery); err != nil {
		return err
	}
	if err := s.orderSnapshot(o, x, top); err != nil {
		return err
	}
	end := o.expires
	if end.IsZero() {
		end = x.now.Add(s.duration + time.Duration(o.hours)*time.Hour)
	}
	if deleted := o.snapshot.Expires; !o.snapshot.DoNotDelete && !deleted.IsZero() && end.After(deleted) {
		return fakeapi.Refuse(http.StatusConflict, "LINK_EXPIRATION_AFTER_SNAPSHOT_DELETION", "The link would expire after the snapshot is deleted.")
	}
	return nil
}

// expiry takes one of the two ways to say how long the link lives.
func (o *order) expiry(x *exchange, delivery attrs) *apiError {
	hours, expires := delivery.Has("expirationHours"), delivery.Has("expires")
	switch {
	case hours && expires:
		return fakeapi.Invalid("delivery.expires")
	case hours:
		var err *apiError
		o.hours, err = delivery.Positive("expirationHours")
		return err
	case expires:
		text, err := delivery.Text("expires")
		if err != nil {
			return err
		}
		at, parseErr := time.Parse(time.RFC3339, text)
		if parseErr != nil || !at.After(x.now) {
			return fakeapi.Invalid("delivery.expires")
		}
		o.expires = at
		return nil
	default:
		return fakeapi.Refuse(http.StatusBadRequest, "MISSING_ONE_OF_ATTRIBUTES", "Either delivery.expirationHours or delivery.expires must be specified.",
			"delivery.expirationHours", "delivery.expires")
	}
}

func (s *Server) orderAutomated(o *order, x *exchange, top, delivery attrs) *apiError {
	o.automated = true
	if err := delivery.None("expirationHours", "expires", "maxDownloads"); err != nil {
		return err
	}
	group, err := delivery.Text("targetGroupId")
	if err != nil {
		return err
	}
	cluster, err := delivery.Text("targetClusterId")
	if err != nil {
		return err
	}
	if err := s.orderPoint(o, x, top); err != nil {
		return err
	}
	if err := s.orderTarget(o, x, group, cluster); err != nil {
		return err
	}
	if ids := s.running(o.target.ID, x.now); s.opts.RefuseConcurrent && len(ids) > 0 {
		return errConcurrent(ids)
	}
	return nil
}

// orderTarget finds the target: of the source's form, and visible to the key.
func (s *Server) orderTarget(o *order, x *exchange, group, cluster string) *apiError {
	if !fakeapi.IsObjectID(group) {
		return errInvalidID("INVALID_GROUP_ID", "group", group)
	}
	if _, ok := s.world.project(group); !ok {
		return errNotFound("GROUP_NOT_FOUND", "group", group)
	}
	if !fakeapi.IsObjectID(cluster) {
		return errInvalidID("INVALID_CLUSTER_ID", "cluster", cluster)
	}
	target, ok := s.world.cluster(cluster)
	if !ok {
		return errNotFound("CLUSTER_NOT_FOUND", "cluster", cluster)
	}
	if target.GroupID != group {
		return fakeapi.Refuse(http.StatusBadRequest, "GROUP_MISMATCH", "The cluster "+cluster+" does not belong to the group "+group+".", cluster, group)
	}
	shape := len(s.world.members(target.ID)) == len(s.world.members(o.source.ID))
	if !x.key.sees(group) || target.Type != o.source.Type || target.ParentID != "" || !shape {
		return fakeapi.Refuse(http.StatusForbidden, "CANNOT_RESTORE_TO_TARGET", "Cannot restore to the cluster "+cluster+".", cluster)
	}
	o.target = target
	return nil
}
