package fakeslack_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"snapback/internal/sandbox/fakeslack"
)

// formApp opens the modal on every command and answers submissions with answer, and
// questions for options with options.
func (r *rig) formApp(view slack.ModalViewRequest, answer func(slack.InteractionCallback) any, options any) *inbox {
	b := &inbox{}
	r.app(1, func(sm *socketmode.Client, e socketmode.Event) {
		b.add(e)
		var reply any
		switch data := e.Data.(type) {
		case slack.SlashCommand:
			if _, err := r.api.OpenViewContext(r.t.Context(), data.TriggerID, view); err != nil {
				r.t.Errorf("views.open: %v", err)
			}
		case slack.InteractionCallback:
			if data.Type == slack.InteractionTypeViewSubmission && answer != nil {
				reply = answer(data)
			}
			if data.Type == slack.InteractionTypeBlockSuggestion {
				reply = options
			}
		}
		if reply == "silence" {
			return
		}
		ackWith(r.t, reply)(sm, e)
	})
	return b
}

func (r *rig) openForm() *fakeslack.Person {
	r.t.Helper()
	p := r.srv.As("U1")
	o := must[*fakeslack.Outcome](r.t)(p.Slash(r.t.Context(), chan1, "/restore", ""))
	if v := must[fakeslack.View](r.t)(o.AwaitView(r.t.Context())); v.CallbackID != "new" || len(o.Views()) != 1 || len(p.Views()) != 1 {
		r.t.Fatalf("the command opened %+v", p.Views())
	}
	return p
}

// refused returns the errors that the last event of a refused form tells of; nil if there is none.
func (r *rig) refused() (errs map[string]string) {
	for _, e := range r.srv.Events() {
		if e.Kind == fakeslack.ViewRefused {
			errs = e.View.Errors
		}
	}
	return errs
}

func TestSubmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		b := r.formApp(modal(), nil, nil)
		p := r.openForm()
		o := must[*fakeslack.Outcome](t)(p.Submit(t.Context(), nil))
		if o.Failure != fakeslack.Incomplete || o.Errors["reason"] == "" || o.Errors["target"] != "" || o.Sent {
			t.Errorf("a required input is empty: %+v", o)
		}
		if _, err := p.Submit(t.Context(), map[string]string{"nope": "x"}); !errors.Is(err, fakeslack.ErrNotThere) {
			t.Errorf("unknown input: %v", err)
		}
		if _, err := p.Submit(t.Context(), map[string]string{"target": "c"}); !errors.Is(err, fakeslack.ErrNotThere) {
			t.Errorf("unknown option: %v", err)
		}
		o = must[*fakeslack.Outcome](t)(p.Submit(t.Context(), map[string]string{"reason": "because"}))
		if !o.Acked || len(p.Views()) != 0 {
			t.Errorf("outcome %+v, still open %v", o, p.Views())
		}
		cb, _ := b.last().Data.(slack.InteractionCallback)
		if cb.Type != slack.InteractionTypeViewSubmission || cb.User.ID != "U1" || cb.View.PrivateMetadata != "pm" || cb.View.Hash == "" || cb.View.RootViewID != cb.View.ID {
			t.Errorf("payload %+v", cb)
		}
		var sent struct {
			View struct {
				State struct {
					Values map[string]map[string]map[string]any
				}
			}
		}
		if err := json.Unmarshal(b.last().Request.Payload, &sent); err != nil {
			t.Fatal(err)
		}
		values := sent.View.State.Values
		empty, there := values["target"]["target"]["selected_option"]
		if values["reason"]["reason"]["value"] != "because" || empty != nil || !there {
			t.Errorf("state: %v", values)
		}
	})
}

