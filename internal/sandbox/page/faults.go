package page

import (
	"context"
	"errors"

	"snapback/internal/sandbox/fakeopsmanager"
)

// faultSwitch is something that can be made to go wrong.
type faultSwitch struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	About string `json:"about"`
	On    bool   `json:"on"`
	Left  int    `json:"left,omitempty"` // how many more times, unless it lasts
}

// known is a fault behind a switch.
type known struct {
	faultSwitch

	fault fakeopsmanager.Fault
}

// lagLists is how many lists a late job is missing from.
const lagLists = 8

// knownFaults returns the faults that can be switched on, in the order in which they are shown.
func knownFaults() []known {
	every := fakeopsmanager.Match{Authorized: true}
	return []known{
		{faultSwitch{
			ID: "drop", Label: "Drop the answer", About: "The next restore starts, but its answer is lost.",
		}, fakeopsmanager.Fault{Kind: fakeopsmanager.Drop, Match: fakeopsmanager.Creations(), After: true}},
		{faultSwitch{
			ID: "twin", Label: "Somebody else, too", About: "With the next restore, somebody starts the same one by hand.",
		}, fakeopsmanager.Fault{Kind: fakeopsmanager.ForeignJob, Match: fakeopsmanager.Creations()}},
		{faultSwitch{
			ID: "lag", Label: "Lists lag behind", About: "The next restore is missing from the lists for a while.",
		}, fakeopsmanager.Fault{Kind: fakeopsmanager.ListLag, Match: fakeopsmanager.Creations(), Lists: lagLists}},
		{faultSwitch{
			ID: "busy", Label: "429 to everything", About: "Too many requests, until you switch it off.",
		}, fakeopsmanager.Fault{Kind: fakeopsmanager.RateLimit, Match: every, Times: fakeopsmanager.Always}},
		{faultSwitch{
			ID: "access", Label: "403 access list", About: "The bot's address is refused, until you switch it off.",
		}, fakeopsmanager.Fault{Kind: fakeopsmanager.AccessList, Match: every, Times: fakeopsmanager.Always}},
	}
}

// faults returns the switches as they are now. One that was used up is off.
func (p *Page) faults() []faultSwitch {
	var armed []fakeopsmanager.Fault
	for _, one := range p.opts.Systems {
		armed = append(armed, one.Server.Faults()...)
	}
	var out []faultSwitch
	for _, k := range knownFaults() {
		s := k.faultSwitch
		for _, a := range armed {
			if a.Kind == k.fault.Kind && a.Match == k.fault.Match {
				s.On, s.Left = true, max(0, a.Times)
			}
		}
		out = append(out, s)
	}
	return out
}

// errFault says that there is no such switch.
var errFault = errors.New("there is no such fault")

// toggle switches a fault on or off, in every system.
func (p *Page) toggle(_ context.Context, in struct {
	ID string `json:"id"`
	On bool   `json:"on"`
},
) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range knownFaults() {
		if k.ID != in.ID {
			continue
		}
		var err error
		for _, one := range p.opts.Systems {
			one.Server.Disarm(k.fault.Kind, k.fault.Match)
			if in.On {
				err = errors.Join(err, one.Server.Inject(k.fault))
			}
		}
		return struct{}{}, err
	}
	return nil, errFault
}
