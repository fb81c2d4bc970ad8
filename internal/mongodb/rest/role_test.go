package rest

import (
	"errors"
	"fmt"
	"testing"

	"snapback/internal/restore"
)

// TestLacking tells a missing role from everything else that refuses a call.
func TestLacking(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&APIError{Status: 403, Code: "USER_UNAUTHORIZED"}, true},
		{&APIError{Status: 403, Reason: "Forbidden"}, true},
		{&APIError{Status: 401, Code: "USER_UNAUTHORIZED"}, true},
		{&APIError{Status: 401, Code: "NO_CURRENT_USER"}, false},
		{&APIError{Status: 401}, false},
		{&APIError{Status: 402, Code: "ACCOUNT_SUSPENDED"}, false},
		{&APIError{Status: 403}, false}, // a gateway's
		{&APIError{Status: 403, Code: "IP_ADDRESS_NOT_ON_ACCESS_LIST"}, false},
		{&APIError{Status: 403, Code: "RESOURCE_REQUIRES_ACCESS_LIST"}, false},
		{&APIError{Status: 403, Code: "FEATURE_UNSUPPORTED"}, false},
		{&APIError{Status: 404, Code: "USER_UNAUTHORIZED"}, false},
		{errors.New("no answer"), false},
	} {
		got := Lacking(fmt.Errorf("read: %w", tt.err), restore.ListJobs, "om/Payments/orders-prod", "Project Backup Admin")
		e, ok := errors.AsType[*restore.RoleError](got)
		if ok != tt.want || !errors.Is(got, tt.err) {
			t.Errorf("%v is %v", tt.err, got)
		}
		if ok && (e.List != restore.ListJobs || e.Where != "om/Payments/orders-prod" || e.Role != "Project Backup Admin") {
			t.Errorf("%v is %+v", tt.err, e)
		}
	}
}