func TestSubmissionAnswers(t *testing.T) {
	other := modal()
	other.CallbackID = "second"
	broken := modal()
	broken.Title = nil
	tests := []struct {
		name    string
		answer  any
		open    []string // callback ids, from the bottom
		failure fakeslack.Failure
		errs    map[string]string
	}{
		{name: "nothing"},
		{name: "clear", answer: slack.NewClearViewSubmissionResponse()},
		{name: "update", answer: slack.NewUpdateViewSubmissionResponse(&other), open: []string{"second"}},
		{name: "push", answer: slack.NewPushViewSubmissionResponse(&other), open: []string{"new", "second"}},
		{name: "errors", answer: slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "no"}), open: []string{"new"}, errs: map[string]string{"reason": "no"}},
		{name: "errors at no input", answer: slack.NewErrorsViewSubmissionResponse(map[string]string{"x": "no"}), open: []string{"new"}, failure: fakeslack.Trouble},
		{name: "invalid view", answer: slack.NewUpdateViewSubmissionResponse(&broken), open: []string{"new"}, failure: fakeslack.Trouble},
		{name: "no such action", answer: map[string]any{"text": "hi"}, open: []string{"new"}, failure: fakeslack.Trouble},
		{name: "no ack", answer: "silence", open: []string{"new"}, failure: fakeslack.Trouble},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				r.formApp(modal(), func(slack.InteractionCallback) any { return tt.answer }, nil)
				p := r.openForm()
				o := must[*fakeslack.Outcome](t)(p.Submit(t.Context(), map[string]string{"reason": "r", "target": "Cluster B"}))
				if o.Failure != tt.failure || !maps.Equal(o.Errors, tt.errs) || (o.Notice != "") != (tt.failure != "") {
					t.Errorf("outcome %+v", o)
				}
				if told := r.refused(); !maps.Equal(told, tt.errs) {
					t.Errorf("an event tells that the form shows %v, want %v", told, tt.errs)
				}
				var open []string
				for _, v := range p.Views() {
					open = append(open, v.CallbackID)
				}
				if len(open) != len(tt.open) || len(open) > 0 && open[len(open)-1] != tt.open[len(open)-1] {
					t.Errorf("open %v, want %v", open, tt.open)
				}
				if len(open) == 1 && tt.name != "invalid view" {
					if got := p.Views()[0]; !jsonHas(t, got.State, "reason", "r") {
						t.Errorf("what was filled in is gone: %s", got.State)
					}
				}
			})
		})
	}
}

func jsonHas(t *testing.T, state json.RawMessage, input, value string) bool {
	t.Helper()
	var values map[string]map[string]struct{ Value string }
	if err := json.Unmarshal(state, &values); err != nil {
		t.Fatal(err)
	}
	return values[input][input].Value == value
}

func TestTriggers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		b := r.keepAndAck(nil)
		press := func() string {
			must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", ""))
			cmd, _ := b.last().Data.(slack.SlashCommand)
			return cmd.TriggerID
		}
		in := func(d time.Duration, id string) string {
			time.Sleep(d)
			if _, err := r.api.OpenView(id, modal()); err != nil {
				return err.Error()
			}
			return ""
		}
		id := press()
		if got := in(3*time.Second, id); got != "" {
			t.Errorf("after 3 s: %s", got)
		}
		if got := in(0, id); got != "exchanged_trigger_id" {
			t.Errorf("again: %s", got)
		}
		if got := in(3*time.Second+time.Millisecond, press()); got != "expired_trigger_id" {
			t.Errorf("late: %s", got)
		}
		id = press()
		bad := modal()
		bad.Title = nil
		if _, err := r.api.OpenView(id, bad); err == nil || err.Error() != "invalid_arguments" {
			t.Errorf("invalid view: %v", err)
		}
		if got := in(0, id); got != "" {
			t.Errorf("a refused view used the trigger up: %s", got)
		}
	})
}

func TestStackAndUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		view := modal()
		view.NotifyOnClose = true
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, slack.NewActionBlock("b", slack.NewButtonBlockElement("deeper", "v", plainText("Deeper"))))
		b := r.formApp(view, nil, nil)
		p := r.openForm()
		deeper := func() (*slack.ViewResponse, error) {
			must[*fakeslack.Outcome](t)(p.PressInView(t.Context(), "deeper"))
			cb, _ := b.last().Data.(slack.InteractionCallback)
			if cb.Container.ViewID != cb.View.ID || cb.View.ID == "" {
				t.Errorf("payload: %+v", cb)
			}
			return r.api.PushView(cb.TriggerID, view)
		}
		for range 2 {
			if _, err := deeper(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := deeper(); err == nil || err.Error() != "push_limit_reached" {
			t.Errorf("fourth view: %v", err)
		}
		stack := p.Views()
		if len(stack) != 3 || stack[2].PreviousID != stack[1].ID || stack[2].RootID != stack[0].ID {
			t.Errorf("stack: %+v", stack)
		}
		top := stack[2]
		if _, err := r.api.UpdateView(view, "", "stale", top.ID); err == nil || err.Error() != "hash_conflict" {
			t.Errorf("stale hash: %v", err)
		}
		resp, err := r.api.UpdateView(modal(), "", top.Hash, top.ID)
		if err != nil || resp.Hash == top.Hash {
			t.Errorf("update: %v", err)
		}
		if err := p.CloseView(t.Context()); err != nil || len(p.Views()) != 2 {
			t.Errorf("close: %v, %d views", err, len(p.Views()))
		}
		if _, err := r.api.UpdateView(modal(), "", "", top.ID); err == nil || err.Error() != "not_found" {
			t.Errorf("update of a closed view: %v", err)
		}
		before := b.count()
		if err := p.CloseViews(t.Context()); err != nil || len(p.Views()) != 0 {
			t.Errorf("close all: %v", err)
		}
		cb, _ := b.last().Data.(slack.InteractionCallback)
		if cb.Type != slack.InteractionTypeViewClosed || !cb.IsCleared || b.count() != before+2 {
			t.Errorf("told of %d closed views, the last %+v", b.count()-before, cb)
		}
	})
}

