package restore

// Posts is where a subject stands in Slack: for each surface how far its events were delivered, and which message
// shows them.
type Posts struct {
	Subject  Subject            `json:"subject"`
	Surfaces map[string]Surface `json:"surfaces"`
}

// Surface is one place that tells about a subject: its card, the card's thread, the requester's direct messages.
type Surface struct {
	Through uint64     `json:"through"`          // N of the last event delivered here
	Trying  uint64     `json:"trying,omitempty"` // N that was about to be posted; above Through after a crash, it may have been
	Tries   int        `json:"tries,omitempty"`  // failures in a row
	Ref     MessageRef `json:"ref,omitzero"`
	Error   string     `json:"error,omitempty"` // why this surface is out of reach, in Slack's word
}

// MessageRef names a message in Slack.
type MessageRef struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// The surfaces of a request.
const (
	SurfaceCard   = "card"
	SurfaceThread = "thread"
	SurfaceDM     = "dm"
)

// Surfaces lists every surface of a request.
func Surfaces() []string { return []string{SurfaceCard, SurfaceThread, SurfaceDM} }

// Done reports whether every surface has all events up to n.
func (p *Posts) Done(n uint64) bool {
	for _, name := range Surfaces() {
		if p.Surfaces[name].Through < n {
			return false
		}
	}
	return true
}
