package doctor_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"snapback/internal/cli"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// verdict is what the doctor has to say about a fault: parts of one line, or nothing, and then why it cannot see it.
type verdict struct {
	says   []string
	warns  bool // the line is a warning
	unseen string
}

// check compares what the doctor said with what it had to say.
func (v verdict) check(t *testing.T, status int, out string) {
	t.Helper()
	level, want := "wrong ", cli.Failure
	if v.warns || v.unseen != "" {
		level, want = "warning ", cli.OK
	}
	found := false
	for line := range strings.Lines(out) {
		found = found || strings.HasPrefix(line, level) && has(line, v.says)
		if v.unseen != "" && !strings.HasPrefix(line, "fine ") {
			t.Errorf("unseen, because %s, but it says\n%s", v.unseen, line)
		}
	}
	if status != want || (v.unseen == "" && !found) {
		t.Errorf("status %d, no line is %q with all of %q:\n%s", status, level, v.says, out)
	}
}

// Why a fault cannot be seen by who only reads.
const (
	creates = "nothing is created, which would be a restore"
	lists   = "what a list of jobs should hold is not known"
)

// TestDoctorAgainstOpsManagersFaults has each fault that the fake knows, in all answers that it can be in.
func TestDoctorAgainstOpsManagersFaults(t *testing.T) {
	t.Parallel()
	faults := map[fakeopsmanager.Kind]struct {
		fault fakeopsmanager.Fault
		verdict
	}{
		fakeopsmanager.Drop:         {verdict: verdict{says: []string{"backend om: It cannot be asked", "EOF", "Check url, the network"}}},
		fakeopsmanager.Hang:         {verdict: verdict{says: []string{"backend om: It does not answer in time", "firewalls"}}},
		fakeopsmanager.Redirect:     {fakeopsmanager.Fault{Location: "https://om.example.net/"}, verdict{says: []string{"backend om: ", "redirects to om.example.net", "not followed"}}},
		fakeopsmanager.OldJobs:      {fakeopsmanager.Fault{Match: fakeopsmanager.Listings()}, verdict{unseen: lists}},
		fakeopsmanager.Empty:        {verdict: verdict{says: []string{"backend om: What answers is not what was asked for", "answer is empty", "Check kind"}}},
		fakeopsmanager.Garbled:      {verdict: verdict{says: []string{"backend om: What answers is not what was asked for", "decode answer", "kind"}}},
		fakeopsmanager.HTML:         {verdict: verdict{says: []string{"backend om: Something else than the API answers (403)", "Check url"}}},
		fakeopsmanager.Failure:      {verdict: verdict{says: []string{"backend om: ", "500 UNEXPECTED_ERROR", "look at the server"}}},
		fakeopsmanager.Unauthorized: {verdict: verdict{says: []string{"backend om: The credential is refused (401", "Check public_key and private_key"}}},
		fakeopsmanager.AccessList:   {verdict: verdict{says: []string{"backend om: ", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", "Put it on the access list"}}},
		fakeopsmanager.RateLimit:    {verdict: verdict{says: []string{"backend om: It is asked too often (429 RATE_LIMITED)", "who else uses the credential"}}},
		fakeopsmanager.Conflict:     {fakeopsmanager.Fault{Match: fakeopsmanager.Creations()}, verdict{unseen: creates}},
		fakeopsmanager.Delay:        {fakeopsmanager.Fault{Delay: 7 * time.Second}, verdict{warns: true, says: []string{"backend om: It takes 14s to tell the snapshots of om/", "network between"}}},
		fakeopsmanager.DateSkew:     {fakeopsmanager.Fault{Skew: -time.Hour}, verdict{says: []string{"clock: That of om is 1h0m0s behind", "Set the clock"}}},
		fakeopsmanager.PartialBatch: {verdict: verdict{unseen: creates}},
		fakeopsmanager.ListLag:      {fakeopsmanager.Fault{Lists: 5}, verdict{unseen: creates}},
		fakeopsmanager.Shuffle:      {verdict: verdict{unseen: lists}},
		fakeopsmanager.ForeignJob:   {fakeopsmanager.Fault{Match: fakeopsmanager.Creations()}, verdict{unseen: creates}},
		fakeopsmanager.RecordGone:   {verdict: verdict{unseen: lists}},
		fakeopsmanager.LeaveOut:     {fakeopsmanager.Fault{Fields: []string{"created"}}, verdict{unseen: lists}},
		fakeopsmanager.Texts:        {verdict: verdict{unseen: "numbers are read in either form"}},
	}
	for _, kind := range fakeopsmanager.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			row, ok := faults[kind]
			if !ok {
				t.Fatal("nobody says what the doctor makes of it")
			}
			status, out := admit(t, nil, func(w *ward) {
				row.fault.Kind, row.fault.Times = kind, fakeopsmanager.Always
				if err := w.manager.Inject(row.fault); err != nil {
					t.Fatal(err)
				}
			})
			row.check(t, status, out)
		})
	}
	if len(faults) != len(fakeopsmanager.Kinds()) {
		t.Errorf("%d rows for %d faults", len(faults), len(fakeopsmanager.Kinds()))
	}
}

