// Package text words everything that Snapback says: it turns kinds with fields (requests, events, replies, problems,
// verdicts) into lines of spans. It knows neither Slack nor a terminal: whoever shows a [Line] decides what a person,
// a group or an instant looks like there. It reads no clock; what ages is worded as of the time that is passed in.
package text
