package telemetry_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"

	"snapback/internal/restore"
	"snapback/internal/telemetry"
)

const (
	alertsFile     = "../../docs/alerts.yaml"
	dashboardFile  = "../../docs/dashboard.json"
	operationsFile = "../../docs/operations.md"
)

// catalog is a registerer that notes the labels of each metric, by the names that queries can use.
type catalog struct {
	prometheus.Registerer

	labels map[string][]string
}

var descText = regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)

// Register implements [prometheus.Registerer].
func (c catalog) Register(metric prometheus.Collector) error {
	descs := make(chan *prometheus.Desc, 10)
	metric.Describe(descs)
	close(descs)
	for d := range descs {
		m := descText.FindStringSubmatch(d.String())
		labels := strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' })
		if _, ok := metric.(prometheus.Histogram); ok {
			c.labels[m[1]+"_bucket"] = append(labels, "le")
			continue
		}
		c.labels[m[1]] = labels
	}
	return nil
}

// ours returns the labels of each metric that the program has.
func ours(t *testing.T) map[string][]string {
	t.Helper()
	c := catalog{labels: map[string][]string{}}
	if _, err := telemetry.NewMetrics(c, &telemetry.Health{}, func() map[string]int { return nil }); err != nil {
		t.Fatal(err)
	}
	if len(c.labels) < 11 {
		t.Fatalf("only %d metrics found", len(c.labels))
	}
	return c.labels
}

type alert struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

func alerts(t *testing.T) []alert {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string
			Rules []alert
		}
	}
	if err := yaml.NewDecoder(bytes.NewReader(read(t, alertsFile)), yaml.Strict()).Decode(&file); err != nil {
		t.Fatalf("%s: %v", alertsFile, err)
	}
	return file.Groups[0].Rules
}

type panel struct {
	ID      int
	Title   string
	GridPos struct{ X, Y, W, H int }
	Targets []struct{ Expr string }
}

