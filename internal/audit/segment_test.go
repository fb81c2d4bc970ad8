package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

// moved returns a log of one request whose events, but for some, are said to be in a segment.
func moved(t *testing.T, segment restore.Segment, reason string) (lines [][]byte, events []restore.Event) {
	t.Helper()
	var head restore.Head
	for _, d := range []restore.Draft{
		{Subject: "R-1", N: 1, Body: restore.BodyCanceled{Cause: restore.CancelRequester, Reason: reason}},
		{Subject: "R-1", N: 2, Body: restore.BodyCanceled{Cause: restore.CancelRequester, Reason: reason}},
		{Subject: restore.SubjectRetention, N: 1, Body: restore.BodyErased{Dropped: []restore.Subject{"R-1"}, Archive: &segment}},
	} {
		d.At, d.By = noon(), restore.ByBot
		e, err := restore.Seal(head, d, installation, bytes.Repeat([]byte{1}, 16))
		if err != nil {
			t.Fatal(err)
		}
		events, head = append(events, e), e.Head()
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines, events[:2]
}

// TestSegments compares a log with a segment that is whole, but not of this log, or not of all of it.
func TestSegments(t *testing.T) {
	t.Parallel()
	_, own := moved(t, restore.Segment{}, "one")
	_, foreign := moved(t, restore.Segment{}, "other")
	forged := append([]restore.Event(nil), own...)
	forged[1].By = "T1/U0OTHER"
	for name, tt := range map[string]struct {
		events []restore.Event
		want   string // "" for none
	}{
		"its own":         {own, ""},
		"of another log":  {foreign, "events of R-1 differ"},
		"an event less":   {own[:1], "events of R-1 differ"},
		"no event":        {nil, "events of R-1 differ"},
		"an event twice":  {[]restore.Event{own[0], own[1], own[1]}, "events of R-1 differ"},
		"in other order":  {[]restore.Event{own[1], own[0]}, "events of R-1 differ"},
		"a changed event": {forged, "event 2 has another hash"},
	} {
		dir := filepath.Join(t.TempDir(), "archive")
		segment, err := audit.WriteSegment(dir, installation, []audit.Archived{{Request: &restore.Request{Subject: "R-1"}, Events: tt.events}})
		if err != nil {
			t.Fatal(err)
		}
		lines, _ := moved(t, segment, "one")
		_, err = audit.Verify(t.Context(), pages(lines, 2), audit.Question{From: 1, Archive: dir})
		if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, audit.ErrArchive) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if report, err := audit.Verify(t.Context(), pages(lines, 2), audit.Question{From: 1}); err != nil || report.Segments > 0 {
			t.Errorf("%s, without its archive: %+v, %v", name, report, err)
		}
	}
}

// TestSegmentPlace reads no file outside the archive, and leaves nothing behind where it cannot write.
func TestSegmentPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines, _ := moved(t, restore.Segment{File: "../key"}, "one")
	if _, err := audit.Verify(t.Context(), pages(lines, 2), audit.Question{From: 1, Archive: dir}); !errors.Is(err, audit.ErrArchive) {
		t.Errorf("a file elsewhere: %v", err)
	}
	taken := filepath.Join(dir, "archive")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	requests := []audit.Archived{{Request: &restore.Request{Subject: "R-1"}}}
	if _, err := audit.WriteSegment(taken, installation, requests); err == nil || !strings.Contains(err.Error(), "to the archive") {
		t.Errorf("no folder: %v", err)
	}
}
