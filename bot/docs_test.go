package bot_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/commands"
)

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func manifest(t *testing.T) slack.Manifest {
	t.Helper()
	var m slack.Manifest
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(read(t, "../manifest.yaml"))), yaml.Strict())
	if err := decoder.Decode(&m); err != nil {
		t.Fatalf("manifest.yaml: %v", err)
	}
	return m
}

// The manifest asks Slack for exactly what the code uses.
func TestManifest(t *testing.T) {
	m := manifest(t)
	scopes := slices.Sorted(slices.Values(m.OAuthConfig.Scopes.Bot))
	if want := slackapi.RequiredScopes(); !slices.Equal(scopes, want) {
		t.Errorf("manifest.yaml has scopes %v, the code uses %v", scopes, want)
	}
	if len(m.OAuthConfig.Scopes.User) > 0 {
		t.Errorf("user scopes %v: none are used", m.OAuthConfig.Scopes.User)
	}
	if len(m.Features.SlashCommands) != 1 || m.Features.SlashCommands[0].Command != "/restore" ||
		!m.Features.SlashCommands[0].ShouldEscape {
		t.Errorf("slash commands %+v: want /restore alone, escaped", m.Features.SlashCommands)
	}
	if e := m.Settings.EventSubscriptions; e != nil && len(e.BotEvents) > 0 {
		t.Errorf("events %v: none are used", e.BotEvents)
	}
	if !m.Settings.SocketModeEnabled || m.Settings.Interactivity == nil ||
		!m.Settings.Interactivity.IsEnabled {
		t.Errorf("settings %+v: want Socket Mode and interactivity", m.Settings)
	}
	text := read(t, "../manifest.yaml")
	for _, s := range slackapi.OptionalScopes() {
		if !strings.Contains(text, "# - "+s) {
			t.Errorf("manifest.yaml does not offer the optional scope %s", s)
		}
	}
}

// The README says what each scope is for.
func TestReadmeExplainsEachScope(t *testing.T) {
	readme := read(t, "../README.md")
	for _, s := range slices.Concat(slackapi.RequiredScopes(), slackapi.OptionalScopes()) {
		if row := regexp.MustCompile("(?m)^\\|.*`" + s + "`.*\\| .{20,}\\|$"); !row.MatchString(readme) {
			t.Errorf("README.md does not say what %s is for", s)
		}
	}
}

// The README's configuration keys and commands exist: its verbs are the grammar's.
func TestReadmeShowsEachVerb(t *testing.T) {
	readme := read(t, "../README.md")
	for _, v := range commands.Verbs() {
		if v == commands.VerbNew {
			v = "[new]"
		}
		if !strings.Contains(readme, "/restore "+string(v)) {
			t.Errorf("README.md does not show %s", v)
		}
	}
}

// docs/slack-ids.md lists every id that Slack sends back, and no other.
func TestSlackIDs(t *testing.T) {
	doc := read(t, "../docs/slack-ids.md")
	for _, table := range []struct{ heading, kind string }{
		{"## Buttons", "ActionID"}, {"## Modals", "Form"}, {"## Inputs", ""},
	} {
		_, section, ok := strings.Cut(doc, table.heading)
		if !ok {
			t.Fatalf("docs/slack-ids.md has no %q", table.heading)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		var listed []string
		for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)`").FindAllStringSubmatch(section, -1) {
			listed = append(listed, row[1])
		}
		slices.Sort(listed)
		if want := constants(t, table.kind); !slices.Equal(listed, want) {
			t.Errorf("%s: listed %v, in the code %v", table.heading, listed, want)
		}
	}
}

// constants returns the values of commands' string constants of a type; for no type, of those that name inputs.
func constants(t *testing.T, kind string) []string {
	t.Helper()
	var out []string
	for _, file := range []string{"../commands/action.go", "../commands/command.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			typed, _ := spec.Type.(*ast.Ident)
			value, _ := spec.Values[0].(*ast.BasicLit)
			matches := typed != nil && typed.Name == kind
			if kind == "" {
				matches = typed == nil && strings.HasPrefix(spec.Names[0].Name, "Input")
			}
			if matches && value != nil {
				text, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, text)
			}
			return true
		})
	}
	slices.Sort(out)
	return out
}
