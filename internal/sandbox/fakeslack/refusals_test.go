package fakeslack_test

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

// row is one call that Slack refuses, with its word.
type row struct {
	what string
	word string
	call func(s *scene) error
}

// refusals says for each method what is refused. The words are those that the method's page lists under errors
// (https://docs.slack.dev/reference/methods); what it lists and no row tries cannot come up in a workspace like the
// fake's, or needs files, attachments or Slack Connect.
func refusals() map[string][]row {
	return map[string][]row{
		"auth.test":             {},
		"apps.connections.open": connecting(),
		"chat.postMessage":      posting(),
		"chat.update":           updating(),
		"chat.postEphemeral":    whispering(),
		"chat.delete": {
			{"no such channel", "channel_not_found", func(s *scene) error { return last(s.api.DeleteMessage("C9", s.own)) }},
			{"no such message", "message_not_found", func(s *scene) error { return last(s.api.DeleteMessage(chan1, "1.1")) }},
			{"another's", "cant_delete_message", func(s *scene) error { return last(s.api.DeleteMessage(chan1, s.other)) }},
		},
		"chat.getPermalink": {
			{"no such channel", "channel_not_found", func(s *scene) error { return s.permalink("C9", s.own) }},
			{"no such message", "message_not_found", func(s *scene) error { return s.permalink(chan1, "1.1") }},
			{"an ephemeral message", "message_not_found", func(s *scene) error { return s.permalink(chan1, s.whisper()) }},
		},
		"conversations.open": {
			{"nobody", "users_list_not_supplied", func(s *scene) error { return s.openDM() }},
			{"no such user", "user_not_found", func(s *scene) error { return s.openDM("U9") }},
			{"a leaver", "user_disabled", func(s *scene) error { return s.openDM("U3") }},
			{"a bot", "cannot_dm_bot", func(s *scene) error { return s.openDM("U0BOT") }},
			{"several people", "missing_scope", func(s *scene) error { return s.openDM("U1", "U2") }},
		},
		"conversations.info": {
			{"no such channel", "channel_not_found", func(s *scene) error { return s.info("C9") }},
			{"a private channel without the bot", "channel_not_found", func(s *scene) error { return s.info("G1") }},
			{"a private channel without groups:read", "missing_scope", func(s *scene) error {
				s.srv.SetScopes([]string{"channels:read"})
				return s.info("G2")
			}},
			{"a direct message", "missing_scope", func(s *scene) error { return s.info(s.srv.As("U1").DM()) }},
		},
		"conversations.history": {
			{"no such channel", "channel_not_found", func(s *scene) error { return s.history("C9", "", "") }},
			{"a private channel without the bot", "channel_not_found", func(s *scene) error { return s.history("G1", "", "") }},
			{"a public channel without the bot", "not_in_channel", func(s *scene) error { return s.history("C2", "", "") }},
			{"a private channel", "missing_scope", func(s *scene) error { return s.history("G2", "", "") }},
			{"a direct message", "missing_scope", func(s *scene) error { return s.history(s.srv.As("U1").DM(), "", "") }},
			{"no such page", "invalid_cursor", func(s *scene) error { return s.history(chan1, "bm8", "") }},
			{"no instant", "invalid_ts_oldest", func(s *scene) error { return s.history(chan1, "", "yesterday") }},
		},
		"conversations.replies": {
			{"no such channel", "channel_not_found", func(s *scene) error { return s.replies("C9", s.own, "") }},
			{"no such thread", "thread_not_found", func(s *scene) error { return s.replies(chan1, "1.1", "") }},
			{"the thread of an ephemeral message", "thread_not_found", func(s *scene) error { return s.replies(chan1, s.whisper(), "") }},
			{"no such page", "invalid_cursor", func(s *scene) error { return s.replies(chan1, s.own, "bm8") }},
			{"a private channel", "missing_scope", func(s *scene) error { return s.replies("G2", s.own, "") }},
		},
		"conversations.members": {
			{"no such channel", "channel_not_found", func(s *scene) error { return s.members("C9", 10) }},
			{"too many at once", "invalid_limit", func(s *scene) error { return s.members(chan1, 1001) }},
		},
		"users.info": {
			{"no such user", "user_not_found", func(s *scene) error { return last(s.api.GetUserInfo("U9")) }},
			{"a channel", "user_not_found", func(s *scene) error { return last(s.api.GetUserInfo(chan1)) }},
		},
		"usergroups.list": {},
		"usergroups.users.list": {
			{"no such group", "no_such_subteam", func(s *scene) error { return last(s.api.GetUserGroupMembers("S9")) }},
			{"a disabled group", "no_such_subteam", func(s *scene) error { return last(s.api.GetUserGroupMembers("S2")) }},
		},
		"views.open": opening(func(s *scene, trigger string, v slack.ModalViewRequest) error {
			_, err := s.api.OpenView(trigger, v)
			return err
		}),
		"views.push": append(opening(func(s *scene, trigger string, v slack.ModalViewRequest) error {
			_, err := s.api.PushView(trigger, v)
			return err
		}), row{"a fourth view", "push_limit_reached", func(s *scene) error {
			for {
				if _, err := s.api.PushView(s.freshTrigger(), modal()); err != nil {
					return err
				}
			}
		}}, row{"nothing to push it onto", "not_found", func(s *scene) error {
			s.srv.As("U2").Reload()
			_, err := s.api.PushView(s.freshTrigger(), modal())
			return err
		}}),
		"views.update":  replacing(),
		"views.publish": publishing(),
	}
}