func TestExternalSelect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		zero := 0
		source := slack.NewOptionsSelectBlockElement("external_select", nil, "source")
		source.MinQueryLength = &zero
		view := modal()
		view.Blocks.BlockSet = []slack.Block{slack.NewInputBlock("source", plainText("Source"), nil, source)}
		offer := slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("id-1", plainText("orders"), nil)}}
		b := r.formApp(view, nil, offer)
		p := r.openForm()
		o := must[*fakeslack.Outcome](t)(p.Suggest(t.Context(), "source", "ord"))
		cb, _ := b.last().Data.(slack.InteractionCallback)
		if len(o.Choices) != 1 || o.Choices[0].Value != "id-1" || cb.Value != "ord" || cb.ActionID != "source" || cb.Type != slack.InteractionTypeBlockSuggestion {
			t.Errorf("choices %+v, payload %+v", o.Choices, cb)
		}
		must[*fakeslack.Outcome](t)(p.Submit(t.Context(), map[string]string{"source": "orders"}))
		cb, _ = b.last().Data.(slack.InteractionCallback)
		if got := cb.View.State.Values["source"]["source"].SelectedOption.Value; got != "id-1" {
			t.Errorf("submitted %q", got)
		}
	})
	for name, offer := range map[string]any{"empty object": map[string]any{}, "bad option": map[string]any{"options": []any{map[string]any{"value": "v"}}}, "101 options": offers(101)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				view := modal()
				view.Blocks.BlockSet = []slack.Block{slack.NewInputBlock("s", plainText("S"), nil, slack.NewOptionsSelectBlockElement("external_select", nil, "s"))}
				r.formApp(view, nil, offer)
				p := r.openForm()
				if o := must[*fakeslack.Outcome](t)(p.Suggest(t.Context(), "s", "ab")); o.Sent {
					t.Error("two characters are too few by default")
				}
				if o := must[*fakeslack.Outcome](t)(p.Suggest(t.Context(), "s", "abc")); o.Failure != fakeslack.NoResults {
					t.Errorf("outcome %+v", o)
				}
			})
		})
	}
}

// offers is an answer with many options.
func offers(n int) map[string]any {
	one := map[string]any{"value": "v", "text": map[string]any{"type": "plain_text", "text": "t"}}
	return map[string]any{"options": slices.Repeat([]any{one}, n)}
}

func TestHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		if _, ok := r.srv.As("U1").Home(); ok {
			t.Error("a home tab before any was published")
		}
		first, err := r.api.PublishView("U1", home("one"), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.api.PublishView("U1", home("two"), first.Hash); err != nil {
			t.Error(err)
		}
		if _, err := r.api.PublishView("U1", home("three"), first.Hash); err == nil || err.Error() != "hash_conflict" {
			t.Errorf("stale hash: %v", err)
		}
		if v, ok := r.srv.As("U1").Home(); !ok || v.Plain() != "two" {
			t.Errorf("home: %q", v.Plain())
		}
	})
}

// What the app takes for a person's input survives an update that keeps the ids.
func TestDispatchAndState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		view := modal()
		in, _ := view.Blocks.BlockSet[1].(*slack.InputBlock)
		in.DispatchAction = true
		b := r.formApp(view, nil, nil)
		p := r.openForm()
		o := must[*fakeslack.Outcome](t)(p.Use(t.Context(), fakeslack.Control{ActionID: "reason", Option: "typed"}))
		if o.Sent {
			t.Error("typing into an input was sent")
		}
		must[*fakeslack.Outcome](t)(p.Use(t.Context(), fakeslack.Control{ActionID: "target", Option: "b"}))
		cb, _ := b.last().Data.(slack.InteractionCallback)
		if cb.ActionCallback.BlockActions[0].SelectedOption.Value != "b" || cb.View.State.Values["reason"]["reason"].Value != "typed" {
			t.Errorf("payload %+v", cb)
		}
		if _, err := r.api.UpdateView(modal(), "", cb.View.Hash, cb.View.ID); err != nil {
			t.Fatal(err)
		}
		if v := p.Views()[0]; !jsonHas(t, v.State, "reason", "typed") {
			t.Errorf("state after the update: %s", v.State)
		}
	})
}
