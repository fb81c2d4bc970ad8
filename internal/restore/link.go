package restore

import (
	"time"

	"snapback/approvals"
	"snapback/internal/secret"
)

// Link is how a finished download is fetched. Whoever has it has the data, so it is asked for when somebody wants to see
// it, shown to that person, and kept nowhere; its secrets print as [redacted].
type Link struct {
	Job          string
	Part         string        // of a sharded cluster: the replica set whose data it is; empty: all of it, or not told
	URL          secret.Secret // empty: there is none, and Status says why
	Header       secret.Secret // name and value of the header that a request to the URL must carry; empty: none
	Status       string        // of the file, in the backend's own word
	Expires      time.Time     // when the link stops working; zero: not told
	MaxDownloads int           // how often it works; 0: not told
	Hashes       []FileHash    // told once the file has been fetched
}

// FileHash is the hash of a file that a link leads to.
type FileHash struct {
	File string
	Type string // SHA1
	Hash string
}

// Offers reports whether the request is a download whose files can be fetched, as far as is known: links can be used up
// without anybody being told.
func (r *Request) Offers() bool { return r.State == Succeeded && !r.Offered.IsZero() }

// offer says until when the links of a download that has just succeeded work. They count from the end of the job, which
// is noticed a little later: none works longer than this.
func (r *Request) offer(at time.Time) {
	if r.State == Succeeded && r.Plan != nil && r.Plan.Spec.Delivery.Kind == Download && len(r.Jobs()) > 0 {
		r.Offered = r.linksEnd(at)
	}
}

// untoldLife is how long links count as working whose end nobody tells. It is longer than any do: who asks too late is told.
const untoldLife = 24 * time.Hour

// linksEnd returns until when links work that are there since an instant: as long as was asked for or, where the backend
// decides, as the jobs tell.
func (r *Request) linksEnd(at time.Time) time.Time {
	if hours := r.Plan.Spec.Delivery.Hours; hours > 0 {
		return at.Add(time.Duration(hours) * time.Hour)
	}
	var end time.Time
	for _, j := range r.Jobs() {
		if j.Expires.After(end) {
			end = j.Expires
		}
	}
	if end.IsZero() {
		return at.Add(untoldLife)
	}
	return end
}

// Lapse notes that the links of a download have expired, or returns nil.
func (r *Request) Lapse(now time.Time) Body {
	if !r.Offers() || now.Before(r.Offered) {
		return nil
	}
	r.Offered = time.Time{}
	return BodyLapsed{}
}

// Reveal notes that the requester is about to be shown the links. Nobody else ever is.
func (r *Request) Reveal(who approvals.Person, revision int, nonce string) (approvals.Verdict, []Body) {
	switch {
	case r.Plan == nil || revision != r.Plan.Revision || nonce != r.Nonce:
		return approvals.Outdated, nil
	case who.IsZero() || who != r.Requester:
		return approvals.NotEntitled, nil
	case !r.Offers():
		return approvals.Closed, nil
	}
	return approvals.Counts, []Body{BodyRevealed{}}
}
