package fakeopsmanager

import (
	"net/http"
	"time"
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
	method, err := delivery.text("methodName")
	if err != nil {
		return o, err
	}
	switch method {
	case "HTTP":
		err = s.orderDownload(o, x, top, delivery)
	case "AUTOMATED_RESTORE":
		err = s.orderAutomated(o, x, top, delivery)
	case "SCP":
		err = refuse(http.StatusBadRequest, "UNSUPPORTED_DELIVERY_METHOD", "The delivery method SCP is no longer supported.", method)
	default:
		err = refuse(http.StatusBadRequest, "INVALID_ENUM_VALUE", "An invalid enumeration value "+method+" was specified.", method)
	}
	return o, err
}

func (s *Server) orderDownload(o *order, x *exchange, top, delivery attrs) *apiError {
	if err := delivery.none("targetGroupId", "targetClusterId"); err != nil {
		return err
	}
	if err := top.none("oplogTs", "oplogInc", "pointInTimeUTCMillis", "checkpointId"); err != nil {
		return err
	}
	var err *apiError
	if o.downloads, err = delivery.positive("maxDownloads"); err != nil {
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
		return refuse(http.StatusConflict, "LINK_EXPIRATION_AFTER_SNAPSHOT_DELETION", "The link would expire after the snapshot is deleted.")
	}
	return nil
}

// expiry takes one of the two ways to say how long the link lives.
func (o *order) expiry(x *exchange, delivery attrs) *apiError {
	hours, expires := delivery.has("expirationHours"), delivery.has("expires")
	switch {
	case hours && expires:
		return errInvalid("delivery.expires")
	case hours:
		var err *apiError
		o.hours, err = delivery.positive("expirationHours")
		return err
	case expires:
		text, err := delivery.text("expires")
		if err != nil {
			return err
		}
		at, parseErr := time.Parse(time.RFC3339, text)
		if parseErr != nil || !at.After(x.now) {
			return errInvalid("delivery.expires")
		}
		o.expires = at
		return nil
	default:
		return refuse(http.StatusBadRequest, "MISSING_ONE_OF_ATTRIBUTES", "Either delivery.expirationHours or delivery.expires must be specified.",
			"delivery.expirationHours", "delivery.expires")
	}
}

func (s *Server) orderAutomated(o *order, x *exchange, top, delivery attrs) *apiError {
	o.automated = true
	if err := delivery.none("expirationHours", "expires", "maxDownloads"); err != nil {
		return err
	}
	group, err := delivery.text("targetGroupId")
	if err != nil {
		return err
	}
	cluster, err := delivery.text("targetClusterId")
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
	if !isObjectID(group) {
		return errInvalidID("INVALID_GROUP_ID", "group", group)
	}
	if _, ok := s.world.project(group); !ok {
		return errNotFound("GROUP_NOT_FOUND", "group", group)
	}
	if !isObjectID(cluster) {
		return errInvalidID("INVALID_CLUSTER_ID", "cluster", cluster)
	}
	target, ok := s.world.cluster(cluster)
	if !ok {
		return errNotFound("CLUSTER_NOT_FOUND", "cluster", cluster)
	}
	if target.GroupID != group {
		return refuse(http.StatusBadRequest, "GROUP_MISMATCH", "The cluster "+cluster+" does not belong to the group "+group+".", cluster, group)
	}
	shape := len(s.world.members(target.ID)) == len(s.world.members(o.source.ID))
	if !x.key.sees(group) || target.Type != o.source.Type || target.ParentID != "" || !shape {
		return refuse(http.StatusForbidden, "CANNOT_RESTORE_TO_TARGET", "Cannot restore to the cluster "+cluster+".", cluster)
	}
	o.target = target
	return nil
}
