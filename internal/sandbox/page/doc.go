// Package page is the sandbox in a browser: a chat in which one can be anybody of the workspace, and behind it what the
// MongoDB side does, which faults it has, every call that it got and the bot's log. It serves plain HTML, style sheets and
// JavaScript modules that are built into the program, and nothing else is loaded.
//
// The page is for one person on their own machine, so it knows no users and no passwords. It answers requests only that
// name its own address and come from itself, which keeps out other sites that a browser has open.
package page
