// Package views turns requests, events, replies and problems into Slack's Block Kit. It words nothing (see package
// internal/text), calls nothing and keeps nothing: the same arguments always give the same message.
//
// Texts that are longer than Slack takes are cut, never refused. What people typed and what other systems said reaches
// Slack only as text that it does not parse.
package views
