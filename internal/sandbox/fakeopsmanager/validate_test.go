package fakeopsmanager_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

func TestCreateRefused(t *testing.T) {
	r := start(t, fake.Options{})
	now := time.Now()
	millis := func(d time.Duration) string {
		return fmt.Sprintf(`"pointInTimeUTCMillis":%d`, now.Add(-d).UnixMilli())
	}
	onto := func(group, cluster string) string {
		return `{"delivery":{"methodName":"AUTOMATED_RESTORE","targetGroupId":"` + group + `","targetClusterId":"` + cluster + `"},` + bySnapshot + `}`
	}
	http := func(fields string) string {
		return `{"delivery":{"methodName":"HTTP",` + fields + `},` + bySnapshot + `}`
	}
	withField := func(body, field string) string { return strings.TrimSuffix(body, "}") + "," + field + "}" }
	inDelivery := func(body, field string) string { return strings.Replace(body, `},`, `,`+field+`},`, 1) }

	for _, tc := range []struct {
		name, cluster, body string
		status              int
		code                string
	}{
		{"no body", orders, "", 400, "INVALID_JSON"},
		{"half a body", orders, `{"delivery":`, 400, "INVALID_JSON"},
		{"a list", orders, `[]`, 400, "INVALID_JSON"},
		{"null", orders, `null`, 400, "INVALID_JSON"},
		{"no delivery", orders, `{` + bySnapshot + `}`, 400, "MISSING_ATTRIBUTE"},
		{"delivery is text", orders, `{"delivery":"HTTP",` + bySnapshot + `}`, 400, "INVALID_JSON_ATTRIBUTE"},
		{"unknown attribute", orders, withField(automated(bySnapshot), `"clientReference":"R-17"`), 400, "INVALID_ATTRIBUTE"},
		{"unknown delivery attribute", orders, inDelivery(automated(bySnapshot), `"force":true`), 400, "INVALID_ATTRIBUTE"},
		{"no method", orders, `{"delivery":{},` + bySnapshot + `}`, 400, "MISSING_ATTRIBUTE"},
		{"method is a number", orders, `{"delivery":{"methodName":1},` + bySnapshot + `}`, 400, "INVALID_JSON_ATTRIBUTE"},
		{"unknown method", orders, `{"delivery":{"methodName":"POST"},` + bySnapshot + `}`, 400, "INVALID_ENUM_VALUE"},
		{"SCP", orders, `{"delivery":{"methodName":"SCP"},` + bySnapshot + `}`, 400, "UNSUPPORTED_DELIVERY_METHOD"},

		{"no count", orders, http(`"expirationHours":1`), 400, "MISSING_ATTRIBUTE"},
		{"count zero", orders, http(`"expirationHours":1,"maxDownloads":0`), 400, "ATTRIBUTE_NEGATIVE_OR_ZERO"},
		{"count is a word", orders, http(`"expirationHours":1,"maxDownloads":"one"`), 400, "INVALID_JSON_ATTRIBUTE"},
		{"no expiry", orders, http(`"maxDownloads":1`), 400, "MISSING_ONE_OF_ATTRIBUTES"},
		{"both expiries", orders, http(`"maxDownloads":1,"expirationHours":1,"expires":"2030-01-01T00:00:00Z"`), 400, "INVALID_ATTRIBUTE"},
		{"hours negative", orders, http(`"maxDownloads":1,"expirationHours":-1`), 400, "ATTRIBUTE_NEGATIVE_OR_ZERO"},
		{"expired already", orders, http(`"maxDownloads":1,"expires":"2020-01-01T00:00:00Z"`), 400, "INVALID_ATTRIBUTE"},
		{"expires is no instant", orders, http(`"maxDownloads":1,"expires":"tomorrow"`), 400, "INVALID_ATTRIBUTE"},
		{"link outlives snapshot", orders, http(`"maxDownloads":1,"expirationHours":720`), 409, "LINK_EXPIRATION_AFTER_SNAPSHOT_DELETION"},
		{"download with target", orders, inDelivery(download(bySnapshot), `"targetGroupId":"x"`), 400, "INVALID_ATTRIBUTE"},
		{"download of a moment", orders, download(millis(time.Hour)), 400, "INVALID_ATTRIBUTE"},
		{"download of nothing", orders, download(`"snapshotId":null`), 400, "MISSING_ATTRIBUTE"},

		{"no target project", orders, `{"delivery":{"methodName":"AUTOMATED_RESTORE","targetClusterId":"` + staging + `"},` + bySnapshot + `}`, 400, "MISSING_ATTRIBUTE"},
		{"no target cluster", orders, `{"delivery":{"methodName":"AUTOMATED_RESTORE","targetGroupId":"` + payments + `"},` + bySnapshot + `}`, 400, "MISSING_ATTRIBUTE"},
		{"automated with count", orders, inDelivery(automated(bySnapshot), `"maxDownloads":1`), 400, "INVALID_ATTRIBUTE"},
		{"no point", orders, automated(`"snapshotId":null`), 400, "MISSING_ONE_OF_ATTRIBUTES"},
		{"snapshot and moment", orders, automated(bySnapshot + "," + millis(time.Hour)), 400, "INVALID_ATTRIBUTE"},
		{"moment and oplog", orders, automated(millis(time.Hour) + `,"oplogTs":"1","oplogInc":"1"`), 400, "INVALID_ATTRIBUTE"},
		{"snapshot and checkpoint", orders, automated(bySnapshot + `,"checkpointId":"` + checkpoint + `"`), 400, "INVALID_ATTRIBUTE"},
		{"half an oplog timestamp", orders, automated(`"oplogTs":"1"`), 400, "MISSING_ATTRIBUTE"},
		{"other half", orders, automated(`"oplogInc":"1"`), 400, "MISSING_ATTRIBUTE"},
		{"increment too large", orders, automated(`"oplogTs":"1","oplogInc":"4294967296"`), 400, "INVALID_ATTRIBUTE"},
		{"fraction", orders, automated(`"oplogTs":"1.5","oplogInc":"1"`), 400, "FRACTIONAL_TIMESTAMP"},
		{"moment in a gap", orders, automated(millis(6 * time.Hour)), 409, "RESTORE_INITIATION_FAILED"},
		{"moment in the future", orders, automated(millis(-time.Hour)), 409, "RESTORE_INITIATION_FAILED"},
		{"moment too old", orders, automated(millis(48 * time.Hour)), 409, "RESTORE_INITIATION_FAILED"},

		{"snapshot id", orders, automated(`"snapshotId":"latest"`), 404, "INVALID_SNAPSHOT_ID"},
		{"no such snapshot", orders, automated(`"snapshotId":"` + unknown + `"`), 404, "SNAPSHOT_NOT_FOUND"},
		{"snapshot of another cluster", orders, automated(`"snapshotId":"` + whole + `"`), 404, "SNAPSHOT_NOT_FOUND"},
		{"snapshot under way", orders, automated(`"snapshotId":"` + underWay + `"`), 409, "CANNOT_START_RESTORE_JOB_FOR_INCOMPLETE_CLUSTER_SNAPSHOT"},
		{"deleted snapshot", orders, automated(`"snapshotId":"` + deleted + `"`), 409, "CANNOT_START_RESTORE_JOB_FOR_DELETED_SNAPSHOT"},
		{"snapshot misses a shard", events, strings.ReplaceAll(automated(`"snapshotId":"`+missing+`"`), staging, eventsNew), 409, "CANNOT_START_RESTORE_JOB_FOR_INCOMPLETE_CLUSTER_SNAPSHOT"},

		{"target project id", orders, onto("x", staging), 404, "INVALID_GROUP_ID"},
		{"no such target project", orders, onto(unknown, staging), 404, "GROUP_NOT_FOUND"},
		{"target cluster id", orders, onto(payments, "orders-staging"), 404, "INVALID_CLUSTER_ID"},
		{"no such target", orders, onto(payments, unknown), 404, "CLUSTER_NOT_FOUND"},
		{"target in another project", orders, onto(payments, reports), 400, "GROUP_MISMATCH"},
		{"target is sharded", orders, onto(payments, events), 403, "CANNOT_RESTORE_TO_TARGET"},
		{"target has other shards", events, strings.NewReplacer(staging, shardless, fresh, whole).Replace(automated(bySnapshot)), 403, "CANNOT_RESTORE_TO_TARGET"},
		{"target is a shard", orders, onto(payments, "64b000000000000000000011"), 403, "CANNOT_RESTORE_TO_TARGET"},

		{"checkpoint of a replica set", orders, automated(`"checkpointId":"` + checkpoint + `"`), 400, "CHECKPOINT_RESTORE_UNSUPPORTED_FOR_REPLICA_SETS"},
		{"checkpoint with a new FCV", events, automated(`"checkpointId":"` + checkpoint + `"`), 403, "UNSUPPORTED_FOR_CURRENT_CONFIG"},
		{"no such checkpoint", ancient, automated(`"checkpointId":"` + unknown + `"`), 404, "CHECKPOINT_NOT_FOUND"},
		{"moment with an old FCV", ancient, automated(millis(time.Hour)), 400, "PIT_RESTORE_ONLY_SUPPORTED_FOR_REPLICA_SETS"},
		{"oplog with an old FCV", ancient, automated(`"oplogTs":"1","oplogInc":"1"`), 400, "OPLOG_RESTORE_ONLY_SUPPORTED_FOR_REPLICA_SETS"},

		{"no such source", unknown, automated(bySnapshot), 404, "CLUSTER_NOT_FOUND"},
		{"source is a shard", "64b000000000000000000011", automated(bySnapshot), 404, "CLUSTER_NOT_FOUND"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r.t = t
			res := r.post("/groups/"+payments+"/clusters/"+tc.cluster+"/restoreJobs", tc.body)
			res.refused(tc.status, tc.code)
			if jobs := r.Jobs(tc.cluster); len(jobs) != 0 {
				t.Errorf("%d jobs were made", len(jobs))
			}
		})
	}
}