func connecting() []row {
	return []row{
		{"the token among the arguments", "not_authed", func(s *scene) error {
			return errors.New(s.raw("POST", "apps.connections.open?token=xapp-1", ""))
		}},
		{"a GET", "insecure_request", func(s *scene) error { return errors.New(s.raw("GET", "apps.connections.open", "xapp-1")) }},
	}
}

func posting() []row {
	post := func(s *scene, channel string, o ...slack.MsgOption) error {
		return last(s.api.PostMessage(channel, o...))
	}
	return append(saying(post), []row{
		{"no such channel", "channel_not_found", func(s *scene) error { return post(s, "C9", says("t")) }},
		{"no channel", "channel_not_found", func(s *scene) error { return post(s, "", says("t")) }},
		{"a private channel without the bot", "channel_not_found", func(s *scene) error { return post(s, "G1", says("t")) }},
		{"a channel without the bot", "not_in_channel", func(s *scene) error { return post(s, "C2", says("t")) }},
		{"an archived channel", "is_archived", func(s *scene) error { return post(s, "C3", says("t")) }},
		{"a leaver", "channel_not_found", func(s *scene) error { return post(s, "U3", says("t")) }},
		{"a person, and no tab for messages", "messages_tab_disabled", func(s *scene) error {
			s.srv.SetMessagesTab(false)
			return post(s, "U1", says("t"))
		}},
		{"metadata too large", "metadata_too_large", func(s *scene) error {
			return post(s, chan1, says("t"), metadata("snapback", strings.Repeat("x", 5000)))
		}},
		{"metadata without payload", "invalid_metadata_schema", func(s *scene) error {
			return errors.New(s.complaint("chat.postMessage", `{"channel":"`+chan1+`","text":"t","metadata":{"event_type":"e"}}`))
		}},
		{"metadata that is none", "invalid_metadata_format", func(s *scene) error {
			return errors.New(s.complaint("chat.postMessage", `{"channel":"`+chan1+`","text":"t","metadata":"x"}`))
		}},
	}...)
}

