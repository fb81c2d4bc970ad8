package fakeslack

// viewsOpen answers a trigger with a modal. A stack the person has open gives way.
func (s *Server) viewsOpen(req *request) (object, error) {
	t, v, err := s.triggered(req)
	if err != nil {
		return nil, err
	}
	s.closeView(t.user, true)
	if err := s.push(v, t.id); err != nil {
		return nil, err
	}
	t.used = true
	return object{"view": s.viewJSON(v, false)}, nil
}

// viewsPush puts a modal on the stack of the person whose trigger it is.
func (s *Server) viewsPush(req *request) (object, error) {
	t, v, err := s.triggered(req)
	if err != nil {
		return nil, err
	}
	if s.top(t.user) == nil {
		return nil, fail("not_found")
	}
	if err := s.push(v, t.id); err != nil {
		return nil, err
	}
	t.used = true
	return object{"view": s.viewJSON(v, false)}, nil
}

// triggered checks the arguments that views.open and views.push have in common.
func (s *Server) triggered(req *request) (*trigger, *view, error) {
	body, err := s.kit.checkView(req.args["view"], "modal")
	if err != nil {
		return nil, nil, err
	}
	t, err := s.exchange(req.args["trigger_id"])
	if err != nil {
		return nil, nil, err
	}
	v, err := s.newView(t.user, body)
	if err != nil {
		return nil, nil, err
	}
	return t, v, nil
}

// viewsUpdate replaces an open view. With a hash it does so only if nothing changed
// since that hash was given out.
func (s *Server) viewsUpdate(req *request) (object, error) {
	body, err := s.kit.checkView(req.args["view"], "modal", "home")
	if err != nil {
		return nil, err
	}
	v := s.findView(req.args["view_id"], req.args["external_id"])
	if v == nil || !s.isOpen(v) || v.typ != getString(body, "type") {
		return nil, fail("not_found")
	}
	if err := s.replace(v, body, req.args["hash"]); err != nil {
		return nil, err
	}
	return object{"view": s.viewJSON(v, true)}, nil
}

func (s *Server) findView(id, external string) *view {
	if v := s.views[id]; v != nil || external == "" {
		return v
	}
	for _, v := range s.views {
		if getString(v.body, "external_id") == external {
			return v
		}
	}
	return nil
}

func (s *Server) replace(v *view, body object, hash string) error {
	if hash != "" && hash != v.hash {
		return fail("hash_conflict")
	}
	if err := s.fill(v, body); err != nil {
		return err
	}
	s.emitView(ViewUpdated, v, "")
	return nil
}

// viewsPublish replaces a person's home tab; no trigger is needed.
func (s *Server) viewsPublish(req *request) (object, error) {
	body, err := s.kit.checkView(req.args["view"], "home")
	if err != nil {
		return nil, err
	}
	u, ok := s.users[req.args["user_id"]]
	if !ok || u.Deleted {
		return nil, fail("user_not_found")
	}
	v := s.homes[u.ID]
	if v != nil {
		if hash := req.args["hash"]; hash != "" && hash != v.hash {
			return nil, fail("hash_conflict")
		}
		if err := s.fill(v, body); err != nil {
			return nil, err
		}
	} else {
		if v, err = s.newView(u.ID, body); err != nil {
			return nil, err
		}
		s.views[v.id], s.homes[u.ID] = v, v
	}
	s.emitView(HomePublished, v, "")
	return object{"view": s.viewJSON(v, true)}, nil
}
