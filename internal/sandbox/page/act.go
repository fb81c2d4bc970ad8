package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"snapback/internal/sandbox/fakeslack"
)

// refusal is an answer to what cannot be done.
type refusal struct {
	Error string `json:"error"`
}

// outcome is what came of an action, for whoever acted.
type outcome struct {
	Failure fakeslack.Failure `json:"failure,omitempty"`
	Notice  string            `json:"notice,omitempty"`
	Choices []choice          `json:"choices,omitempty"`
}

type choice struct {
	Text        string `json:"text"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
}

// told makes an answer of an outcome.
func told(o *fakeslack.Outcome, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out := outcome{Failure: o.Failure, Notice: o.Notice}
	for _, c := range o.Choices {
		out.Choices = append(out.Choices, choice(c))
	}
	return out, nil
}

// actions puts up what people, and whoever plays them, can do.
func (p *Page) actions() {
	on(p, "slash", p.slash)
	on(p, "say", p.say)
	on(p, "use", p.use)
	on(p, "submit", p.submit)
	on(p, "suggest", p.suggest)
	on(p, "close", p.shut)
	on(p, "home", p.home)
	on(p, "fault", p.toggle)
	on(p, "speed", p.speed)
	on(p, "job", p.job)
	on(p, "agents", p.agents)
	on(p, "snapshot", p.snapshot)
	on(p, "bot", p.bot)
}

// on answers POST requests to /api/NAME.
func on[In any](p *Page, name string, do func(context.Context, In) (any, error)) {
	p.mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			answer(w, http.StatusBadRequest, refusal{fmt.Sprintf("not understood: %v", err)})
			return
		}
		out, err := do(r.Context(), in)
		if err != nil {
			answer(w, http.StatusConflict, refusal{err.Error()})
			return
		}
		answer(w, http.StatusOK, out)
	})
}

// errWho says that one cannot be that person.
var errWho = errors.New("nobody here is that person")

// as returns the person with that id, if one can be them.
func (p *Page) as(id string) (*fakeslack.Person, error) {
	if !slices.ContainsFunc(p.opts.People, func(known Person) bool { return known.ID == id }) {
		return nil, errWho
	}
	return p.opts.Slack.As(id), nil
}

func (p *Page) slash(ctx context.Context, in struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	Command string `json:"command"`
	Text    string `json:"text"`
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	return told(who.Slash(ctx, in.Channel, in.Command, in.Text))
}

func (p *Page) say(_ context.Context, in struct {
	As      string `json:"as"`
	Channel string `json:"channel"`
	Thread  string `json:"thread"`
	Text    string `json:"text"`
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	_, err = who.Say(in.Channel, in.Thread, in.Text)
	return struct{}{}, err
}

func (p *Page) use(ctx context.Context, in struct {
	As      string `json:"as"`
	Channel string `json:"channel"` // empty: the top modal
	TS      string `json:"ts"`
	Home    bool   `json:"home"`
	Action  string `json:"action"`
	Block   string `json:"block"`
	Value   string `json:"value"`
	Option  string `json:"option"`
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	return told(who.Use(ctx, fakeslack.Control{
		Channel: in.Channel, TS: in.TS, Home: in.Home, ActionID: in.Action, BlockID: in.Block, Value: in.Value, Option: in.Option,
	}))
}

func (p *Page) submit(ctx context.Context, in struct {
	As     string            `json:"as"`
	Values map[string]string `json:"values"` // by action id
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	return told(who.Submit(ctx, in.Values))
}

func (p *Page) suggest(ctx context.Context, in struct {
	As     string `json:"as"`
	Action string `json:"action"`
	Typed  string `json:"typed"`
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	return told(who.Suggest(ctx, in.Action, in.Typed))
}

func (p *Page) shut(ctx context.Context, in struct {
	As  string `json:"as"`
	All bool   `json:"all"`
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	if in.All {
		return struct{}{}, who.CloseViews(ctx)
	}
	return struct{}{}, who.CloseView(ctx)
}

func (p *Page) home(_ context.Context, in struct {
	As string `json:"as"`
},
) (any, error) {
	who, err := p.as(in.As)
	if err != nil {
		return nil, err
	}
	return struct {
		Told bool `json:"told"`
	}{who.OpenHome("home")}, nil
}

func (p *Page) bot(ctx context.Context, in struct {
	Run bool `json:"run"`
},
) (any, error) {
	if in.Run {
		p.opts.Bot.Start()
		return struct{}{}, nil
	}
	return struct{}{}, p.opts.Bot.Kill(ctx)
}
