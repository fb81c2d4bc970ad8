package config

import (
	"fmt"
	"net"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"snapback/internal/restore"
)

// Config is what the file says, checked, with defaults filled in. It belongs to the caller.
type Config struct {
	Slack     Slack
	Storage   Storage
	Listen    string // host:port of metrics and health; empty: none
	Backends  []Backend
	Groups    map[string]Group
	Policies  []restore.Policy // in the order of the file, which decides; digests filled in
	Witness   *Witness         // nil: the log has none
	Retention *Retention       // nil: everything is kept
	Timings   restore.Timings
	Patterns  []PlacedPattern // of all policies, in the order of the file
	Warnings  []Problem       // what works but should be known, in the order of the file
}

// Storage says where the state is kept.
type Storage struct {
	Path   string
	Backup *Backup // nil: no copies are made by the calendar
}

// Load reads the file at path through readFile and checks all of it. Variables come from env. The files that it names
// (secrets, certificates) are read for the check; secrets are not kept.
//
// What is wrong comes back all at once, as [Problems]; a file that cannot be read at all is another error. Neither
// holds a secret. Load keeps nothing and may run concurrently if its arguments may.
func Load(
	path string, env func(string) (string, bool), readFile func(string) ([]byte, error),
) (*Config, error) {
	raw, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	d := &decoder{file: path, env: env, readFile: readFile, aliases: map[*ast.AliasNode]ast.Node{}}
	return d.load(raw)
}

func (d *decoder) load(raw []byte) (*Config, error) {
	c := &Config{}
	if root := d.parse(raw); root != nil {
		d.config(c, d.newField("", root, place{1, 1}))
	}
	if len(d.problems) > 0 {
		return nil, Problems(inOrder(d.problems))
	}
	c.Warnings, c.Patterns = inOrder(d.warnings), d.patterns
	return c, nil
}

func (d *decoder) config(c *Config, root field) {
	o, ok := root.object("slack", "storage", "listen", "backends", "groups", "policies", "audit", "retention", "timings")
	if !ok {
		return
	}
	if f, ok := o.need("slack"); ok {
		c.Slack = f.slack()
	}
	if !d.rehearsal {
		c.Storage = o.get("storage").storage()
		c.Listen = o.get("listen").listen()
	}
	if f, ok := o.need("backends"); ok {
		c.Backends = f.backends()
	}
	if f, ok := o.need("groups"); ok {
		c.Groups = f.groups()
	}
	if f, ok := o.need("policies"); ok {
		c.Policies = f.policies(c.Groups, c.Backends)
		d.idle(c, o.get("groups"))
	}
	c.Witness = o.get("audit").witness()
	c.Retention = o.get("retention").retention()
	c.Timings = o.get("timings").timings()
}

func (f field) storage() Storage {
	s := Storage{Path: "snapback.db"}
	if !f.present() {
		return s
	}
	o, ok := f.object("path", "backup")
	if !ok {
		return s
	}
	if f := o.get("path"); f.present() {
		s.Path, _ = f.text()
	}
	s.Backup = o.get("backup").backup()
	return s
}

func (f field) listen() string {
	if !f.present() {
		return "127.0.0.1:9464"
	}
	if _, null := f.node.(*ast.NullNode); null {
		return ""
	}
	text, ok := f.scalar()
	if !ok || text == "" {
		return ""
	}
	if _, port, err := net.SplitHostPort(text); err != nil || !isPort(port) {
		f.problemf("want HOST:PORT or nothing, found %s", f.written())
	}
	return text
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}
