package config

import (
	"errors"
	"fmt"
	"strings"

	"snapback/internal/secret"
)

// secret reads the key or its twin with _file, exactly one of which must be there. A prefix is what the value must
// start with, or "".
func (o object) secret(key, prefix string) secret.Ref {
	inline, inFile := o.get(key), o.get(key+"_file")
	switch {
	case inline.present() && inFile.present():
		inFile.problemf("give %s or %s_file, not both", key, key)
		return secret.Ref{}
	case !inline.present() && !inFile.present():
		o.missing(key, fmt.Sprintf("give %s or %s_file", key, key))
		return secret.Ref{}
	}
	var ref secret.Ref
	f := inline
	if inFile.present() {
		f = inFile
		path, ok := f.text()
		if !ok {
			return secret.Ref{}
		}
		ref.File = path
	} else {
		value, ok := f.scalar()
		if !ok {
			return secret.Ref{}
		}
		ref.Value = secret.New(value)
	}
	s, err := ref.Read(f.d.readFile)
	switch {
	case errors.Is(err, secret.ErrEmpty), errors.Is(err, secret.ErrBlank):
		f.problemf("%v", err)
	case err != nil:
		f.unreadable(err)
	case !strings.HasPrefix(s.Reveal(), prefix):
		f.problemf("the value must start with %s", prefix)
	}
	return ref
}
