package fakeopsmanager

import "snapback/internal/sandbox/fakeapi"

// attrs is a JSON object of a request.
type attrs = fakeapi.Attrs

// parseBody reads the body of a creation. Attributes that the API does not know are refused, not ignored.
func parseBody(body []byte) (top, delivery attrs, err *apiError) {
	if top, err = fakeapi.Parse(body); err != nil {
		return top, delivery, err
	}
	if err := top.Only("delivery", "snapshotId", "checkpointId", "oplogTs", "oplogInc", "pointInTimeUTCMillis"); err != nil {
		return top, delivery, err
	}
	if delivery, err = top.Object("delivery"); err != nil {
		return top, delivery, err
	}
	err = delivery.Only("methodName", "targetGroupId", "targetClusterId", "expirationHours", "expires", "maxDownloads")
	return top, delivery, err
}
