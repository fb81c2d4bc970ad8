package fakeslack

import (
	"strconv"
	"time"
)

func (s *Server) usersInfo(req *request) (object, error) {
	u, ok := s.users[req.args["user"]]
	if !ok {
		return nil, fail("user_not_found")
	}
	return object{"user": s.userJSON(u)}, nil
}

// userJSON shows a user. Of deactivated users Slack tells neither zone nor roles.
func (s *Server) userJSON(u User) object {
	profile := object{"real_name": u.RealName, "display_name": u.Name, "team": u.TeamID}
	if u.Email != "" && s.need("users:read.email") == nil {
		profile["email"] = u.Email
	}
	out := object{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "profile": profile, "is_bot": u.IsBot,
		"is_app_user": false,
	}
	if u.IsStranger {
		out["is_stranger"] = true
	}
	if u.Deleted {
		return out
	}
	out["real_name"] = u.RealName
	out["is_restricted"], out["is_ultra_restricted"] = u.IsRestricted, u.IsUltraRestricted
	out["is_admin"], out["is_owner"], out["is_primary_owner"] = false, false, false
	if zone, err := time.LoadLocation(u.TZ); u.TZ != "" && err == nil {
		label, offset := time.Now().In(zone).Zone()
		out["tz"], out["tz_label"], out["tz_offset"] = u.TZ, label, offset
	}
	return out
}

func (s *Server) usergroupsList(req *request) (object, error) {
	out := []object{}
	for _, id := range s.groupOrder {
		g := s.groups[id]
		if g.Disabled && !req.args.bool("include_disabled") {
			continue
		}
		item := object{
			"id": g.ID, "team_id": s.ws.TeamID, "is_usergroup": true, "is_external": false, "name": g.Name, "handle": g.Handle,
			"description": "", "date_delete": 0,
		}
		if g.Disabled {
			item["date_delete"] = 1
		}
		if req.args.bool("include_count") {
			item["user_count"] = strconv.Itoa(len(g.Members))
		}
		if req.args.bool("include_users") {
			item["users"] = append([]string{}, g.Members...)
		}
		out = append(out, item)
	}
	return object{"usergroups": out}, nil
}

func (s *Server) usergroupMembers(req *request) (object, error) {
	g, ok := s.groups[req.args["usergroup"]]
	if !ok || g.Disabled && !req.args.bool("include_disabled") {
		return nil, fail("no_such_subteam")
	}
	return object{"users": append([]string{}, g.Members...)}, nil
}
