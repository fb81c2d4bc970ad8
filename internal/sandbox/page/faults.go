package page

import (
	"context"
	"errors"

	"snapback/internal/sandbox/fakeapi"
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

	trouble fakeapi.Trouble
}

// lagLists is how many lists a late job is missing from.
const lagLists = 8

// knownFaults returns the faults that can be switched on, in the order in which they are shown.
func knownFaults() []known {
	return []known{
		{faultSwitch{
			ID: "drop", Label: "Drop the answer", About: "The next restore starts, but its answer is lost.",
		}, fakeapi.Trouble{Kind: fakeapi.Drop, Creations: true, After: true}},
		{faultSwitch{
			ID: "twin", Label: "Somebody else, too", About: "With the next restore, somebody starts the same one by hand.",
		}, fakeapi.Trouble{Kind: fakeapi.ForeignJob, Creations: true}},
		{faultSwitch{
			ID: "lag", Label: "Lists lag behind", About: "The next restore is missing from the lists for a while.",
		}, fakeapi.Trouble{Kind: fakeapi.ListLag, Creations: true, Lists: lagLists}},
		{faultSwitch{
			ID: "busy", Label: "429 to everything", About: "Too many requests, until you switch it off.",
		}, fakeapi.Trouble{Kind: fakeapi.RateLimit, Times: fakeapi.Always}},
		{faultSwitch{
			ID: "access", Label: "403 access list", About: "The bot's address is refused, until you switch it off.",
		}, fakeapi.Trouble{Kind: fakeapi.AccessList, Times: fakeapi.Always}},
	}
}

// faults returns the switches as they are now. One that was used up is off: whichever system has met it, no other one will.
func (p *Page) faults() []faultSwitch {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []faultSwitch
	for _, k := range knownFaults() {
		s, armed := k.faultSwitch, 0
		for _, one := range p.opts.Systems {
			if left, on := one.Server.Armed(k.trouble); on {
				armed, s.Left = armed+1, left
			}
		}
		if s.On = armed == len(p.opts.Systems); !s.On {
			s.Left = 0
			for _, one := range p.opts.Systems {
				one.Server.Disarm(k.trouble)
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
			one.Server.Disarm(k.trouble)
			if in.On {
				err = errors.Join(err, one.Server.Arm(k.trouble))
			}
		}
		return struct{}{}, err
	}
	return nil, errFault
}
