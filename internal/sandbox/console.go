package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeslack"
)

const consoleHelp = `Or play anybody here, a line at a time; "sees" waits for a message. End with "quit" or Ctrl-C.
%sPeople: %s.
`

// demonstrated are lines for the console that do something in the sandbox's own configuration, and what there is.
const demonstrated = `    engineer: /restore orders-prod latest to orders-staging because a drill
    dba-one: press approve R-1
    dba-one: fill confirm_target=orders-staging
    lead-one: press deny R-1
    lead-one: fill reason=not during the sale
    lead-one: close
    engineer: sees R-1
    engineer: /restore clusters
    engineer: /restore plan sessions-prod at 2h ago to sessions-staging because a drill
    engineer: /restore notes latest to notes-copy
There are an Ops Manager (om), a Cloud Manager (cm) and an Atlas (atlas); names of clusters are enough.
`

// console takes lines from in and lets people do what they say, until a line says quit or ctx ends.
func (s *stage) console(ctx context.Context, in io.Reader) {
	s.paper.title("your turn")
	names := make([]string, 0, len(s.users))
	for _, u := range s.users {
		names = append(names, u.Name)
	}
	s.paper.write(fmt.Sprintf(consoleHelp, s.examples, strings.Join(names, ", ")), "")
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case line, ok := <-lines:
			if !ok {
				lines = nil // nobody is at the console; the page goes on
				continue
			}
			if line = strings.TrimSpace(line); line == "quit" {
				_ = pause(ctx) // for the answers to the last lines
				return
			}
			if err := s.obey(ctx, line); err != nil {
				s.paper.entry("not done", err.Error())
			}
		}
	}
}

// errLine says that a line of the console is not understood.
var errLine = errors.New(`want "PERSON: /restore …", "PERSON: press ACTION R-1", "PERSON: fill INPUT=TEXT", "PERSON: sees WORDS" or "PERSON: close"`)

// obey does what one line says.
func (s *stage) obey(ctx context.Context, line string) error {
	if line == "" {
		return nil
	}
	name, what, ok := strings.Cut(line, ":")
	u, known := s.named(strings.TrimSpace(name))
	what = strings.TrimSpace(what)
	switch {
	case !ok:
		return errLine
	case !known:
		return fmt.Errorf("nobody here is called %q", name)
	}
	p := s.slack.As(u.ID)
	verb, rest, _ := strings.Cut(what, " ")
	switch {
	case strings.HasPrefix(verb, "/"):
		_, err := p.Slash(ctx, s.channels[0].ID, verb, rest)
		return err
	case verb == "press":
		action, subject, _ := strings.Cut(strings.TrimSpace(rest), " ")
		return s.press(ctx, p, action, strings.TrimSpace(subject))
	case verb == "fill":
		input, text, ok := strings.Cut(rest, "=")
		if !ok {
			return errLine
		}
		return fill(ctx, p, strings.TrimSpace(input), strings.TrimSpace(text))
	case verb == "sees":
		return s.sees(ctx, p, strings.TrimSpace(rest))
	case verb == "close":
		return p.CloseView(ctx)
	}
	return errLine
}

// fill fills in the form that is open and submits it.
func fill(ctx context.Context, p *fakeslack.Person, input, text string) error {
	_, err := p.Submit(ctx, map[string]string{input: text})
	return err
}

// patience is how long a person looks for what a line of the console speaks of.
const patience = time.Minute

// press presses a button about a request in the newest message that has it and that the person sees, as soon as there is
// one.
func (s *stage) press(ctx context.Context, p *fakeslack.Person, action, subject string) error {
	var found fakeslack.Message
	err := s.look(ctx, p, func(m fakeslack.Message) bool {
		found = m
		return s.has(m, action, subject)
	})
	if err != nil {
		return fmt.Errorf("%s sees no button %q of %s", s.name(p.ID()), action, subject)
	}
	_, err = p.Press(ctx, found.Channel, found.TS, action)
	return err
}

// sees waits until a person sees a message with these words.
func (s *stage) sees(ctx context.Context, p *fakeslack.Person, words string) error {
	err := s.look(ctx, p, func(m fakeslack.Message) bool { return says(m.Plain(), words) })
	if err != nil {
		return fmt.Errorf("%s sees no message with %q", s.name(p.ID()), words)
	}
	return nil
}

// look goes through everything that a person sees, the newest first, until something fits, and again when something
// happens. It fails when ctx ends, or patience.
func (s *stage) look(ctx context.Context, p *fakeslack.Person, fits func(fakeslack.Message) bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	places := []string{p.DM()}
	for _, c := range s.channels {
		places = append(places, c.ID)
	}
	for events := s.slack.Subscribe(); ; {
		for _, place := range places {
			messages := p.Sees(place)
			slices.Reverse(messages)
			if slices.ContainsFunc(messages, fits) {
				return nil
			}
		}
		if _, err := events.Next(ctx); err != nil {
			return err
		}
	}
}

// has reports whether a message has a button about a request.
func (s *stage) has(m fakeslack.Message, action, subject string) bool {
	return bytes.Contains(m.Blocks, []byte(`"action_id":"`+action+`"`)) &&
		bytes.Contains(m.Blocks, []byte(`"value":"`+subject+`:`))
}
