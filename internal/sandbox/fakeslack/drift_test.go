package fakeslack_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

// bot is where the code that talks to Slack is.
const bot = "../../../bot"

// sources returns the bot's files, without tests.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	var out []*ast.File
	err := filepath.WalkDir(bot, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		out = append(out, file)
		return err
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d sources: %v", len(out), err)
	}
	return out
}

// collect returns what pick finds in the sources, sorted, each once.
func collect(t *testing.T, pick func(ast.Node) []string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.ImportSpec); ok {
				return false
			}
			for _, s := range pick(n) {
				found[s] = true
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}

// literal returns a string constant of the source.
func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// methodName is what methods of the Web API are called.
var methodName = regexp.MustCompile(`^(api|apps|auth|bookmarks|chat|conversations|files|reactions|team|usergroups|users|views)(\.[a-zA-Z]+)+$`)

// The bot calls the methods that the suite says it uses, by Slack's name for them and by Slack-go's, and no others.
func TestUsedMethods(t *testing.T) {
	var names, clients []string
	for name, m := range webMethods() {
		if m.used {
			names, clients = append(names, name), append(clients, m.client)
		}
	}
	slices.Sort(names)
	slices.Sort(clients)
	named := collect(t, func(n ast.Node) []string {
		if s, ok := literal(n); ok && methodName.MatchString(s) {
			return []string{s}
		}
		return nil
	})
	if !slices.Equal(named, names) {
		t.Errorf("the bot names the methods\n%q, the suite has\n%q", named, names)
	}
	library := map[string]bool{}
	for m := range reflect.TypeFor[*slack.Client]().Methods() {
		library[m.Name] = strings.HasSuffix(m.Name, "Context")
	}
	called := collect(t, func(n ast.Node) []string {
		if sel, ok := n.(*ast.SelectorExpr); ok && library[sel.Sel.Name] {
			return []string{sel.Sel.Name}
		}
		return nil
	})
	if !slices.Equal(called, clients) {
		t.Errorf("the bot calls\n%q, the suite drives\n%q", called, clients)
	}
}

// The fake serves what the suite drives, and no method is without its table.
func TestServedMethods(t *testing.T) {
	served := fakeslack.New(world(), fakeslack.Options{}).Served()
	served = slices.DeleteFunc(served, func(name string) bool { return name == "api.test" }) // answers whatever is asked of it
	if driven := slices.Sorted(maps.Keys(webMethods())); !slices.Equal(served, driven) {
		t.Errorf("served are\n%q, the suite drives\n%q", served, driven)
	}
	if tried := slices.Sorted(maps.Keys(refusals())); !slices.Equal(served, tried) {
		t.Errorf("served are\n%q, refusals has\n%q", served, tried)
	}
}

// What the methods in use need is what manifest.yaml asks for, or offers as optional; and it asks for nothing else but
// the command.
func TestScopesOfTheManifest(t *testing.T) {
	raw, err := os.ReadFile("../../../manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	asked := manifest(t).OAuthConfig.Scopes.Bot
	need := map[string]bool{"commands": true, "groups:read": true} // of conversations.info for private channels
	for name, m := range webMethods() {
		for _, scope := range m.scopes {
			need[scope] = need[scope] || m.used && !m.app
			if m.used && !m.app && !slices.Contains(asked, scope) && !strings.Contains(string(raw), "# - "+scope+"\n") {
				t.Errorf("%s needs %s, which the manifest does not name", name, scope)
			}
		}
	}
	for _, scope := range asked {
		if !need[scope] {
			t.Errorf("the manifest asks for %s, which no method in use needs", scope)
		}
	}
}

// The bot handles the kinds of envelopes that the suite says it uses.
func TestUsedEnvelopes(t *testing.T) {
	kinds := map[string]bool{}
	for _, e := range envelopes() {
		if e.used && e.typ == "interactive" {
			kinds[e.payload] = true
		}
		if e.used {
			kinds[e.typ] = true
		}
	}
	// A switch over a field called Type, with strings for its cases.
	handled := collect(t, func(n ast.Node) []string {
		s, ok := n.(*ast.SwitchStmt)
		if !ok {
			return nil
		}
		if tag, ok := s.Tag.(*ast.SelectorExpr); !ok || tag.Sel.Name != "Type" {
			return nil
		}
		var out []string
		for _, c := range s.Body.List {
			clause, ok := c.(*ast.CaseClause)
			if !ok {
				continue
			}
			for _, e := range clause.List {
				if text, ok := literal(e); ok {
					out = append(out, text)
				}
			}
		}
		return out
	})
	if want := slices.Sorted(maps.Keys(kinds)); !slices.Equal(handled, want) {
		t.Errorf("the bot handles %q, the suite has %q", handled, want)
	}
}
