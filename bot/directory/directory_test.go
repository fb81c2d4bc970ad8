package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/bot/directory"
	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
)

const maxAge = time.Minute

func world() fakeslack.Workspace {
	return fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
		AppToken: "xapp-1", BotToken: "xoxb-1",
		Scopes: []string{"users:read", "usergroups:read", "channels:read", "groups:read"},
		Users: []fakeslack.User{
			{ID: "U0LEAD", Name: "lead", RealName: "The Lead"},
			{ID: "U0PLAIN", RealName: "Without Handle"},
			{ID: "U0GUEST", Name: "guest", IsRestricted: true},
			{ID: "U0GUEST1", Name: "guest1", IsUltraRestricted: true},
			{ID: "U0GONE", Name: "leaver", Deleted: true},
			{ID: "U0ROBOT", Name: "robot", IsBot: true},
			{ID: "U0PARTNER", Name: "partner", IsStranger: true},
			{ID: "U0AWAY", Name: "away", TeamID: "T2"},
			{ID: "USLACKBOT", Name: "slackbot"},
		},
		Usergroups: []fakeslack.Usergroup{
			{ID: "S0DBA", Handle: "dba", Members: []string{"U0LEAD", "U0GUEST"}},
			{ID: "S0EMPTY", Handle: "empty"},
			{ID: "S0OFF", Handle: "off", Members: []string{"U0LEAD"}, Disabled: true},
		},
		Channels: []fakeslack.Channel{
			{ID: "C0FINE", Name: "fine", Members: []string{"U0BOT"}},
			{ID: "C0OLD", Name: "old", Members: []string{"U0BOT"}, Archived: true},
			{ID: "C0ALONE", Name: "alone", Members: []string{"U0LEAD"}},
			{ID: "C0SHARED", Name: "shared", Members: []string{"U0BOT"}, IsExtShared: true},
			{ID: "G0SECRET", Name: "secret", Members: []string{"U0LEAD"}, IsPrivate: true},
		},
	}
}

// deaf hears nothing.
type deaf struct{}

func (deaf) SlackRequest(string, string)    {}
func (deaf) SlackRateLimited(string)        {}
func (deaf) SlackDate(time.Time, time.Time) {}

func client(ln *pipenet.Listener) *slackapi.Client {
	return slackapi.New(slackapi.Options{
		BotToken: func() string { return "xoxb-1" }, AppToken: func() string { return "xapp-1" },
		URL: "http://slack.example/api/", Dial: ln.DialContext, Observer: deaf{},
	})
}

// newDirectory returns a directory of a fake workspace, with the real client between. It must be called in a bubble.
func newDirectory(t *testing.T, groups map[string]directory.Group) (*directory.Directory, *fakeslack.Server) {
	t.Helper()
	srv, ln := fakeslack.New(world(), fakeslack.Options{}), pipenet.Listen()
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := srv.Serve(ln); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	api := client(ln)
	t.Cleanup(func() {
		srv.Close()
		serving.Wait()
		api.Close()
	})
	return directory.New(api, "T1", groups, maxAge), srv
}

func person(user string) approvals.Person { return approvals.Person{Team: "T1", User: user} }

// usual are the configured groups of most tests.
func usual() map[string]directory.Group {
	return map[string]directory.Group{
		"dba": {Usergroup: "S0DBA"}, "leads": {Users: []string{"U0LEAD", "U0GONE"}}, "empty": {Usergroup: "S0EMPTY"},
		"off": {Usergroup: "S0OFF"}, "never": {Usergroup: "S0NEVER"},
	}
}

func TestStanding(t *testing.T) {
	tests := []struct {
		name   string
		who    approvals.Person
		want   approvals.Standing
		barred approvals.Verdict
	}{
		{"member", person("U0LEAD"), approvals.Standing{Name: "lead", Groups: []string{"dba", "leads"}}, approvals.Counts},
		{"without a handle", person("U0PLAIN"), approvals.Standing{Name: "Without Handle"}, approvals.Counts},
		{
			"multi-channel guest", person("U0GUEST"),
			approvals.Standing{Name: "guest", Guest: true, Groups: []string{"dba"}},
			approvals.Guest,
		},
		{"single-channel guest", person("U0GUEST1"), approvals.Standing{Name: "guest1", Guest: true}, approvals.Guest},
		{
			"deactivated", person("U0GONE"),
			approvals.Standing{Name: "leaver", Inactive: true, Groups: []string{"leads"}},
			approvals.Inactive,
		},
		{"bot", person("U0ROBOT"), approvals.Standing{Name: "robot", Bot: true}, approvals.Bot},
		{"Slackbot", person("USLACKBOT"), approvals.Standing{Name: "slackbot", Bot: true}, approvals.Bot},
		{"of a partner", person("U0PARTNER"), approvals.Standing{Name: "partner", Stranger: true}, approvals.Stranger},
		{"of another team, Slack says", person("U0AWAY"), approvals.Standing{Name: "away", Stranger: true}, approvals.Stranger},
		{"unknown", person("U0NOBODY"), approvals.Standing{Stranger: true}, approvals.Stranger},
		{
			"of another team, the envelope says",
			approvals.Person{Team: "T2", User: "U0LEAD"},
			approvals.Standing{Stranger: true},
			approvals.Stranger,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, _ := newDirectory(t, usual())
				tt.want.Person, tt.want.At = tt.who, time.Now()
				got, err := d.Standing(t.Context(), tt.who)
				if err != nil || !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
				}
				if v := got.Barred(); v != tt.barred {
					t.Errorf("barred: %q, want %q", v, tt.barred)
				}
			})
		})
	}
}

