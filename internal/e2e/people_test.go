package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"snapback/internal/sandbox/fakeslack"
)

// Why somebody does not get what they want.
var (
	errUnanswered = errors.New("the bot does not answer")
	errRefused    = errors.New("the bot refuses")
)

// until waits until something holds, looking again whenever something happens in Slack.
func (r *rig) until(ctx context.Context, what string, holds func() bool) error {
	news := r.slack.Subscribe()
	for !holds() {
		if _, err := news.Next(ctx); err != nil {
			return fmt.Errorf("wait until %s: %w", what, context.Cause(ctx))
		}
	}
	return nil
}

// slash has somebody type a command in the channel.
func (r *rig) slash(ctx context.Context, who, text string) (*fakeslack.Outcome, error) {
	out, err := r.slack.As(who).Slash(ctx, restores, command, text)
	if err != nil {
		return nil, err
	}
	if out.Failure != "" {
		return nil, fmt.Errorf("%s %s: %w: %s", command, text, errUnanswered, out.Failure)
	}
	return out, nil
}

// named finds the request that a message's buttons are about.
var named = regexp.MustCompile(`"value":"(R-[0-9]+):`)

// file has somebody ask for a restore and returns the request that the answer names.
func (r *rig) file(ctx context.Context, who, text string) (string, error) {
	out, err := r.slash(ctx, who, text)
	if err != nil {
		return "", err
	}
	var found []string
	err = r.until(ctx, text+" is filed", func() bool {
		answers := out.Replies() // after an ack that says "saving"
		if out.Message != nil {
			answers = append(answers, *out.Message)
		}
		for _, m := range answers {
			if found == nil {
				found = named.FindStringSubmatch(string(m.Blocks))
			}
		}
		return found != nil
	})
	if err != nil {
		return "", err
	}
	return found[1], nil
}

// button finds the newest message that shows somebody a button about a request.
func (r *rig) button(who, subject, action string) (fakeslack.Message, bool) {
	p := r.slack.As(who)
	for _, place := range append(channels(), p.DM()) {
		for _, m := range slices.Backward(p.Sees(place)) {
			if shows(m, subject, action) {
				return m, true
			}
		}
	}
	return fakeslack.Message{}, false
}

func shows(m fakeslack.Message, subject, action string) bool {
	var blocks []struct {
		Elements []struct {
			Action string `json:"action_id"`
			Value  string `json:"value"`
		} `json:"elements"`
	}
	_ = json.Unmarshal(m.Blocks, &blocks) // blocks without such elements show no button
	for _, b := range blocks {
		for _, e := range b.Elements {
			if e.Action == action && strings.HasPrefix(e.Value, subject+":") {
				return true
			}
		}
	}
	return false
}

// press has somebody press a button as soon as they see it.
func (r *rig) press(ctx context.Context, who, subject, action string) (*fakeslack.Outcome, error) {
	var m fakeslack.Message
	err := r.until(ctx, who+" sees "+action+" of "+subject, func() (ok bool) {
		m, ok = r.button(who, subject, action)
		return ok
	})
	if err != nil {
		return nil, err
	}
	out, err := r.slack.As(who).Press(ctx, m.Channel, m.TS, action)
	if err != nil {
		return nil, err
	}
	if out.Failure != "" {
		return nil, fmt.Errorf("press %s of %s: %w: %s", action, subject, errUnanswered, out.Failure)
	}
	return out, nil
}

// told waits for something that only this person sees: an answer to what they did, or a form that says it.
func (r *rig) told(ctx context.Context, who, words string) error {
	p := r.slack.As(who)
	return r.until(ctx, who+" is told "+words, func() bool {
		for _, v := range p.Views() {
			if says(v.Plain(), words) {
				return true
			}
		}
		return slices.ContainsFunc(p.Sees(restores), func(m fakeslack.Message) bool {
			return m.EphemeralTo == who && says(m.Plain(), words)
		})
	})
}

