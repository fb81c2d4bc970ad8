package cli_test

import (
	"context"
	"errors"
	"flag"
	"strings"
	"testing"

	"snapback/internal/cli"
)

// problems is an error that says everything itself.
type problems struct{ error }

func (problems) Complete() {}

func TestRun(t *testing.T) {
	const help = "this is how\n"
	tests := map[string]struct {
		args           []string
		status         int
		stdout, stderr string
	}{
		"nothing":          {nil, cli.Usage, "", help},
		"help":             {[]string{"help"}, cli.OK, help, ""},
		"-h":               {[]string{"-h"}, cli.OK, help, ""},
		"help of a verb":   {[]string{"flags", "--help"}, cli.OK, help, ""},
		"an unknown verb":  {[]string{"restore"}, cli.Usage, "", "snapback: there is no command \"restore\".\n\n" + help},
		"fine":             {[]string{"flags", "--loud"}, cli.OK, "", ""},
		"an unknown flag":  {[]string{"flags", "--soft"}, cli.Usage, "", "snapback: flags: flag provided but not defined: -soft: see snapback help\n"},
		"a word too many":  {[]string{"flags", "now"}, cli.Usage, "", "snapback: flags: unexpected \"now\": see snapback help\n"},
		"help with a word": {[]string{"help", "me"}, cli.Usage, "", "snapback: help: unexpected \"me\": see snapback help\n"},
		"two words":        {[]string{"policy", "explain", "--loud"}, cli.OK, "", ""},
		"their help":       {[]string{"policy", "explain", "-h"}, cli.OK, help, ""},
		"help behind one":  {[]string{"policy", "--help"}, cli.OK, help, ""},
		"a word too few":   {[]string{"policy"}, cli.Usage, "", "snapback: \"policy\" needs one more word: policy explain.\n\n" + help},
		"a flag too early": {[]string{"policy", "--loud"}, cli.Usage, "", "snapback: there is no command \"policy --loud\", but policy explain.\n\n" + help},
		"a wrong second":   {[]string{"policy", "exfoliate", "x"}, cli.Usage, "", "snapback: there is no command \"policy exfoliate\", but policy explain.\n\n" + help},
		"a wrong first":    {[]string{"police", "explain"}, cli.Usage, "", "snapback: there is no command \"police\".\n\n" + help},
		"a third word":     {[]string{"policy", "explain", "all"}, cli.Usage, "", "snapback: policy explain: unexpected \"all\": see snapback help\n"},
		"a failure":        {[]string{"fails"}, cli.Failure, "", "snapback: the disk is gone\n"},
		"a wrong file":     {[]string{"wrong"}, cli.Usage, "", "file:1:1: no\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			line := cli.Line{Stdout: &stdout, Stderr: &stderr, Help: help}
			line.Verbs = map[string]cli.Verb{
				"flags": func(_ context.Context, args []string) error {
					return line.Flags("flags", args, func(f *flag.FlagSet) { f.Bool("loud", false, "") })
				},
				"policy explain": func(_ context.Context, args []string) error {
					return line.Flags("policy explain", args, func(f *flag.FlagSet) { f.Bool("loud", false, "") })
				},
				"fails": func(context.Context, []string) error { return errors.New("the disk is gone") },
				"wrong": func(context.Context, []string) error { return problems{errors.New("file:1:1: no")} },
			}
			status := line.Run(t.Context(), tt.args)
			if status != tt.status || stdout.String() != tt.stdout || stderr.String() != tt.stderr {
				t.Errorf("status %d, stdout %q, stderr %q; want %d, %q, %q",
					status, stdout.String(), stderr.String(), tt.status, tt.stdout, tt.stderr)
			}
		})
	}
}

func TestLogger(t *testing.T) {
	for format, want := range map[string]string{"text": `msg=hello`, "json": `"msg":"hello"`, "xml": ""} {
		var stderr strings.Builder
		log, err := cli.Line{Stderr: &stderr}.Logger("serve", format)
		if (err == nil) != (want != "") || err != nil && !errors.Is(err, cli.ErrUsage) {
			t.Errorf("%s: %v", format, err)
		}
		if err == nil {
			log.InfoContext(t.Context(), "hello")
		}
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: %q", format, stderr.String())
		}
	}
}
