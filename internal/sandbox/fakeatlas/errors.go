package fakeatlas

import (
	"fmt"
	"net/http"
	"strings"

	"snapback/internal/sandbox/fakeapi"
)

func errVersion(status int, version string) *fakeapi.Refusal {
	return fakeapi.Refuse(status, "INVALID_VERSION_DATE", fmt.Sprintf("There is no version %q of this resource.", version), version)
}

func errUnauthorized() *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusUnauthorized, "", "You are not authorized for this resource.")
}

func errRole() *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusUnauthorized, "USER_UNAUTHORIZED", "The current user is not authorized to perform this action.")
}

func errNotInGroup(group string) *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusUnauthorized, "NOT_IN_GROUP", fmt.Sprintf("The current user is not in group %s, or the group does not exist.", group), group)
}

func errAccessList(ip string) *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusForbidden, "IP_ADDRESS_NOT_ON_ACCESS_LIST", fmt.Sprintf("IP address %s is not allowed to access this resource.", ip), ip)
}

// codeBucket is the code of a rate limit.
const codeBucket = "RATE_LIMITED_TOKEN_BUCKET"

func errBucket(path string, seconds int, a allowance) *fakeapi.Refusal {
	err := fakeapi.Refuse(http.StatusTooManyRequests, codeBucket, fmt.Sprintf("Too many requests to %s. Try again in %d seconds.", path, seconds))
	err.Params = []any{strings.TrimPrefix(path, "/"), seconds, a.capacity, a.refill, refillSeconds}
	return err
}

func errNotFound(code, kind, id string) *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusNotFound, code, fmt.Sprintf("No %s with ID %s exists.", kind, id), id)
}

func errTarget(cluster string) *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusForbidden, "CANNOT_RESTORE_TO_TARGET", "Cannot restore to the cluster "+cluster+".", cluster)
}

func errBusy(cluster string) *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusConflict, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS", "A restore onto the cluster "+cluster+" is in progress.", cluster)
}

func errBad(code, detail string, params ...string) *fakeapi.Refusal {
	return fakeapi.Refuse(http.StatusBadRequest, code, detail, params...)
}
