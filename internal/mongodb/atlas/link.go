package atlas

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// linkDoc is what only a person who may fetch the files gets to see of a restore job (deliveryUrl and components of a
// DiskBackupSnapshotRestoreJob; snapshotUrl of a Flex cluster's).
type linkDoc struct {
	jobDoc

	URLs        addresses            `json:"deliveryUrl"`
	Parts       []partDoc            `json:"components"`
	FlexURL     rest.Hidden          `json:"snapshotUrl"`
	FlexStatus  string               `json:"status"`
	FlexExpires rest.Hint[rest.Time] `json:"expirationDate"`
}

type partDoc struct {
	URL        rest.Hidden `json:"downloadUrl"`
	ReplicaSet string      `json:"replicaSetName"`
}

// addresses decodes from an array of strings and from a single one.
type addresses []rest.Hidden

var errAddresses = errors.New("not addresses")

// UnmarshalJSON implements json.Unmarshaler. Its error does not repeat the value.
func (a *addresses) UnmarshalJSON(b []byte) error {
	var several []rest.Hidden
	if json.Unmarshal(b, &several) == nil {
		*a = several
		return nil
	}
	var one rest.Hidden
	if json.Unmarshal(b, &one) != nil {
		return errAddresses
	}
	*a = addresses{one}
	return nil
}

// Link implements [restore.Backend].
func (b *Backend) Link(ctx context.Context, c restore.Cluster, job string) ([]restore.Link, error) {
	if job == "" {
		return nil, fmt.Errorf("read links of a job of %s: %w: no id", c.Path(), restore.ErrNotFound)
	}
	var d linkDoc
	if _, err := b.client(c).Get(ctx, path(c, "backup", "restoreJobs", job), nil, &d); err != nil {
		return nil, fmt.Errorf("read links of job %s of %s: %w", job, c.Path(), err)
	}
	if d.ID != job {
		return nil, fmt.Errorf("read links of job %s of %s: the answer is about another", job, c.Path())
	}
	return d.links(), nil
}

// links returns a link for each file, and one that says why where there is none.
func (d linkDoc) links() []restore.Link {
	plain := restore.Link{Job: d.ID, Expires: d.ExpiresAt.Value.Time}
	if plain.Expires.IsZero() {
		plain.Expires = d.FlexExpires.Value.Time
	}
	d.DeliveryURL = false // both fields are decoded once, as links
	for _, url := range d.URLs {
		d.DeliveryURL = d.DeliveryURL || url.Reveal() != ""
	}
	for _, p := range d.Parts {
		d.Components = append(d.Components, componentDoc{DownloadURL: p.URL.Reveal() != ""})
	}
	_, plain.Status = d.state(restore.Download)
	if d.FlexStatus != "" {
		plain.Status = strings.ToUpper(d.FlexStatus)
	}
	var out []restore.Link
	add := func(url rest.Hidden, part string) {
		l := plain
		l.Part = part
		if url.Address() {
			l.URL = url.Secret
		}
		out = append(out, l)
	}
	for _, p := range d.Parts {
		add(p.URL, p.ReplicaSet)
	}
	for _, url := range append(d.URLs, d.FlexURL) {
		if url.Reveal() != "" {
			add(url, "")
		}
	}
	if len(out) == 0 {
		add(rest.Hidden{}, "")
	}
	return out
}
