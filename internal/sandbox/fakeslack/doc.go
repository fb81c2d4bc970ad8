// Package fakeslack is a Slack workspace at the wire: the Web API, Socket Mode and
// response URLs on one listener, and people who act as Slack's own clients would. It
// does not check that an app behaves well; it behaves as Slack does and records it.
//
// A Server knows one workspace with one installed app. Tests, the sandbox's play and
// its page share the same client API: As gives a Person who types commands, presses
// buttons and fills modals; Subscribe and Await tell what happened; Inject makes
// requests fail. Time is the real time package, so everything works in a
// testing/synctest bubble over in-memory connections.
//
// Facts about limits, errors and deadlines come from Slack's documentation
// (docs.slack.dev) and from what clients were seen to rely on. Not served: files,
// bookmarks, reactions, attachments, RTM, OAuth, message events, and the blocks and
// elements that the table in limits.go does not list.
package fakeslack
