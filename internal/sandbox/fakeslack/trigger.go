package fakeslack

import (
	"crypto/rand"
	"fmt"
	"time"
)

// triggerLife is how long a trigger id opens a view, once.
const triggerLife = 3 * time.Second

// trigger is a person's action that allows the app to open one view.
type trigger struct {
	id   string
	user string
	at   time.Time
	used bool
}

func (s *Server) newTrigger(user string) *trigger {
	t := &trigger{
		id:   fmt.Sprintf("%d.%d.%s", len(s.triggers)+1000001, time.Now().UnixMilli(), rand.Text()),
		user: user, at: time.Now(),
	}
	s.triggers[t.id] = t
	return t
}

// exchange returns the trigger if it is still good for a view. The caller marks it
// used once the view stands.
func (s *Server) exchange(id string) (*trigger, error) {
	t, ok := s.triggers[id]
	switch {
	case !ok:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case time.Since(t.at) > triggerLife:
		return nil, fail("expired_trigger_id")
	}
	return t, nil
}