// TestDoctorAgainstAtlasFaults has each fault that the fake knows: in what is asked of the API, and where it is another thing, in
// what is asked of the endpoint of tokens.
func TestDoctorAgainstAtlasFaults(t *testing.T) {
	t.Parallel()
	api := fakeatlas.Match{Method: "GET"}
	faults := map[fakeatlas.Kind]struct {
		fault fakeatlas.Fault
		verdict
		token []string // what is said where no token comes; nil: the same
	}{
		fakeatlas.Drop:         {verdict: verdict{says: []string{"backend atlas: It cannot be asked", "EOF", "Check url, the network"}}},
		fakeatlas.Hang:         {verdict: verdict{says: []string{"backend atlas: It does not answer in time", "firewalls"}}},
		fakeatlas.Redirect:     {fakeatlas.Fault{Location: "https://cloud.example.net/"}, verdict{says: []string{"backend atlas: ", "redirects to cloud.example.net"}}, []string{"gets no token (no token: 302", "token_url"}},
		fakeatlas.Empty:        {verdict: verdict{says: []string{"backend atlas: What answers is not what was asked for", "answer is empty"}}, token: []string{"What answers is not what was asked for", "the answer holds no token", "token_url"}},
		fakeatlas.Garbled:      {verdict: verdict{says: []string{"backend atlas: What answers is not what was asked for", "decode answer"}}, token: []string{"What answers is not what was asked for", "the answer holds no token", "token_url"}},
		fakeatlas.OldJob:       {fakeatlas.Fault{Match: fakeatlas.Creations()}, verdict{unseen: creates}, nil},
		fakeatlas.HTML:         {verdict: verdict{says: []string{"backend atlas: Something else than the API answers (403)", "Check url"}}, token: []string{"no token: 403", "token_url"}},
		fakeatlas.Failure:      {verdict: verdict{says: []string{"backend atlas: ", "500 UNEXPECTED_ERROR", "Try again later"}}, token: []string{"no token: 500", "Try again later"}},
		fakeatlas.Unauthorized: {verdict: verdict{says: []string{"backend atlas: The credential is refused (401", "client_id and client_secret"}}, token: []string{"no token: 401", "the secret has ended", "client_secret"}},
		fakeatlas.AccessList:   {verdict: verdict{says: []string{"backend atlas: ", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", "Put it on the access list"}}, token: []string{"no token: 403"}},
		fakeatlas.RateLimit:    {verdict: verdict{says: []string{"backend atlas: It is asked too often (429 RATE_LIMITED_TOKEN_BUCKET)"}}, token: []string{"no token: 429", "Try again later"}},
		fakeatlas.Conflict:     {fakeatlas.Fault{Match: fakeatlas.Creations()}, verdict{unseen: creates}, nil},
		fakeatlas.Delay:        {fakeatlas.Fault{Delay: 7 * time.Second, Match: api}, verdict{warns: true, says: []string{"backend atlas: It takes 7s to tell the snapshots of atlas/", "network between"}}, nil},
		fakeatlas.DateSkew:     {fakeatlas.Fault{Skew: time.Hour}, verdict{says: []string{"clock: That of atlas is 1h0m0s ahead", "Set the clock"}}, nil},
		fakeatlas.ListLag:      {fakeatlas.Fault{Lists: 5}, verdict{unseen: creates}, nil},
		fakeatlas.Shuffle:      {verdict: verdict{unseen: lists}},
		fakeatlas.ForeignJob:   {fakeatlas.Fault{Match: fakeatlas.Creations()}, verdict{unseen: creates}, nil},
		fakeatlas.RecordGone:   {verdict: verdict{unseen: lists}},
		fakeatlas.LeaveOut:     {fakeatlas.Fault{Fields: []string{"timestamp"}}, verdict{unseen: lists}, nil},
	}
	for _, kind := range fakeatlas.Kinds() {
		row, ok := faults[kind]
		if !ok {
			t.Errorf("%s: nobody says what the doctor makes of it", kind)
		}
		where := map[string]fakeatlas.Match{"": row.fault.Match}
		if len(row.token) > 0 {
			where = map[string]fakeatlas.Match{"": api, " of a token": {Path: fakeatlas.TokenPath}}
		}
		for place, match := range where {
			t.Run(string(kind)+place, func(t *testing.T) {
				t.Parallel()
				f, v := row.fault, row.verdict
				f.Kind, f.Times, f.Match = kind, fakeatlas.Always, match
				if place != "" {
					v.says = row.token
				}
				status, out := admit(t, nil, func(w *ward) {
					if err := w.atlas.Inject(f); err != nil {
						t.Fatal(err)
					}
				})
				v.check(t, status, out)
			})
		}
	}
	if len(faults) != len(fakeatlas.Kinds()) {
		t.Errorf("%d rows for %d faults", len(faults), len(fakeatlas.Kinds()))
	}
}

// TestDoctorAgainstSlacksFaults has each way in which calls of Slack can go wrong.
func TestDoctorAgainstSlacksFaults(t *testing.T) {
	t.Parallel()
	late := verdict{says: []string{"slack bot token: Slack does not answer in time at 127.0.0.1", "firewalls"}}
	faults := map[string]verdict{
		"error":        {says: []string{"slack bot token: Slack has trouble of its own (internal_error)", "Try again"}},
		"status":       {says: []string{"slack bot token: Slack has trouble of its own (server_error)", "Try again"}},
		"rate limit":   {says: []string{"slack bot token: Slack is asked too often (ratelimited)", "what else uses"}},
		"delay":        late,
		"delay answer": late,
		"drop before":  {says: []string{"slack bot token: Slack cannot be reached at 127.0.0.1", "HTTPS_PROXY"}},
		"drop after":   {says: []string{"slack bot token: Slack cannot be reached at 127.0.0.1", "HTTPS_PROXY"}},
	}
	shown := map[string]bool{}
	for name, f := range fakeslack.Ways() {
		for i := range reflect.TypeFor[fakeslack.Fault]().NumField() {
			if v := reflect.ValueOf(f); !v.Field(i).IsZero() {
				shown[v.Type().Field(i).Name] = true
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, ok := faults[name]
			if !ok {
				t.Fatal("nobody says what the doctor makes of it")
			}
			status, out := admit(t, nil, func(w *ward) { w.slack.Inject(f) })
			v.check(t, status, out)
		})
	}
	for field := range reflect.TypeFor[fakeslack.Fault]().Fields() {
		if !shown[field.Name] && field.Name != "Times" {
			t.Errorf("no way shows %s", field.Name)
		}
	}
}
