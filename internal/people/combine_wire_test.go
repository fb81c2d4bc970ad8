package people

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeapi"
)

// message is a request as a document shows it, with its parameters in braces. It was written from the documents, and knows
// nothing of the program.
type message struct{ path, media, body string }

// The media types of the documents.
const (
	mediaPlain    = "application/json" // of Ops Manager and Cloud Manager: header lines of the examples
	media2023     = "application/vnd.atlas.2023-01-01+json"
	mediaClusters = "application/vnd.atlas.2024-08-05+json"
	mediaFlex     = "application/vnd.atlas.2024-11-13+json"
	mediaParts    = "application/vnd.atlas.2025-03-12+json"
)

// created returns what asks for a restore. Ops Manager and Cloud Manager: Create One Restore Job for One Cluster, request
// body parameters, of the types in their tables. Atlas: Create One Restore Job of One Cluster, Create One Collection Restore
// Job, Create One Restore Job for One Flex Cluster, Download One Flex Cluster Snapshot.
func created(kind restore.BackendKind, c combination) message {
	switch {
	case kind != restore.Atlas:
		return message{"/api/public/v1.0/groups/{PROJECT-ID}/clusters/{CLUSTER-ID}/restoreJobs", mediaPlain, managed(c)}
	case c.form == flex && c.delivery == files:
		return message{"/api/atlas/v2/groups/{PROJECT-ID}/flexClusters/{CLUSTER-NAME}/backup/download", mediaFlex, `{"snapshotId": "{SNAPSHOT-ID}"}`}
	case c.form == flex:
		return message{
			"/api/atlas/v2/groups/{PROJECT-ID}/flexClusters/{CLUSTER-NAME}/backup/restoreJobs", mediaFlex,
			`{"snapshotId": "{SNAPSHOT-ID}", "targetDeploymentItemName": "{TARGET-NAME}", "targetProjectId": "{TARGET-PROJECT-ID}"}`,
		}
	}
	if c.delivery == some {
		return message{"/api/atlas/v2/groups/{PROJECT-ID}/clusters/{CLUSTER-NAME}/collectionRestoreJobs", mediaParts, parts(c)}
	}
	return message{"/api/atlas/v2/groups/{PROJECT-ID}/clusters/{CLUSTER-NAME}/backup/restoreJobs", media2023, skied(c)}
}

// managed is the body for Ops Manager and Cloud Manager.
func managed(c combination) string {
	if c.delivery == files {
		return `{"delivery": {"methodName": "HTTP", "expirationHours": 2, "maxDownloads": 3}, "snapshotId": "{SNAPSHOT-ID}"}`
	}
	return `{"delivery": {"methodName": "AUTOMATED_RESTORE", "targetGroupId": "{TARGET-PROJECT-ID}", "targetClusterId": "{TARGET-ID}"}, ` + map[point]string{
		latest:     `"snapshotId": "{SNAPSHOT-ID}"}`,
		snapshot:   `"snapshotId": "{SNAPSHOT-ID}"}`,
		instant:    `"pointInTimeUTCMillis": {SECONDS}000}`,
		oplog:      `"oplogTs": "{SECONDS}", "oplogInc": "7"}`,
		checkpoint: `"checkpointId": "{CHECKPOINT-ID}"}`,
	}[c.point]
}

// skied is the body for clusters of Atlas that are not Flex.
func skied(c combination) string {
	if c.delivery == files {
		return `{"deliveryType": "download", "snapshotId": "{SNAPSHOT-ID}"}`
	}
	return map[point]string{
		latest:   `{"deliveryType": "automated", "snapshotId": "{SNAPSHOT-ID}", `,
		snapshot: `{"deliveryType": "automated", "snapshotId": "{SNAPSHOT-ID}", `,
		instant:  `{"deliveryType": "pointInTime", "pointInTimeUTCSeconds": {SECONDS}, `,
		oplog:    `{"deliveryType": "pointInTime", "oplogTs": {SECONDS}, "oplogInc": 7, `,
	}[c.point] + `"targetGroupId": "{TARGET-PROJECT-ID}", "targetClusterName": "{TARGET-NAME}"}`
}

