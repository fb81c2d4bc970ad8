package fakeslack

// basePayload has the fields that all interactive payloads share.
func (s *Server) basePayload(userID, typ string) object {
	u, ok := s.users[userID]
	if !ok {
		u = User{ID: userID, TeamID: s.ws.TeamID}
	}
	return object{
		"type": typ, "api_app_id": s.ws.AppID, "token": "legacy-verification-token",
		"team":       object{"id": s.ws.TeamID, "domain": s.ws.Domain},
		"user":       object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

// actionPayload is a block_actions payload. Ephemeral messages are not part of it.
func (s *Server) actionPayload(p *Person, o *Outcome, pl place, act, state object) object {
	out := s.basePayload(p.id, "block_actions")
	o.Trigger = s.newTrigger(p.id).id
	out["trigger_id"] = o.Trigger
	out["actions"] = []object{act}
	if pl.view != nil {
		out["container"] = object{"type": "view", "view_id": pl.view.id}
		out["view"] = s.viewJSON(pl.view, true)
		return out
	}
	m := pl.message
	o.ResponseURL = s.newResponse(p.id, pl.channel, m)
	out["response_url"] = o.ResponseURL
	out["channel"] = object{"id": pl.channel.data.ID, "name": pl.channel.channelName()}
	container := object{
		"type": "message", "message_ts": m.TS, "channel_id": pl.channel.data.ID, "is_ephemeral": m.EphemeralTo != "",
	}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	out["container"] = container
	if m.EphemeralTo == "" {
		out["message"] = s.messageJSON(pl.channel, m, false)
	}
	values := map[string]map[string]object{}
	for _, c := range allControls(m.blocks()) {
		value := initialState(c)
		if value == nil {
			continue
		}
		if c.actionID == getString(act, "action_id") && c.blockID == getString(act, "block_id") {
			value = state
		}
		if values[c.blockID] == nil {
			values[c.blockID] = map[string]object{}
		}
		values[c.blockID][c.actionID] = value
	}
	out["state"] = object{"values": values}
	return out
}
