package texttest

import (
	"maps"
	"slices"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/secret"
)

// Answer is a reply with a name.
type Answer struct {
	Name  string
	Reply commands.Reply
}

// Replies returns at least one reply of each kind; the caller owns them.
func Replies() []Answer {
	wanted, proposal := Proposal()
	unknown := restore.Finding{Code: restore.FindNoPolicy, Level: restore.LevelRefuse, Name: "om/Payments/orders-prod", Cluster: "om/Payments/orders-live"}
	shown := func(name string, why commands.ShowWhy) commands.Shown {
		r := Request(name)
		return commands.Shown{Request: r, Actions: commands.Actions(r), Why: why}
	}
	many := commands.Listed{List: commands.List{Filter: commands.FilterAll}, More: true}
	for i, name := range []string{"pending_one_seat_filled", "running", "in_doubt_answer", "checking", "refused", "succeeded"} {
		r := Request(name)
		r.Subject = restore.RequestSubject(uint64(30 - i))
		many.Requests = append(many.Requests, r)
	}
	queued := shown("approved_waits_far_back", commands.ShowAsked)
	queued.Place = place(23, "R-12", restore.Running)
	waiting := commands.Listed{List: commands.List{Filter: commands.FilterOpen}, Places: make(map[restore.Subject]*restore.Place)}
	for i, name := range slices.Sorted(maps.Keys(queue())) {
		r := Request(name)
		r.Subject = restore.RequestSubject(uint64(30 - i))
		waiting.Requests, waiting.Places[r.Subject] = append(waiting.Requests, r), queue()[name]
	}
	return append([]Answer{
		{"filed", commands.Filed{Request: Request("checking")}},
		{"filed_again", commands.Filed{Request: Request("checking"), Again: true}},
		{"shown", shown("pending", commands.ShowAsked)},
		{"shown_in_line", queued},
		{"shown_to_approve", shown("pending", commands.ShowApprove)},
		{"shown_to_approve_too_late", shown("running", commands.ShowApprove)},
		{"shown_to_deny", shown("pending", commands.ShowDeny)},
		{"shown_to_release", shown("failed_unseen", commands.ShowRelease)},
		{"shown_to_release_too_late", shown("failed_released", commands.ShowRelease)},
		{"shown_again", shown("pending", commands.ShowAgain)},
		{"shown_outdated", shown("pending_replanned", commands.ShowOutdated)},
		{"explained", commands.Explanation{
			Request: Request("pending_ruled"), Policies: explained(), Able: Request("pending_ruled").MayApprove(),
		}},
		{"explained_on_call", commands.Explanation{
			Request: Request("pending_on_call"), Policies: explained()[5:6], Able: Request("pending_on_call").MayApprove(),
		}},
		{"explained_unsure", commands.Explanation{
			Request: Request("pending"), Policies: explained(), Able: Request("pending").MayApprove(), Unsure: true,
		}},
		{"explained_not", commands.Explanation{Request: Request("checking")}},
		{"explained_unread", commands.Explanation{Request: Request("approved")}},
		{"decided", commands.Decided{Request: Request("approved"), Verb: commands.VerbApprove, Verdict: approvals.Counts}},
		{"previewed", commands.Previewed{Asked: wanted, Proposal: proposal, Findings: proposal.Plan.Findings}},
		{"previewed_refused", commands.Previewed{Asked: wanted, Findings: []restore.Finding{unknown}}},
		{"listed", many},
		{"listed_waiting", waiting},
		{"listed_none", commands.Listed{List: commands.List{Filter: commands.FilterMine}}},
		{"listed_none_of_cluster", commands.Listed{List: commands.List{Filter: commands.FilterCluster, Cluster: "orders"}}},
		{"helped", commands.Helped{}},
		{"helped_new", commands.Helped{Verb: commands.VerbNew}},
		{"opened", commands.Opened{Form: commands.FormApprove, Request: Request("pending")}},
	}, looks()...)
}

// looks are replies to who wants to see what there is, or the links of a download.
func looks() []Answer {
	return []Answer{
		{"clusters", commands.ClustersListed{Text: "orders", Clusters: []restore.Cluster{cluster("orders-prod"), cluster("orders-staging")}, More: 3}},
		{"clusters_of_all_kinds", commands.ClustersListed{Clusters: kinds()}},
		{"clusters_none", commands.ClustersListed{Text: "zebra"}},
		{"clusters_none_at_all", commands.ClustersListed{}},
		{"snapshots", commands.SnapshotsListed{Cluster: cluster("orders-prod"), Snapshots: []restore.Snapshot{unfinished(), snapshot()}, More: 12}},
		{"snapshots_none", commands.SnapshotsListed{Cluster: cluster("orders-prod")}},
		{"snapshots_unknown", commands.SnapshotsListed{Finding: &restore.Finding{
			Code: restore.FindClusterUnknown, Level: restore.LevelRefuse, Name: "orders", Near: []string{"om/Payments/orders-prod"},
		}}},
		{"filed_repetition", commands.Filed{Request: repetition()}},
		{"linked", linked("succeeded_download",
			restore.Link{
				URL:    secret.New("https://opsmanager.example.net:8443/backup/restore/v3/pull/6740/orders-prod.tar.gz"),
				Header: secret.New("Authorization: Bearer sample"), Status: "READY", Expires: Filed().Add(4 * time.Hour), MaxDownloads: 1,
				Hashes: []restore.FileHash{{File: "orders-prod.tar.gz", Type: "SHA1", Hash: "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"}},
			})},
		{"linked_several", linked("succeeded_download",
			restore.Link{URL: secret.New("https://opsmanager.example.net:8443/backup/restore/v2/pull/6740/sample/a.tar.gz"), Status: "READY", MaxDownloads: 3},
			restore.Link{Status: "IN_PROGRESS"}, restore.Link{Status: "EXPIRED"}, restore.Link{Status: "MAX_DOWNLOADS_EXCEEDED"},
			restore.Link{Status: "FAILED"}, restore.Link{Status: "GONE"}, restore.Link{Status: "SOMETHING_NEW"})},
	}
}

