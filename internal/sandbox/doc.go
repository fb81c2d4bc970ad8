// Package sandbox is a small world to try Snapback in: a fake Slack workspace and fakes of Ops Manager, Cloud Manager and
// Atlas on loopback, the people of a team, a story that they play, and a console for whoever wants to play them. It
// imports nothing of Snapback's own, so it cannot share a misunderstanding with it; the bot that it runs is handed to it
// as a function.
package sandbox