// saying is what all calls with a message in them refuse.
func saying(say func(s *scene, channel string, o ...slack.MsgOption) error) []row {
	blocks := func(n int) slack.MsgOption {
		return slack.MsgOptionBlocks(slices.Repeat([]slack.Block{slack.NewDividerBlock()}, n)...)
	}
	return []row{
		{"nothing said", "no_text", func(s *scene) error { return say(s, chan1) }},
		{"51 blocks", "invalid_blocks", func(s *scene) error { return say(s, chan1, says("t"), blocks(51)) }},
		{"an empty text in a block", "invalid_blocks", func(s *scene) error {
			return say(s, chan1, says("t"), slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "", false, false), nil, nil)))
		}},
		{"blocks too long together", "msg_blocks_too_long", func(s *scene) error {
			long := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", 3000), false, false), nil, nil)
			return say(s, chan1, says("t"), slack.MsgOptionBlocks(slices.Repeat([]slack.Block{long}, 5)...))
		}},
	}
}

func updating() []row {
	update := func(s *scene, channel, ts string, o ...slack.MsgOption) error {
		_, _, _, err := s.api.UpdateMessage(channel, ts, o...)
		return err
	}
	own := func(s *scene, channel string, o ...slack.MsgOption) error { return update(s, channel, s.own, o...) }
	return append(saying(own), []row{
		{"no such channel", "channel_not_found", func(s *scene) error { return update(s, "C9", s.own, says("t")) }},
		{"no such message", "message_not_found", func(s *scene) error { return update(s, chan1, "1.1", says("t")) }},
		{"an ephemeral message", "message_not_found", func(s *scene) error { return update(s, chan1, s.whisper(), says("t")) }},
		{"another's", "cant_update_message", func(s *scene) error { return update(s, chan1, s.other, says("t")) }},
		{"a channel archived since", "is_inactive", func(s *scene) error {
			s.archive(chan1)
			return update(s, chan1, s.own, says("t"))
		}},
		{"a text of 4,001 characters", "msg_too_long", func(s *scene) error { return update(s, chan1, s.own, says(x(4001))) }},
		{"metadata too large", "metadata_too_large", func(s *scene) error {
			return update(s, chan1, s.own, says("t"), metadata("snapback", strings.Repeat("x", 5000)))
		}},
	}...)
}

func whispering() []row {
	to := func(s *scene, channel, user string, o ...slack.MsgOption) error {
		return last(s.api.PostEphemeral(channel, user, o...))
	}
	engineer := func(s *scene, channel string, o ...slack.MsgOption) error { return to(s, channel, "U1", o...) }
	return append(saying(engineer), []row{
		{"no such channel", "channel_not_found", func(s *scene) error { return to(s, "C9", "U1", says("t")) }},
		{"a channel without the bot", "not_in_channel", func(s *scene) error { return to(s, "C2", "U1", says("t")) }},
		{"an archived channel", "is_archived", func(s *scene) error { return to(s, "C3", "U1", says("t")) }},
		{"no such user", "user_not_in_channel", func(s *scene) error { return to(s, chan1, "U9", says("t")) }},
		{"somebody outside", "user_not_in_channel", func(s *scene) error { return to(s, chan1, "U4", says("t")) }},
		{"a leaver", "user_not_in_channel", func(s *scene) error { return to(s, chan1, "U3", says("t")) }},
		{"a text of 40,001 characters", "msg_too_long", func(s *scene) error { return to(s, chan1, "U1", says(x(40_001))) }},
	}...)
}

