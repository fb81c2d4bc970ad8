// Package audit proves the log: it walks the chain of events as they are stored or exported, and compares it with
// witnesses, statements of where the log ended that were signed and posted where nobody rewrites them unseen.
package audit
