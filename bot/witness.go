package bot

import (
	"context"

	"snapback/bot/slackapi"
	"snapback/bot/views"
	"snapback/internal/restore"
)

// PostWitness returns what posts where the log ends to a channel.
func PostWitness(
	api *slackapi.Client, v views.Renderer,
) func(ctx context.Context, channel string, head restore.Head, line string) error {
	return func(ctx context.Context, channel string, head restore.Head, line string) error {
		m := v.Witness(head, line)
		_, _, err := api.Post(ctx, channel, slackapi.Message{
			Text: m.Text, Blocks: m.Blocks, Metadata: v.Metadata(restore.SubjectWitness, head.Seq), Priority: slackapi.Progress,
		})
		return err
	}
}