// unfinished is a snapshot that is being taken.
func unfinished() restore.Snapshot {
	s := snapshot()
	s.ID, s.Created, s.Complete, s.Bytes = "6740a1f2c3d4e5f60718293b", s.Created.Add(6*time.Hour), false, 0
	s.Expires = s.Created.Add(48 * time.Hour)
	return s
}

// repetition is a request for the same time as another one.
func repetition() *restore.Request {
	r := Request("checking_time")
	r.Asked.Time = "2026-11-21T14:05:00Z"
	r.Origin = restore.Origin{Kind: restore.OriginAgain, Of: "R-12"}
	return r
}

func linked(name string, links ...restore.Link) commands.Linked {
	return commands.Linked{Request: Request(name), Links: links}
}

// Problems returns one problem of each code, as the grammar and the handler make them.
func Problems() []*commands.Problem {
	return []*commands.Problem{
		{Code: commands.ProblemQuote, Word: `"orders prod latest`},
		{Code: commands.ProblemTooLong},
		{Code: commands.ProblemPoint, Word: "latset", Near: []string{"latest"}, Verb: commands.VerbNew},
		{Code: commands.ProblemNoPoint, Word: "orders-prod", Verb: commands.VerbNew},
		{Code: commands.ProblemSnapshot, Word: "snapshot", Verb: commands.VerbNew},
		{Code: commands.ProblemTo, Word: "orders-staging", Verb: commands.VerbNew},
		{Code: commands.ProblemNoTo, Verb: commands.VerbNew},
		{Code: commands.ProblemTarget, Verb: commands.VerbPlan},
		{Code: commands.ProblemBecause, Word: "becaus", Near: []string{"because"}, Verb: commands.VerbNew},
		{Code: commands.ProblemNoReason, Verb: commands.VerbNew},
		{Code: commands.ProblemSource, Verb: commands.VerbPlan},
		{Code: commands.ProblemCluster, Word: "latest", Verb: commands.VerbNew},
		{Code: commands.ProblemVerb, Word: "aprove", Near: []string{"approve"}},
		{Code: commands.ProblemRequest, Word: "R-x", Verb: commands.VerbShow},
		{Code: commands.ProblemNoRequest, Verb: commands.VerbApprove},
		{Code: commands.ProblemUnknown, Word: "R-99"},
		{Code: commands.ProblemExtra, Word: "please", Verb: commands.VerbShow},
		{Code: commands.ProblemFilter, Word: "closed", Verb: commands.VerbList},
		{Code: commands.ProblemNamespace, Word: "orders", Verb: commands.VerbNew},
		{Code: commands.ProblemTwice, Word: "shop.orders", Verb: commands.VerbNew},
		{Code: commands.ProblemMany, Word: "101", Near: []string{"100"}, Verb: commands.VerbNew},
		{Code: commands.ProblemPattern, Word: "shop.*_old", Near: []string{"*_old"}, Verb: commands.VerbNew},
		{Code: commands.ProblemIndexes, Word: "nome", Near: []string{"none"}, Verb: commands.VerbNew},
		{Code: commands.ProblemParts, Verb: commands.VerbNew},
		{Code: commands.ProblemTime, Word: "noon", Verb: commands.VerbNew},
		{Code: commands.ProblemZone, Word: "Europe/Berlyn", Verb: commands.VerbNew},
		{Code: commands.ProblemFraction, Word: "2026-11-20T14:05:00.5Z", Verb: commands.VerbNew},
		{Code: commands.ProblemOplog, Word: "1795447812000:7", Near: []string{"1795447812:7"}, Verb: commands.VerbNew},
		{Code: commands.ProblemDownload, Word: "point_in_time", Verb: commands.VerbNew},
		{Code: commands.ProblemHours, Word: "2d", Verb: commands.VerbNew},
		{Code: commands.ProblemTimes, Word: "0", Verb: commands.VerbNew},
		{Code: commands.ProblemNotYours, Word: "R-17"},
		{Code: commands.ProblemAgain, Word: "R-17", Near: []string{"R-12"}},
		{Code: commands.ProblemLinks},
		{Code: commands.ProblemCheckpoint, Word: "checkpoint", Verb: commands.VerbNew},
		{Code: commands.ProblemIdentity},
		{Code: commands.ProblemForeign, Word: "R-17:1:fedcba9876543210"},
		{Code: commands.ProblemOld, Word: "R-17"},
		{Code: commands.ProblemPerson, Word: string(approvals.Guest)},
		{Code: commands.ProblemBackend},
		{Code: commands.ProblemCredential},
		{Code: commands.ProblemJobs},
		{Code: commands.ProblemStore},
		{Code: commands.ProblemUnexpected, Word: "7f3a91"},
	}
}

// kinds returns clusters of which there is something to tell.
func kinds() []restore.Cluster {
	sharded, flex, bare := cluster("events-prod"), cluster("notes"), cluster("labels")
	sharded.Type, flex.Type = restore.Sharded, restore.Flex
	sharded.Backup, bare.Backup, bare.Paused = restore.Yes, restore.No, true
	return []restore.Cluster{sharded, flex, bare}
}