func panels(t *testing.T) []panel {
	t.Helper()
	var file struct{ Panels []panel }
	if err := json.Unmarshal(read(t, dashboardFile), &file); err != nil {
		t.Fatalf("%s: %v", dashboardFile, err)
	}
	return file.Panels
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var (
	selector = regexp.MustCompile(`(snapback_\w+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"`)
	grouping = regexp.MustCompile(`by \(([^)]*)\)`)
)

// values are the values of those labels whose values the program itself gives out.
func values() map[string][]string {
	out := map[string][]string{
		"level": {telemetry.Degraded.String(), telemetry.Down.String()},
		"outcome": {
			string(restore.Accepted), string(restore.Permanent), string(restore.Fixable), string(restore.Busy),
			string(restore.Unsent), string(restore.Unknown),
		},
	}
	for _, s := range restore.OpenStates() {
		out["state"] = append(out["state"], s.Name())
	}
	return out
}

// inspect complains about names that an expression uses and the program does not have, and returns its metrics.
func inspect(t *testing.T, where, expr string) []string {
	t.Helper()
	known, fixed := ours(t), values()
	var metrics, labels []string
	for _, m := range selector.FindAllStringSubmatch(expr, -1) {
		has, ok := known[m[1]]
		if !ok {
			t.Errorf("%s: there is no metric %s", where, m[1])
		}
		metrics, labels = append(metrics, m[1]), append(labels, has...)
		for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
			name, op, value := l[1], l[2], l[3]
			if !slices.Contains(has, name) {
				t.Errorf("%s: %s has no label %s", where, m[1], name)
			}
			if of := fixed[name]; of != nil && (strings.Contains(op, "~") || !slices.Contains(of, value)) {
				t.Errorf("%s: %s is never %s", where, name, value)
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for l := range strings.SplitSeq(g[1], ", ") {
			if !slices.Contains(labels, l) {
				t.Errorf("%s: nothing in it has a label %s", where, l)
			}
		}
	}
	if len(metrics) == 0 {
		t.Errorf("%s: no metric of ours in %q", where, expr)
	}
	return metrics
}

// The files for operators name what there is, and every metric is in one of them.
func TestOperatorsFilesNameEveryMetric(t *testing.T) {
	left := ours(t)
	for _, a := range alerts(t) {
		for _, m := range inspect(t, a.Alert, a.Expr) {
			delete(left, m)
		}
	}
	ids := map[int]bool{}
	for _, p := range panels(t) {
		if ids[p.ID] || p.ID == 0 || len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d, %s: bad id or place, or nothing to show", p.ID, p.Title)
		}
		ids[p.ID] = true
		for _, q := range p.Targets {
			for _, m := range inspect(t, p.Title, q.Expr) {
				delete(left, m)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("%s is in neither file", name)
	}
}

// The table of metrics has each metric with its labels, and no others. None of the labels can hold a name that people gave
// to something, but for that of a backend, which is the operator's own.
func TestMetricsAreExplained(t *testing.T) {
	harmless := []string{"backend", "code", "decision", "le", "level", "method", "outcome", "result", "source", "state"}
	_, section, _ := strings.Cut(string(read(t, operationsFile)), "\n## Metrics\n")
	section, _, _ = strings.Cut(section, "\n## ")
	explained := map[string]string{}
	for _, r := range regexp.MustCompile("(?m)^\\| `(snapback_\\w+)` \\|([^|]*)\\| .{20,} \\|$").FindAllStringSubmatch(section, -1) {
		explained[r[1]] = strings.ReplaceAll(strings.TrimSpace(r[2]), "`", "")
	}
	have := map[string]string{}
	for name, labels := range ours(t) {
		labels = slices.DeleteFunc(slices.Clone(labels), func(l string) bool {
			if !slices.Contains(harmless, l) {
				t.Errorf("%s has a label %s", name, l)
			}
			return l == "le"
		})
		have[strings.TrimSuffix(name, "_bucket")] = strings.Join(labels, ", ")
	}
	if !maps.Equal(explained, have) {
		t.Errorf("docs/operations.md explains\n%v, there are\n%v", explained, have)
	}
}

// Each alert leads to a section that is there, and has its row in the table of alerts.
func TestAlertsAreExplained(t *testing.T) {
	text := string(read(t, operationsFile))
	anchors := map[string]bool{}
	for _, h := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchors["docs/operations.md#"+strings.ReplaceAll(strings.ToLower(h[1]), " ", "-")] = true
	}
	rows := regexp.MustCompile("(?m)^\\| `(Snapback\\w+)` \\| .{20,} \\|$").FindAllStringSubmatch(text, -1)
	var explained, have []string
	for _, r := range rows {
		explained = append(explained, r[1])
	}
	for _, a := range alerts(t) {
		have = append(have, a.Alert)
		if !anchors[a.Annotations["runbook"]] {
			t.Errorf("%s: no section %s", a.Alert, a.Annotations["runbook"])
		}
		if !slices.Contains([]string{"critical", "warning", "info"}, a.Labels["severity"]) || a.Annotations["summary"] == "" {
			t.Errorf("%s: severity %q, summary %q", a.Alert, a.Labels["severity"], a.Annotations["summary"])
		}
	}
	if !slices.Equal(explained, have) {
		t.Errorf("docs/operations.md explains\n%v, the rules are\n%v", explained, have)
	}
}

// The messages that operators are told to look for are in the program.
func TestLogMessagesAreExplained(t *testing.T) {
	_, section, _ := strings.Cut(string(read(t, operationsFile)), "\n## What it logs\n")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .{20,} \\|$").FindAllStringSubmatch(section, -1)
	if len(rows) < 10 {
		t.Fatalf("only %d messages found", len(rows))
	}
	var code strings.Builder
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			code.Write(read(t, "../../"+path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if !strings.Contains(code.String(), `"`+r[1]+`"`) {
			t.Errorf("nothing logs %q", r[1])
		}
	}
}