// parts is the body of a restore of collections, whose point in time is spelled otherwise.
func parts(c combination) string {
	return map[point]string{
		latest:   `{"snapshotId": "{SNAPSHOT-ID}", `,
		snapshot: `{"snapshotId": "{SNAPSHOT-ID}", `,
		instant:  `{"pointInTimeUtcSeconds": {SECONDS}, `,
		oplog:    `{"oplogTs": {SECONDS}, "oplogInc": 7, `,
	}[c.point] + `"targetGroupId": "{TARGET-PROJECT-ID}", "targetClusterName": "{TARGET-NAME}", ` +
		`"writeStrategy": "CREATE_NEW", "indexStrategy": "ALL_EXCEPT_TTL", ` +
		`"collections": [{"sourceNamespace": "shop.orders", "targetNamespace": "shop.orders_before"}]}`
}

// with fills the parameters in.
func (m message) with(source, target place, snapshot string, seconds int64) message {
	fill := strings.NewReplacer(
		"{PROJECT-ID}", source.projectID, "{CLUSTER-ID}", source.id, "{CLUSTER-NAME}", source.name,
		"{TARGET-PROJECT-ID}", target.projectID, "{TARGET-ID}", target.id, "{TARGET-NAME}", target.name,
		"{SNAPSHOT-ID}", snapshot, "{CHECKPOINT-ID}", source.checkpoint, "{SECONDS}", strconv.FormatInt(seconds, 10),
	)
	return message{fill.Replace(m.path), m.media, fill.Replace(m.body)}
}

// check compares a request with the message, number and text apart.
func (m message) check(t *testing.T, c fakeapi.Call) {
	t.Helper()
	if c.Method != http.MethodPost || c.Target != m.path {
		t.Errorf("%s %s, want POST %s", c.Method, c.Target, m.path)
	}
	if sent, wanted := c.Header.Get("Content-Type"), c.Header.Get("Accept"); sent != m.media || wanted != m.media {
		t.Errorf("Content-Type %q, Accept %q, want %q", sent, wanted, m.media)
	}
	if got, want := decoded(t, c.RequestBody), decoded(t, []byte(m.body)); !reflect.DeepEqual(got, want) {
		t.Errorf("sent %s, want %s", c.RequestBody, m.body)
	}
}

func decoded(t *testing.T, body []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out
}

// checkCalls compares who asked, and for which versions, with what the documents say, for everything that was asked.
func (a *arena) checkCalls(t *testing.T, since time.Time) {
	t.Helper()
	tokens, refused := 0, 0
	for _, c := range a.server.Calls() {
		path, _, _ := strings.Cut(c.Target, "?")
		switch {
		case path == fakeapi.TokenPath:
			tokens++
			continue
		case c.Status == http.StatusUnauthorized:
			refused++
			continue
		case c.Key != a.public:
			t.Errorf("%s %s is asked by %q", c.Method, c.Target, c.Key)
		}
		if got, want := c.Header.Get("Accept"), a.version(path); got != want {
			t.Errorf("%s %s accepts %s, want %s", c.Method, c.Target, got, want)
		}
	}
	lives := int(time.Since(since)/(50*time.Minute)) + 1 // an hour each, less the minutes by which they are renewed early
	switch {
	case a.access == byAccount && (tokens < 1 || tokens > lives || refused > 0):
		t.Errorf("%d tokens in %v, and %d calls refused", tokens, time.Since(since), refused)
	case a.access == byKey && (tokens > 0 || refused == 0):
		t.Errorf("%d tokens, and %d challenges", tokens, refused)
	}
}

// version is the media type of a resource: the version of its document that is current.
func (a *arena) version(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/api/atlas/v2/"), "/")
	switch {
	case a.kind != restore.Atlas:
		return mediaPlain
	case len(segments) > 2 && segments[2] == "flexClusters":
		return mediaFlex
	case slices.Contains(segments, "collectionRestoreJobs"), slices.Contains(segments, "databases"):
		return mediaParts
	case len(segments) > 2 && segments[2] == "clusters" && len(segments) < 5:
		return mediaClusters
	}
	return media2023
}
