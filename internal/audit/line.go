package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"snapback/internal/restore"
)

// decode reads an event and checks its hash and content. It accepts the one form in which an event is written only:
// what a lenient reader would take for the same was not written by Snapback.
func decode(line []byte) (restore.Event, error) {
	e, ok := quick(line)
	if !ok {
		var err error
		if e, err = slow(line); err != nil {
			return e, err
		}
	}
	return e, e.Intact()
}

// slow reads any event, and writes it again to see that this is its form.
func slow(line []byte) (restore.Event, error) {
	var e restore.Event
	if err := json.Unmarshal(line, &e); err != nil {
		return e, fmt.Errorf("a line that is no event: %w: %w", restore.ErrChain, err)
	}
	again, err := json.Marshal(e)
	if err != nil || !bytes.Equal(again, line) {
		return e, fmt.Errorf("event %d is written otherwise than Snapback does: %w", e.Seq, restore.ErrChain)
	}
	return e, nil
}

// hexHash is the length of a hash as text.
const hexHash = 64

// quick reads an event that has nothing to escape outside its body, which is nearly all of them, many times faster than
// slow. It accepts nothing that slow does not; what it does not accept is for slow to judge.
func quick(line []byte) (restore.Event, bool) {
	s := scan{rest: string(line), ok: true}
	var e restore.Event
	s.skip("{")
	e.Format = s.text(`"format":"`)
	e.Seq = s.number(`,"seq":`)
	e.Subject = restore.Subject(s.text(`,"subject":"`))
	e.N = s.number(`,"n":`)
	e.Kind = restore.Kind(s.text(`,"kind":"`))
	e.At = s.instant(`,"at":"`)
	if s.has(`,"by":"`) {
		e.By = s.filled(`,"by":"`)
	}
	e.Installation = s.text(`,"installation":"`)
	version := s.number(`,"version":`)
	e.Version = int(version) //nolint:gosec // compared below
	e.Commit = s.text(`,"commit":"`)
	if s.has(`,"salt":"`) {
		e.Salt = s.bytes(`,"salt":"`)
	}
	if s.has(`,"body":`) {
		e.Body = s.body(`,"body":`)
	}
	e.Prev = s.text(`,"prev":"`)
	e.Hash = s.text(`,"hash":"`)
	s.skip("}")
	return e, s.ok && s.rest == "" && e.Version >= 0 && uint64(e.Version) == version
}

// scan reads a line from its beginning, as long as it is plain.
type scan struct {
	rest string
	ok   bool
}

func (s *scan) has(key string) bool { return strings.HasPrefix(s.rest, key) }

func (s *scan) skip(key string) {
	rest, found := strings.CutPrefix(s.rest, key)
	s.rest, s.ok = rest, s.ok && found
}

// text reads a string that is its own form in JSON.
func (s *scan) text(key string) string {
	s.skip(key)
	end := strings.IndexByte(s.rest, '"')
	if end < 0 {
		s.ok = false
		return ""
	}
	value := s.rest[:end]
	for i := range len(value) {
		if b := value[i]; b < ' ' || b > '~' || b == '\\' || b == '<' || b == '>' || b == '&' {
			s.ok = false
		}
	}
	s.rest = s.rest[end+1:]
	return value
}

// filled reads a string that is left out where it is empty.
func (s *scan) filled(key string) string {
	value := s.text(key)
	s.ok = s.ok && value != ""
	return value
}

func (s *scan) number(key string) uint64 {
	s.skip(key)
	end := 0
	for end < len(s.rest) && s.rest[end] >= '0' && s.rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(s.rest[:end], 10, 64)
	s.ok = s.ok && err == nil && (s.rest[0] != '0' || end == 1)
	s.rest = s.rest[end:]
	return n
}

func (s *scan) instant(key string) time.Time {
	text := s.text(key)
	at, err := time.Parse(time.RFC3339Nano, text)
	var again [len(time.RFC3339Nano)]byte
	s.ok = s.ok && err == nil && strings.HasSuffix(text, "Z") && string(at.AppendFormat(again[:0], time.RFC3339Nano)) == text
	return at
}

func (s *scan) bytes(key string) []byte {
	text := s.filled(key)
	value, err := base64.StdEncoding.Strict().DecodeString(text)
	s.ok = s.ok && err == nil
	return value
}

// body reads what is in front of the last two fields, whose lengths are known.
func (s *scan) body(key string) json.RawMessage {
	s.skip(key)
	const last = len(`,"prev":"","hash":""}`) + hexHash
	end := len(s.rest) - last - hexHash
	if end < 0 || !strings.HasPrefix(s.rest[end:], `,"prev":"`) {
		end = len(s.rest) - last // the first event has none before it
	}
	if end <= 0 {
		s.ok = false
		return nil
	}
	value := []byte(s.rest[:end])
	s.ok = s.ok && written(value)
	s.rest = s.rest[end:]
	return value
}
