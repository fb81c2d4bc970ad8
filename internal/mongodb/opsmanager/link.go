package opsmanager

import (
	"context"
	"fmt"
	"slices"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	"snapback/internal/secret"
)

// linkDoc is what only a person who may fetch the files gets to see of a restore job (Create One Restore Job for One
// Cluster, delivery). The address urlV2 needs a header; url, which holds its own secret, is older, and all that Cloud
// Manager has.
type linkDoc struct {
	ID       string `json:"id"`
	Delivery struct {
		Status       string               `json:"statusName"`
		URL          rest.Hidden          `json:"url"`
		SecureURL    rest.Hidden          `json:"urlV2"`
		AuthHeader   string               `json:"authHeader"`
		AuthBearer   string               `json:"authBearer"`
		AuthValue    rest.Hidden          `json:"authValue"`
		Expires      rest.Hint[rest.Time] `json:"expires"`
		MaxDownloads rest.Hint[rest.Int]  `json:"maxDownloads"`
	} `json:"delivery"`
	Hashes []struct {
		File string `json:"fileName"`
		Type string `json:"typeName"`
		Hash string `json:"hash"`
	} `json:"hashes"`
}

// Link implements [restore.Backend]. Each job has one.
func (b *Backend) Link(ctx context.Context, c restore.Cluster, job string) ([]restore.Link, error) {
	if job == "" {
		return nil, fmt.Errorf("read link of a job of %s: %w: no id", c.Path(), restore.ErrNotFound)
	}
	var d linkDoc
	path := rest.Resource("groups", c.ProjectID, "clusters", c.ID, "restoreJobs", job)
	if _, err := b.client.Get(ctx, path, nil, &d); err != nil {
		return nil, fmt.Errorf("read link of job %s of %s: %w", job, c.Path(), err)
	}
	if d.ID != job {
		return nil, fmt.Errorf("read link of job %s of %s: the answer is about another", job, c.Path())
	}
	return []restore.Link{d.link()}, nil
}

func (d linkDoc) link() restore.Link {
	out := restore.Link{
		Job: d.ID, Status: d.Delivery.Status, Expires: d.Delivery.Expires.Value.Time,
		MaxDownloads: int(d.Delivery.MaxDownloads.Value),
	}
	for _, h := range d.Hashes {
		out.Hashes = append(out.Hashes, restore.FileHash{File: h.File, Type: h.Type, Hash: h.Hash})
	}
	switch {
	case over(d.Delivery.Status):
	case d.Delivery.SecureURL.Address() && d.Delivery.AuthValue.Reveal() != "":
		out.URL, out.Header = d.Delivery.SecureURL.Secret, d.header()
	case d.Delivery.URL.Address():
		out.URL = d.Delivery.URL.Secret
	}
	return out
}

// over reports whether a link in this state leads nowhere, whatever address still stands beside it (Get All Restore Jobs
// for One Cluster, delivery.statusName).
func over(status string) bool {
	return slices.Contains([]string{"FAILED", "INTERRUPTED", "EXPIRED", "MAX_DOWNLOADS_EXCEEDED"}, status)
}

// header is the one that requests to the secure address must carry: "Authorization: Bearer" and the value, unless the
// job names others.
func (d linkDoc) header() secret.Secret {
	name, scheme := d.Delivery.AuthHeader, d.Delivery.AuthBearer
	if name == "" {
		name = "Authorization"
	}
	if scheme == "" {
		scheme = "Bearer"
	}
	return secret.New(name + ": " + scheme + " " + d.Delivery.AuthValue.Reveal())
}
