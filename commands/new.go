package commands

import (
	"context"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// onceFor is how long a click or line is remembered, so that a redelivery files nothing.
const onceFor = 10 * time.Minute

// file makes a durable request out of what was asked. Nothing is looked up: names, people and policies are judged
// by the check, which goes on after a crash.
func (h *Handler) file(ctx context.Context, who Caller, c New) (Reply, error) {
	return h.fileFrom(ctx, who, c, restore.Origin{Kind: restore.OriginTyped}, approvals.Person{})
}

// fileFrom files what came about in a certain way. The author's approval does not count.
func (h *Handler) fileFrom(
	ctx context.Context, who Caller, c New, origin restore.Origin, author approvals.Person,
) (Reply, error) {
	keys := []restore.Key{restore.NewRequestKey()}
	if c.Key != "" {
		keys = append(keys, restore.OnceKey(c.Key))
	}
	var out Filed
	err := h.store.Update(ctx, keys, func(tx restore.Tx) error {
		out = Filed{}
		now := time.Now()
		subject, err := tx.NextSubject()
		if err != nil {
			return err
		}
		if c.Key != "" {
			before, err := tx.Once(c.Key, subject, now, now.Add(onceFor))
			if err != nil {
				return err
			}
			if before != "" {
				return &filedBeforeError{before}
			}
		}
		r := restore.NewRequest(subject, newNonce(), c.Asked, who.Person, h.timings.CheckWithin)
		r.Origin, r.Author = origin, author
		out.Request = r
		return restore.Record(tx, r, who.Person.String(), now, r.FiledBody())
	})
	if before, ok := err.(*filedBeforeError); ok { //nolint:errorlint // made just above, never wrapped
		r, err := h.read(ctx, before.subject)
		if err != nil {
			return nil, err
		}
		return Filed{Request: r, Again: true}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("file request: %w", err)
	}
	return out, nil
}

// filedBeforeError undoes a step that would file the same click twice.
type filedBeforeError struct{ subject restore.Subject }

func (e *filedBeforeError) Error() string { return "filed before as " + string(e.subject) }

// again files what a duplicate asked for. Only its requester may, and only from its own card.
func (h *Handler) again(ctx context.Context, who Caller, c Again) (Reply, error) {
	r, err := h.read(ctx, c.Card.Subject)
	if err != nil {
		return nil, err
	}
	if r.Nonce != c.Card.Nonce || r.Requester != who.Person || r.State != restore.Refused {
		return nil, &Problem{Code: ProblemForeign, Word: string(c.Card.Subject)}
	}
	asked := r.Asked
	asked.Anyway, asked.Receipt = true, who.Read
	return h.fileFrom(ctx, who, New{Asked: asked, Key: "again:" + string(r.Subject) + ":" + r.Nonce}, r.Origin, r.Author)
}

// repeat files what another request asked for. Whoever asked for that does not get to approve it as somebody else's.
func (h *Handler) repeat(ctx context.Context, who Caller, c Repeat) (Reply, error) {
	r, err := h.read(ctx, c.Subject)
	if err != nil {
		return nil, err
	}
	if !visible(r, who) {
		return nil, &Problem{Code: ProblemUnknown, Word: string(c.Subject)}
	}
	now := time.Now()
	author := r.AuthorFor(who.Person, now)
	if of := r.Repeated(now); of != "" && r.Author != who.Person {
		return nil, &Problem{Code: ProblemAgain, Word: string(c.Subject), Near: []string{string(of)}}
	}
	asked := New{Asked: r.Repetition(who.Read, c.Typed), Key: c.Key}
	return h.fileFrom(ctx, who, asked, restore.Origin{Kind: restore.OriginAgain, Of: r.Subject}, author)
}