// On a grid people are the organization's, whichever of its workspaces they are in.
func TestStandingOnAGrid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := pipenet.Listen()
		srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			of := map[string][2]string{
				"U0HERE": {"T7", "E1"}, "U0ORG": {"E1", ""}, "U0BARE": {"", "E1"},
				"U0AWAY": {"T7", "E2"}, "U0ELSE": {"", "E2"}, "U0TEAM": {"T7", ""},
			}[r.FormValue("user")]
			fmt.Fprintf(w, `{"ok":true,"user":{"id":"U1","team_id":%q,"enterprise_user":{"enterprise_id":%q}}}`, of[0], of[1])
		})}
		var serving sync.WaitGroup
		serving.Go(func() { _ = srv.Serve(ln) })
		api := client(ln)
		t.Cleanup(func() {
			_ = srv.Close()
			serving.Wait()
			api.Close()
		})
		d := directory.New(api, "E1", nil, maxAge)
		for user, want := range map[string]approvals.Verdict{
			"U0HERE": approvals.Counts, "U0ORG": approvals.Counts, "U0BARE": approvals.Counts, "U0AWAY": approvals.Stranger,
			"U0ELSE": approvals.Stranger, "U0TEAM": approvals.Stranger, "U0NOTHING": approvals.Stranger,
		} {
			got, err := d.Standing(t.Context(), approvals.Person{Team: "E1", User: user})
			if err != nil || got.Barred() != want {
				t.Errorf("%s: %+v, %v", user, got, err)
			}
		}
	})
}

// A group that cannot be read is neither yes nor no, and is asked for again the next time. The person's other groups
// are known.
func TestUnreadGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, usual())
		srv.Inject(fakeslack.Fault{Method: "usergroups.users.list", Error: "internal_error"})
		got, err := d.Standing(t.Context(), person("U0LEAD"))
		if err != nil || !slices.Equal(got.Unread, []string{"dba", "empty", "never", "off"}) ||
			!slices.Equal(got.Groups, []string{"leads"}) {
			t.Errorf("got %+v, %v", got, err)
		}
		if d.Cached(person("U0LEAD"), time.Now()) {
			t.Error("an unread group counts as known")
		}
		srv.ClearFaults()
		if got, err = d.Standing(t.Context(), person("U0LEAD")); err != nil || got.Unread != nil || !got.In("dba") {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// Who cannot be looked up is an error, not a stranger, and nothing is remembered.
func TestLookUpFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, usual())
		srv.Inject(fakeslack.Fault{Method: "users.info", Times: 1, Status: 500})
		if _, err := d.Standing(t.Context(), person("U0LEAD")); slackapi.Code(err) != slackapi.CodeServer {
			t.Errorf("got %v", err)
		}
		if got, err := d.Standing(t.Context(), person("U0LEAD")); err != nil || got.Stranger {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// A standing is as old as its oldest part.
func TestDateIsTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, map[string]directory.Group{"dba": {Usergroup: "S0DBA"}})
		start := time.Now()
		at := func(user string) time.Duration {
			s, err := d.Standing(t.Context(), person(user))
			if err != nil {
				t.Fatal(err)
			}
			return s.At.Sub(start)
		}
		at("U0LEAD")
		time.Sleep(20 * time.Second)
		if got := at("U0PLAIN"); got != 0 {
			t.Errorf("a new person of an old group: %v old", 20*time.Second-got)
		}
		time.Sleep(maxAge - 20*time.Second) // the group is asked for again, the second person is not
		if got := at("U0PLAIN"); got != 20*time.Second {
			t.Errorf("an old person of a new group: dated %v", got)
		}
		// A question that takes long is as old as its beginning: what it says may have changed since.
		time.Sleep(maxAge)
		srv.Inject(fakeslack.Fault{Method: "users.info", Times: 1, DelayAnswer: 5 * time.Second})
		if got := at("U0LEAD"); got != 2*maxAge {
			t.Errorf("a slow answer: dated %v, want %v", got, 2*maxAge)
		}
	})
}

func TestCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, usual())
		cached := func(p approvals.Person) bool { return d.Cached(p, time.Now()) }
		lead := person("U0LEAD")
		if cached(lead) {
			t.Error("known before being looked up")
		}
		if !cached(approvals.Person{Team: "T2", User: "U0LEAD"}) {
			t.Error("a stranger has to be looked up")
		}
		if _, err := d.Standing(t.Context(), lead); err != nil {
			t.Fatal(err)
		}
		calls := len(srv.Calls())
		time.Sleep(maxAge - time.Nanosecond)
		if !cached(lead) {
			t.Error("forgotten before its time")
		}
		if _, err := d.Standing(t.Context(), lead); err != nil || len(srv.Calls()) != calls {
			t.Errorf("asked again before its time: %v", err)
		}
		time.Sleep(time.Nanosecond)
		if cached(lead) {
			t.Error("remembered beyond its time")
		}
		if _, err := d.Standing(t.Context(), lead); err != nil || len(srv.Calls()) == calls {
			t.Errorf("not asked again: %v", err)
		}
		if !cached(lead) || cached(person("U0PLAIN")) {
			t.Error("known are others than were looked up")
		}
	})
}

// Many who want to know the same at once ask once.
func TestSingleFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, map[string]directory.Group{"dba": {Usergroup: "S0DBA"}})
		srv.Inject(fakeslack.Fault{Method: "*", DelayAnswer: time.Second})
		var asking sync.WaitGroup
		for range 50 {
			asking.Go(func() {
				if s, err := d.Standing(t.Context(), person("U0LEAD")); err != nil || !s.In("dba") {
					t.Errorf("got %+v, %v", s, err)
				}
			})
		}
		asking.Wait()
		for _, method := range []string{"users.info", "usergroups.users.list"} {
			if n := len(srv.Calls(method)); n != 1 {
				t.Errorf("%d calls of %s", n, method)
			}
		}
	})
}

// Who gives up waits no longer; the others get their answer.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, nil)
		srv.Inject(fakeslack.Fault{Method: "users.info", DelayAnswer: 10 * time.Second})
		var asking sync.WaitGroup
		start := time.Now()
		asking.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := d.Standing(ctx, person("U0LEAD"))
			if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Second {
				t.Errorf("got %v after %v", err, took)
			}
		})
		synctest.Wait()
		if _, err := d.Standing(t.Context(), person("U0LEAD")); err != nil {
			t.Error(err)
		}
		asking.Wait()
		if n := len(srv.Calls("users.info")); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, usual())
		for group, want := range map[string][]approvals.Person{
			"dba": {person("U0GUEST"), person("U0LEAD")}, "leads": {person("U0GONE"), person("U0LEAD")},
			"empty": nil, "off": nil, "never": nil,
		} {
			if got, err := d.Members(t.Context(), group); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v; want %v", group, got, err, want)
			}
		}
		if _, err := d.Members(t.Context(), "other"); err == nil {
			t.Error("a group that is not configured has members")
		}
		time.Sleep(maxAge)
		srv.Inject(fakeslack.Fault{Method: "usergroups.users.list", Error: "internal_error"})
		if got, err := d.Members(t.Context(), "dba"); err == nil {
			t.Errorf("outdated members %v", got)
		}
	})
}

func TestChannelTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, srv := newDirectory(t, nil)
		for channel, want := range map[string]string{
			"C0FINE": "", "C0OLD": "is_archived", "C0ALONE": "not_in_channel", "C0SHARED": "is_ext_shared",
			"C0NOWHERE": "channel_not_found", "G0SECRET": "channel_not_found",
		} {
			if got, err := d.ChannelTrouble(t.Context(), channel); got != want || err != nil {
				t.Errorf("%s: %q, %v; want %q", channel, got, err, want)
			}
		}
		calls := fmt.Sprint(len(srv.Calls()))
		if _, err := d.ChannelTrouble(t.Context(), "C0OLD"); err != nil || fmt.Sprint(len(srv.Calls())) != calls {
			t.Errorf("asked again: %v", err)
		}
		srv.Inject(fakeslack.Fault{Method: "conversations.info", Error: "missing_scope"})
		if got, err := d.ChannelTrouble(t.Context(), "C0NEW"); slackapi.Code(err) != "missing_scope" || got != "" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
