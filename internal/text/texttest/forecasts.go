package texttest

import (
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// ForecastSample is a forecast with a name.
type ForecastSample struct {
	Name     string
	Forecast restore.Forecast
}

// Forecasts returns one of each kind: decided in every way, refused for everything, and with every look-up failed.
func Forecasts() []ForecastSample {
	type F = restore.Forecast
	var out []ForecastSample
	add := func(name string, change func(*F)) {
		f := foreseen()
		change(&f)
		out = append(out, ForecastSample{name, f})
	}
	add("decided", func(*F) {})
	add("more", func(f *F) {
		f.Able = []restore.Able{{Group: "dba", People: f.Able[0].People, More: 480}, f.Able[1]}
		f.Ruling.Terms.Confirm, f.Ruling.Terms.Reason = restore.ConfirmDialog, restore.ReasonRule{Required: true}
		f.Ruling.Terms.Rotating = []string{"dba"}
	})
	add("auto", func(f *F) {
		f.Policies = []restore.Explained{{Policy: "scratch", Matching: restore.Matches, Decides: true, Auto: true}}
		f.Ruling.Terms = restore.Terms{Policy: "scratch", Channel: "C0RESTORES", Auto: true, SubmitWithin: 24 * time.Hour}
		f.Able = nil
	})
	add("download", func(f *F) {
		f.Spec.Delivery = restore.Delivery{Kind: restore.Download}
		f.Policies = []restore.Explained{{Policy: "production", Key: restore.KeyTarget}, f.Policies[5]}
		f.Ruling.Terms.Confirm = restore.ConfirmTarget
	})
	add("onto_itself", func(f *F) { f.Spec.Delivery.Target, f.Policies = f.Spec.Source, f.Policies[5:] })
	add("no_policy", func(f *F) {
		f.Policies, f.Ruling, f.Able = f.Policies[:4], restore.Ruling{}, nil
		f.Findings = []restore.Finding{{Code: restore.FindNoPolicy, Level: restore.LevelRefuse, Name: "om/Payments/orders-prod"}}
	})
	add("refused", func(f *F) {
		f.Able[1].People = nil
		for _, finding := range []restore.Finding{
			{Code: restore.FindOrigins, Name: "om/Payments/orders-prod", Cluster: "dr/Payments/orders-staging"},
			{Code: restore.FindUnfillable, Name: "production-2", Near: []string{"dba", "dba", "leads"}},
			{Code: restore.FindChannel, Name: "not_in_channel", Cluster: "C0RESTORES"},
		} {
			finding.Level = restore.LevelRefuse
			f.Findings = append(f.Findings, finding)
		}
	})
	add("cannot_tell", func(f *F) {
		f.Policies = []restore.Explained{
			{Policy: "scratch", Matching: restore.Matches, Auto: true, Key: restore.KeyAuto},
			{Policy: "on-call", Matching: restore.CannotTell, Key: restore.KeyRequesters},
			{Policy: "payroll", Key: restore.KeySource},
			{Policy: "everything", Matching: restore.Matches, Key: restore.KeyEarlier},
		}
		f.Ruling = restore.Ruling{Matching: restore.CannotTell, Terms: restore.Terms{Policy: "on-call"}}
		f.Able = nil
		f.Unread = []restore.Unread{{Fact: restore.FactGroup, Name: "oncall", Cause: "look up group oncall: usergroups.users.list: fatal_error"}}
	})
	add("nothing_told", func(f *F) {
		f.Requester.Name, f.Able = "", nil
		for fact, name := range []string{"U0ENGINEER", "dba", "", "C0RESTORES"} {
			f.Unread = append(f.Unread, restore.Unread{
				Fact: []restore.Fact{restore.FactRequester, restore.FactGroup, restore.FactPeople, restore.FactChannel}[fact],
				Name: name, Cause: "network",
			})
		}
		f.Unread[1].Cause = ""
	})
	add("guest", func(f *F) { *f = F{Spec: f.Spec, Requester: f.Requester}; f.Requester.Guest = true })
	add("nobody", func(f *F) {
		*f = F{Spec: f.Spec, Requester: f.Requester}
		f.Requester.Name, f.Requester.Stranger = "", true
	})
	return out
}

// foreseen is a forecast in which everything is fine.
func foreseen() restore.Forecast {
	cluster := func(path string) restore.Cluster {
		c, err := restore.ParsePath(path)
		if err != nil {
			panic(err)
		}
		return c.Named("https://om.example.net")
	}
	who := func(user, name string) approvals.Standing {
		return approvals.Standing{Person: approvals.Person{Team: "T0TEAM", User: user}, Name: name}
	}
	return restore.Forecast{
		Spec: restore.Spec{
			Source:   cluster("om/Payments/orders-prod"),
			Delivery: restore.Delivery{Kind: restore.Automated, Target: cluster("om/Payments/orders-staging")},
		},
		Requester: who("U0ENGINEER", "Engineer"),
		Policies:  explained(),
		Ruling: restore.Ruling{Matching: restore.Matches, Terms: restore.Terms{
			Policy: "production-2", Channel: "C0RESTORES",
			Seats:        []approvals.Seat{{From: "dba"}, {From: "dba"}, {From: "leads"}},
			Reason:       restore.ReasonRule{Required: true, Ticket: "[A-Z]+-[0-9]+"},
			ExpiresAfter: 4 * time.Hour, SubmitWithin: 36 * time.Hour,
		}},
		Able: []restore.Able{
			{Group: "dba", People: []approvals.Standing{who("U0DBA", "DBA\u202e One"), who("U0DBA2", "")}},
			{Group: "leads", People: []approvals.Standing{who("U0LEAD", "Lead")}},
		},
	}
}
