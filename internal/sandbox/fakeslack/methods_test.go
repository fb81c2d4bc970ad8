package fakeslack_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

func TestMissingScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.SetScopes([]string{"users:read"})
		_, _, err := r.api.PostMessage(chan1, slack.MsgOptionText("t", false))
		refused, ok := errors.AsType[slack.SlackErrorResponse](err)
		if !ok || refused.Err != "missing_scope" || refused.Needed != "chat:write" || refused.Provided != "users:read" {
			t.Errorf("got %#v", err)
		}
		r.srv.SetScopes([]string{"chat:write", "chat:write.public"})
		if _, _, err := r.api.PostMessage("C2", slack.MsgOptionText("t", false)); err != nil {
			t.Errorf("chat:write.public: %v", err)
		}
		auth, err := r.api.AuthTest()
		if err != nil || auth.UserID != "U0BOT" || auth.TeamID != "T1" || auth.Header.Get("X-Oauth-Scopes") != "chat:write,chat:write.public" {
			t.Errorf("auth.test = %+v, %v", auth, err)
		}
	})
}

func TestMessageLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		md := slack.SlackMetadata{EventType: "snapback", EventPayload: map[string]any{"seq": 1}}
		blocks := slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", "Card", false, false)))
		id, ts, err := r.api.PostMessage(chan1, slack.MsgOptionText("card", false), blocks, slack.MsgOptionMetadata(md))
		if err != nil || id != chan1 {
			t.Fatal(id, err)
		}
		_, ts2 := r.postText(chan1, "next")
		if ts2 <= ts {
			t.Errorf("ts %s then %s", ts, ts2)
		}
		_, reply, err := r.api.PostMessage(chan1, slack.MsgOptionText("reply", false), slack.MsgOptionTS(ts), slack.MsgOptionBroadcast())
		if err != nil {
			t.Fatal(err)
		}
		if th := r.srv.Thread(chan1, ts); len(th) != 2 || th[1].TS != reply || !th[1].Broadcast || th[1].ThreadTS != ts {
			t.Errorf("thread: %+v", th)
		}
		msgs, _, _, err := r.api.GetConversationReplies(&slack.GetConversationRepliesParameters{
			ChannelID: chan1, Timestamp: ts, IncludeAllMetadata: true,
		})
		if err != nil || len(msgs) != 2 || msgs[0].Metadata.EventType != "snapback" || msgs[0].ReplyCount != 1 {
			t.Errorf("replies: %+v, %v", msgs, err)
		}
		if _, _, _, err := r.api.UpdateMessage(chan1, ts, slack.MsgOptionText("only text", false)); err != nil {
			t.Fatal(err)
		}
		m := r.srv.Messages(chan1)[0]
		if m.Blocks != nil || m.Text != "only text" || m.Metadata == nil || len(m.Revisions) != 1 || m.Revisions[0].Text != "card" || m.Revisions[0].Blocks == nil {
			t.Errorf("after the update: %+v", m)
		}
		link, err := r.api.GetPermalink(&slack.PermalinkParameters{Channel: chan1, Ts: ts})
		if err != nil || link != "https://demo.slack.com/archives/"+chan1+"/p"+strings.ReplaceAll(ts, ".", "") {
			t.Errorf("permalink %q, %v", link, err)
		}
		if _, _, err := r.api.DeleteMessage(chan1, ts); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.api.PostMessage(chan1, slack.MsgOptionText("quiet reply", false), slack.MsgOptionTS(ts2)); err != nil {
			t.Fatal(err)
		}
		_, _, lost, err := r.api.PostMessageWithResponse(chan1, slack.MsgOptionText("late", false), slack.MsgOptionTS(ts))
		if err != nil || lost.ThreadTimestamp != "" {
			t.Errorf("a reply to a deleted message: %+v, %v", lost, err)
		}
		hist, err := r.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: chan1, Limit: 2})
		if err != nil || len(hist.Messages) != 2 || hist.Messages[0].Text != "late" || hist.Messages[1].Text != "reply" || hist.Messages[0].Metadata.EventType != "" || !hist.HasMore {
			t.Errorf("history: %+v, %v", hist, err)
		}
	})
}

func TestDirectMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		p := r.srv.As("U1")
		id, ts := r.postText("U1", "hello")
		if id != p.DM() || len(p.Sees(id)) != 1 || len(r.srv.As("U2").Sees(id)) != 0 {
			t.Errorf("DM %s, engineer sees %v", id, p.Sees(id))
		}
		if _, _, _, err := r.api.UpdateMessage(id, ts, slack.MsgOptionText("changed", false)); err != nil {
			t.Error(err)
		}
		c, _, _, err := r.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U1"}})
		if err != nil || c.ID != id {
			t.Errorf("conversations.open: %v, %v", c, err)
		}
	})
}

func TestEphemeral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		ts, err := r.api.PostEphemeral(chan1, "U1", slack.MsgOptionText("psst", false))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.srv.As("U1").Sees(chan1)) != 1 || len(r.srv.As("U2").Sees(chan1)) != 0 {
			t.Error("an ephemeral message is seen by its person only")
		}
		if _, _, _, err := r.api.UpdateMessage(chan1, ts, slack.MsgOptionText("t", false)); err == nil || err.Error() != "message_not_found" {
			t.Errorf("update: %v", err)
		}
		r.srv.As("U1").Reload()
		if len(r.srv.Messages(chan1)) != 0 {
			t.Error("it survived a reload")
		}
	})
}

func TestPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		u, err := r.api.GetUserInfo("U1")
		if err != nil || u.TZ != "Europe/Rome" || u.TZOffset != 3600 || u.Profile.Email != "" || u.TeamID != "T1" {
			t.Errorf("users.info: %+v, %v", u, err)
		}
		if u, err := r.api.GetUserInfo("U4"); err != nil || !u.IsStranger || u.TeamID != "T2" {
			t.Errorf("stranger: %+v, %v", u, err)
		}
		r.srv.PutUser(fakeslack.User{ID: "U1", Name: "engineer", Deleted: true})
		if u, err := r.api.GetUserInfo("U1"); err != nil || !u.Deleted {
			t.Errorf("leaver: %+v, %v", u, err)
		}
		got, err := r.api.GetUserGroupMembers("S1")
		if err != nil || strings.Join(got, " ") != "U1 U2" {
			t.Errorf("members: %v, %v", got, err)
		}
		groups, err := r.api.GetUserGroups(slack.GetUserGroupsOptionIncludeUsers(true), slack.GetUserGroupsOptionIncludeDisabled(true))
		if err != nil || len(groups) != 2 || groups[0].Handle != "dba" || len(groups[0].Users) != 2 || groups[1].DateDelete == 0 {
			t.Errorf("groups: %+v, %v", groups, err)
		}
		c, err := r.api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: chan1})
		if err != nil || !c.IsMember || c.IsArchived || c.Name != "restores" {
			t.Errorf("conversations.info: %+v, %v", c, err)
		}
		part, next, err := r.api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: chan1, Limit: 2})
		if err != nil || len(part) != 2 || next == "" {
			t.Errorf("first page: %v %q %v", part, next, err)
		}
		rest, next, err := r.api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: chan1, Limit: 2, Cursor: next})
		if err != nil || len(rest) != 1 || next != "" {
			t.Errorf("second page: %v %q %v", rest, next, err)
		}
	})
}

func TestEncodings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{DateSkew: -time.Hour})
		for _, tt := range []struct{ contentType, body, want string }{
			{"application/x-www-form-urlencoded", "channel=" + chan1 + "&text=a&token=xoxb-9", `"ok":true`},
			{"application/json; charset=utf-8", `{"channel":"` + chan1 + `","text":"b","blocks":null,"metadata":null}`, `"ok":true`},
			{"application/json", `{"channel":`, "invalid_json"},
			{"text/plain", "channel", "invalid_post_type"},
		} {
			if _, got := r.post(base+"chat.postMessage", tt.contentType, tt.body); !strings.Contains(got, tt.want) {
				t.Errorf("%s: %s, want %s", tt.contentType, got, tt.want)
			}
		}
		resp, err := r.web.Get(base + "auth.test?token=xoxb-1")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if at, err := time.Parse(time.RFC1123, resp.Header.Get("Date")); err != nil || time.Since(at) < time.Hour {
			t.Errorf("Date: %v, %v", at, err)
		}
		if got := r.srv.Calls("auth.test"); len(got) != 1 || got[0].Error != "" || got[0].Token != "xoxb-1" {
			t.Errorf("journal: %+v", got)
		}
	})
}
