// Package commands is what people can ask of Snapback: the grammar of the slash command, and one file a verb that
// does what was asked. It knows no Slack, and words nothing: answers are a [Reply] or a [Problem], kinds with fields.
//
// A typed line, a button and a filled form become the same [Command]; behind [Handler.Handle] there is one path.
package commands