// opening is what both calls refuse that take a trigger id.
func opening(open func(s *scene, trigger string, v slack.ModalViewRequest) error) []row {
	with := func(edit func(v *slack.ModalViewRequest)) func(s *scene) error {
		return func(s *scene) error {
			v := modal()
			edit(&v)
			return open(s, s.freshTrigger(), v)
		}
	}
	return []row{
		{"no trigger", "invalid_trigger_id", func(s *scene) error { return open(s, "1.2.3", modal()) }},
		{"a trigger twice", "exchanged_trigger_id", func(s *scene) error {
			if _, err := s.api.OpenView(s.trigger, modal()); err != nil {
				return err
			}
			return open(s, s.trigger, modal())
		}},
		{"a trigger of more than three seconds", "expired_trigger_id", func(s *scene) error {
			time.Sleep(3*time.Second + time.Millisecond)
			return open(s, s.trigger, modal())
		}},
		{"no title", "invalid_arguments", with(func(v *slack.ModalViewRequest) { v.Title = nil })},
		{"a title of 25 characters", "invalid_arguments", with(func(v *slack.ModalViewRequest) { v.Title = plainText(x(25)) })},
		{"private_metadata of 3,001 characters", "invalid_arguments", with(func(v *slack.ModalViewRequest) { v.PrivateMetadata = x(3001) })},
		{"an input without a way to submit", "invalid_arguments", with(func(v *slack.ModalViewRequest) { v.Submit = nil })},
		{"101 blocks", "invalid_arguments", with(func(v *slack.ModalViewRequest) {
			v.Blocks.BlockSet = slices.Repeat([]slack.Block{slack.NewDividerBlock()}, 101)
		})},
		{"more than 250 KB", "view_too_large", with(func(v *slack.ModalViewRequest) { v.PrivateMetadata = strings.Repeat("x", 250<<10) })},
		{"an external_id that is taken", "duplicate_external_id", func(s *scene) error {
			v := modal()
			v.ExternalID = "mine"
			if _, err := s.api.UpdateView(v, "", "", s.view); err != nil {
				return err
			}
			return open(s, must[*fakeslack.Outcome](s.t)(s.srv.As("U1").Slash(s.t.Context(), chan1, "/restore", "")).Trigger, v)
		}},
	}
}

func replacing() []row {
	update := func(s *scene, v slack.ModalViewRequest, hash, id string) error {
		_, err := s.api.UpdateView(v, "", hash, id)
		return err
	}
	return []row{
		{"no such view", "not_found", func(s *scene) error { return update(s, modal(), "", "V9") }},
		{"a view that was closed", "not_found", func(s *scene) error {
			s.srv.As("U2").Reload()
			return update(s, modal(), "", s.view)
		}},
		{"a view that changed meanwhile", "hash_conflict", func(s *scene) error {
			if err := update(s, modal(), s.hash, s.view); err != nil {
				return err
			}
			return update(s, modal(), s.hash, s.view)
		}},
		{"no title", "invalid_arguments", func(s *scene) error {
			v := modal()
			v.Title = nil
			return update(s, v, "", s.view)
		}},
	}
}

func publishing() []row {
	publish := func(s *scene, user, hash string) error { return last(s.api.PublishView(user, home("h"), hash)) }
	return []row{
		{"no such user", "user_not_found", func(s *scene) error { return publish(s, "U9", "") }},
		{"a leaver", "user_not_found", func(s *scene) error { return publish(s, "U3", "") }},
		{"a tab that changed meanwhile", "hash_conflict", func(s *scene) error {
			if err := publish(s, "U1", ""); err != nil {
				return err
			}
			return publish(s, "U1", "1.stale")
		}},
	}
}

// Every row is refused by the method it stands under, with its word, as an answer and not as an HTTP error; and a refused
// call changes nothing.
func TestRefusals(t *testing.T) {
	tables := refusals()
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		for _, tt := range tables[name] {
			t.Run(name+"/"+tt.what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := stage(t, fakeslack.Options{})
					w := &watcher{next: s.web.Transport, srv: s.srv}
					s.web.Transport = w
					got, _, _ := strings.Cut(refusal(tt.call(s)), ":")
					if got != tt.word {
						t.Errorf("got %q, want %s", got, tt.word)
					}
					calls := s.srv.Calls()
					if c := calls[len(calls)-1]; c.Method != name || c.Error != tt.word || c.Status != http.StatusOK {
						t.Errorf("the last call was %s: %d %q", c.Method, c.Status, c.Error)
					}
					if w.caused != 0 {
						t.Errorf("it caused %d events", w.caused)
					}
				})
			})
		}
	}
}