// open has somebody press a button that opens a form. A bot that is slow answers with the button once more.
func (r *rig) open(ctx context.Context, who, subject, action string) error {
	for {
		_ = r.slack.As(who).CloseViews(ctx) // one that is open still is of no use
		out, err := r.press(ctx, who, subject, action)
		if err != nil {
			return err
		}
		err = r.until(ctx, who+" sees a form", func() bool { return len(out.Views())+len(out.Replies()) > 0 })
		switch {
		case err != nil:
			return err
		case len(out.Views()) > 0:
			return nil
		case !shows(out.Replies()[0], subject, action):
			return fmt.Errorf("%s %s: %w: %s", action, subject, errRefused, out.Replies()[0].Plain())
		}
	}
}

// fill has somebody fill in the form that is open, and waits for an answer with these words.
func (r *rig) fill(ctx context.Context, who, input, text, words string) error {
	out, err := r.slack.As(who).Submit(ctx, map[string]string{input: text})
	switch {
	case err != nil:
		return err
	case out.Failure != "":
		return fmt.Errorf("submit %s: %w: %s", input, errUnanswered, out.Failure)
	case len(out.Errors) > 0:
		return fmt.Errorf("submit %s: %w: %v", input, errRefused, out.Errors)
	}
	return r.told(ctx, who, words)
}

// approve has somebody approve by typing the target's name.
func (r *rig) approve(ctx context.Context, who, subject, target string) error {
	if err := r.open(ctx, who, subject, "approve"); err != nil {
		return err
	}
	return r.fill(ctx, who, "confirm_target", target, subject+" counts")
}

// deny has somebody deny with a reason.
func (r *rig) deny(ctx context.Context, who, subject, reason string) error {
	if err := r.open(ctx, who, subject, "deny"); err != nil {
		return err
	}
	return r.fill(ctx, who, "reason", reason, "denied "+subject)
}

// abandon has somebody end a doubt.
func (r *rig) abandon(ctx context.Context, who, subject, target string) error {
	if err := r.open(ctx, who, subject, "abandon"); err != nil {
		return err
	}
	return r.fill(ctx, who, "confirm_target", target, "gave "+subject+" up")
}

// direct waits for a direct message to the engineer about a request.
func (r *rig) direct(ctx context.Context, subject, words string) error {
	return r.until(ctx, "a direct message about "+subject+" says "+words, func() bool { return r.hasDirect(subject, words) })
}

func (r *rig) hasDirect(subject, words string) bool {
	p := r.slack.As(engineer)
	return slices.ContainsFunc(p.Sees(p.DM()), func(m fakeslack.Message) bool {
		return metadata(m).Subject == subject && says(m.Plain(), words)
	})
}

// thread waits for a line in a request's thread.
func (r *rig) thread(ctx context.Context, subject, words string) (fakeslack.Message, error) {
	var found fakeslack.Message
	err := r.until(ctx, "the thread of "+subject+" says "+words, func() bool {
		var all []fakeslack.Message
		for _, channel := range channels() {
			all = append(all, r.slack.Messages(channel)...)
		}
		i := slices.IndexFunc(all, func(m fakeslack.Message) bool {
			return m.ThreadTS != "" && metadata(m).Subject == subject && says(m.Plain(), words)
		})
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found, err
}

// mark is what the bot's messages carry.
type mark struct {
	Installation string `json:"installation"`
	Subject      string `json:"subject"`
	Seq          uint64 `json:"seq"`
}

func metadata(m fakeslack.Message) mark {
	var meta struct {
		Payload mark `json:"event_payload"`
	}
	_ = json.Unmarshal(m.Metadata, &meta) // a message without it is not of a request
	return meta.Payload
}

func says(text, words string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(words))
}

// lines waits until a request's thread has so many lines.
func (r *rig) lines(ctx context.Context, subject string, n int) error {
	return r.until(ctx, fmt.Sprintf("the thread of %s has %d lines", subject, n), func() bool {
		found := 0
		for _, m := range r.slack.Messages(restores) {
			if m.ThreadTS != "" && metadata(m).Subject == subject {
				found++
			}
		}
		return found >= n
	})
}
