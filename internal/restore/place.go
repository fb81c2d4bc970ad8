package restore

import (
	"slices"
	"time"
)

// Place is where an approved request stands in the line for a lock, as of one moment. It is read from the store
// whenever a card is drawn and never stored, so drawing stays pure and what it tells is dated.
type Place struct {
	Wait  Wait       // for the lock; Wait.Place counts from 1
	State State      // of Wait.Holder; "" if there is none
	Card  MessageRef // of Wait.Holder; zero where no message is known
}

// PlaceOf returns where a request stands, nil if it waits for no lock and nobody is ahead of it.
func PlaceOf(rd Reader, r *Request, now time.Time) (*Place, error) {
	if r.State != Approved {
		return nil, nil //nolint:nilnil // it stands in no line, and that is no error
	}
	q, err := ReadQueue(rd, now)
	if err != nil {
		return nil, err
	}
	return q.Place(rd, r.Subject)
}

// Place returns where a request of the queue stands, nil if it waits for no lock. The reader is the one that the queue
// was read from.
func (q Queue) Place(rd Reader, s Subject) (*Place, error) {
	i := slices.IndexFunc(q, func(t Turn) bool { return t.Request.Subject == s })
	if i < 0 || q[i].Wait == nil || q[i].Wait.Place == 0 {
		return nil, nil //nolint:nilnil // it stands in no line, and that is no error
	}
	p := &Place{Wait: *q[i].Wait}
	if p.Wait.Holder == "" {
		return p, nil
	}
	holder, err := rd.Request(p.Wait.Holder)
	if err != nil {
		return nil, err
	}
	posts, err := rd.Posts(p.Wait.Holder)
	if err != nil {
		return nil, err
	}
	p.State, p.Card = holder.State, posts.Surfaces[SurfaceCard].Ref
	return p, nil
}
