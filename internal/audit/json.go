package audit

import (
	"bytes"
	"strings"
)

// maxDepth is how deep values may nest; what Snapback writes does not come near.
const maxDepth = 50

// written reports whether a text is one JSON value as it is written: without spaces between its parts, and with what
// HTML or JavaScript would trip over escaped. It may say no to what is unusual.
func written(text []byte) bool {
	rest, ok := value(text, maxDepth)
	return ok && len(rest) == 0
}

// value skips a value. Like what it calls it returns what is behind it, and false where there is no such thing.
func value(text []byte, depth int) (rest []byte, ok bool) {
	if len(text) == 0 || depth == 0 {
		return nil, false
	}
	switch text[0] {
	case '"':
		return quoted(text)
	case '{':
		return list(text, '}', func(text []byte) ([]byte, bool) {
			rest, ok := quoted(text)
			if !ok || len(rest) == 0 || rest[0] != ':' {
				return nil, false
			}
			return value(rest[1:], depth-1)
		})
	case '[':
		return list(text, ']', func(text []byte) ([]byte, bool) { return value(text, depth-1) })
	case 't':
		return bytes.CutPrefix(text, []byte("true"))
	case 'f':
		return bytes.CutPrefix(text, []byte("false"))
	case 'n':
		return bytes.CutPrefix(text, []byte("null"))
	}
	return digits(text)
}

// list skips what stands between two brackets, each part by the function given.
func list(text []byte, last byte, part func([]byte) ([]byte, bool)) (rest []byte, ok bool) {
	if len(text) > 1 && text[1] == last {
		return text[2:], true
	}
	for rest = text; ; {
		if rest, ok = part(rest[1:]); !ok || len(rest) == 0 {
			return nil, false
		}
		if rest[0] == last {
			return rest[1:], true
		}
		if rest[0] != ',' {
			return nil, false
		}
	}
}

// quoted skips a string.
func quoted(text []byte) (rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '"' {
		return nil, false
	}
	for i := 1; i < len(text); i++ {
		switch b := text[i]; {
		case b == '"':
			return text[i+1:], true
		case b == '\\':
			n := escape(text[i+1:])
			if n == 0 {
				return nil, false
			}
			i += n
		case b < ' ', b == '<', b == '>', b == '&':
			return nil, false
		case b == 0xE2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]&^1 == 0xA8: // U+2028, U+2029
			return nil, false
		}
	}
	return nil, false
}

// escape returns the length of what may stand behind a backslash, 0 where it may not.
func escape(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	if text[0] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, text[0]) < 0 {
			return 0
		}
		return 1
	}
	const length = len("u2028")
	if len(text) < length {
		return 0
	}
	for _, b := range text[1:length] {
		if strings.IndexByte("0123456789abcdefABCDEF", b) < 0 {
			return 0
		}
	}
	return length
}

// digits skips a whole number. Snapback writes no others.
func digits(text []byte) (rest []byte, ok bool) {
	rest = bytes.TrimPrefix(text, []byte("-"))
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	return rest[n:], n == 1 || n > 1 && rest[0] != '0'
}
