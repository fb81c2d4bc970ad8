package config

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// Rehearse reads a file for a run against other systems than those it names. It is [Load], but for two things. What says
// where and with which secrets those systems are reached, and where this machine keeps what, is not looked at and not in
// the result: tokens, keys, addresses, certificates, storage and listen; of a service account no more than that there is
// one. And what this version does not know is left out and returned, in the order of the file, instead of being a problem:
// keys.
func Rehearse(
	path string, env func(string) (string, bool), readFile func(string) ([]byte, error),
) (*Config, []Problem, error) {
	raw, err := readFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	d := &decoder{file: path, env: env, readFile: readFile, aliases: map[*ast.AliasNode]ast.Node{}, rehearsal: true}
	c, err := d.load(raw)
	return c, inOrder(d.left), err
}

// refusef notes what this version does not know.
func (d *decoder) refusef(at place, path, format string, args ...any) {
	if d.rehearsal {
		d.left = append(d.left, d.describe(at, path, format, args...))
		return
	}
	d.problemf(at, path, format, args...)
}
