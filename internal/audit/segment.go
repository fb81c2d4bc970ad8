package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"snapback/internal/restore"
)

// ErrArchive says that a segment of the archive is missing, or not what the log says of it.
var ErrArchive = errors.New("archive does not verify")

// Archived is a request as a segment of the archive has it: the request on a line of its own, then its events, each
// exactly as the log has it.
type Archived struct {
	Request *restore.Request
	Events  []restore.Event
}

// archivedLine begins a request in a segment.
type archivedLine struct {
	Request *restore.Request `json:"request"`
}

const (
	archiveMode = 0o700
	segmentName = "snapback-%s-%s-to-%s-%s.ndjson" // installation, first and last request, hash
	shortHash   = 12
)

// WriteSegment writes requests of an installation to a file in a folder, which it makes if it is not there, and returns
// what the log is to say of it. The same requests make the same file, under the same name. It is durable on return.
func WriteSegment(dir, installation string, requests []Archived) (restore.Segment, error) {
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for _, a := range requests {
		err := lines.Encode(archivedLine{a.Request})
		for _, e := range a.Events {
			err = errors.Join(err, lines.Encode(e))
		}
		if err != nil {
			return restore.Segment{}, fmt.Errorf("write %s to the archive: %w", a.Request.Subject, err)
		}
	}
	hash := hashOf(text.Bytes())
	first, last := requests[0].Request.Subject, requests[len(requests)-1].Request.Subject
	segment := restore.Segment{
		File: fmt.Sprintf(segmentName, installation[:min(len(installation), shortHash)], first, last, hash[:shortHash]), Hash: hash,
	}
	if err := writeFile(dir, segment.File, text.Bytes()); err != nil {
		return restore.Segment{}, fmt.Errorf("write %s to the archive: %w", segment.File, err)
	}
	return segment, nil
}

// writeFile writes a file that is there whole, or not at all. Only its owner may read it.
func writeFile(dir, name string, text []byte) error {
	if err := os.MkdirAll(dir, archiveMode); err != nil {
		return err
	}
	part, err := os.CreateTemp(dir, "."+name+".*.part")
	if err != nil {
		return err
	}
	_, err = part.Write(text)
	if err == nil {
		err = part.Sync()
	}
	err = errors.Join(err, part.Close())
	if err == nil {
		err = os.Rename(part.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return errors.Join(syncFolder(dir), syncFolder(filepath.Dir(dir)))
}

// syncFolder makes the names in a folder durable. Windows does so by itself, and refuses to be asked.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// trails is, of each subject, a hash over the hashes of its events so far.
type trails map[restore.Subject][sha256.Size]byte

func (t trails) add(e restore.Event) {
	before := t[e.Subject]
	t[e.Subject] = sha256.Sum256(append(before[:], e.Hash...))
}

// checkSegment checks that a segment is what was written, and has all events that the log had of its requests.
func checkSegment(dir string, s restore.Segment, subjects []restore.Subject, known trails) error {
	if filepath.Base(s.File) != s.File {
		return fmt.Errorf("segment %q: %w", s.File, ErrArchive)
	}
	text, err := os.ReadFile(filepath.Join(dir, s.File))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if hashOf(text) != s.Hash {
		return fmt.Errorf("segment %s is another one than was written: %w", s.File, ErrArchive)
	}
	found := make(trails)
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte(`{"request":`)) {
			continue // the hash covers it
		}
		e, err := decode(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			return fmt.Errorf("segment %s: %w: %w", s.File, ErrArchive, err)
		}
		found.add(e)
	}
	for _, subject := range subjects {
		if trail, ok := found[subject]; !ok || trail != known[subject] {
			return fmt.Errorf("segment %s: events of %s differ from those in the log: %w", s.File, subject, ErrArchive)
		}
	}
	return nil
}
