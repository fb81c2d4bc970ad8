package audit_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"snapback/internal/audit"
	"snapback/internal/restore"
)

// alike fails where a line is read in two ways.
func alike(tb testing.TB, line []byte) (quick bool) {
	tb.Helper()
	fast, quick := audit.Quick(line)
	if !quick {
		return false
	}
	if slow, err := audit.Slow(line); err != nil || !reflect.DeepEqual(fast, slow) {
		tb.Fatalf("read as %+v\nand as %+v, %v\n%s", fast, slow, err, line)
	}
	return true
}

// TestQuickReadsWhatSlowReads reads a log quickly, and what has changed in it no otherwise than slowly.
func TestQuickReadsWhatSlowReads(t *testing.T) {
	t.Parallel()
	lines := logOf(t, 30)
	for _, line := range lines {
		if !alike(t, line) {
			t.Errorf("not plain: %s", line)
		}
	}
	d := rand.New(rand.NewPCG(2026, 12))
	accepted := 0
	for _, m := range append(mutatorsOfLines(), mutatorsOfFields()...) {
		for range 150 {
			for _, line := range m.do(d, exhibit{lines: slices.Clone(lines[:3])}).lines {
				if alike(t, line) {
					accepted++
				}
			}
		}
	}
	if accepted < 3_000 {
		t.Errorf("only %d lines were plain", accepted)
	}
}

// TestQuickRefuses has slow judge all that may be written in more than one way.
func TestQuickRefuses(t *testing.T) {
	t.Parallel()
	line := string(logOf(t, 2)[1])
	for _, tt := range []struct{ name, old, with string }{
		{"a space outside the body", `,"kind"`, ` ,"kind"`},
		{"a space inside the body", `{"asked":`, `{ "asked":`},
		{"a tab inside the body", `"nonce":`, "\t\"nonce\":"},
		{"a letter that is escaped", `"kind":"filed"`, `"kind":"\u0066iled"`},
		{"another letter case", `"seq":`, `"Seq":`},
		{"a zero before a number", `"n":1`, `"n":01`},
		{"an exponent", `"n":1`, `"n":1e0`},
		{"a sign", `"version":1`, `"version":-1`},
		{"a large version", `"version":1`, `"version":18446744073709551615`},
		{"a large number", `"seq":2`, `"seq":18446744073709551616`},
		{"another zone", `12:00:01Z","by"`, `12:00:01+00:00","by"`},
		{"a zero of a second", `12:00:01Z","by"`, `12:00:01.0Z","by"`},
		{"a comma of a second", `12:00:01Z","by"`, `12:00:01,5Z","by"`},
		{"an empty author", `"by":"T1/U0ENGINEER"`, `"by":""`},
		{"a bracket", `"by":"T1/U0ENGINEER"`, `"by":"<T1"`},
		{"a closing bracket", `"by":"T1/U0ENGINEER"`, `"by":"T1>"`},
		{"an ampersand", `"by":"T1/U0ENGINEER"`, `"by":"T&1"`},
		{"a letter of two bytes", `"by":"T1/U0ENGINEER"`, `"by":"Ä"`},
		{"half a letter", `"by":"T1/U0ENGINEER"`, "\"by\":\"\xff\""},
		{"no salt", `"salt":"AQEBAQEBAQEBAQEBAQEBAQ=="`, `"salt":""`},
		{"a salt with bits left", `AQ==",`, `AR==",`},
		{"a body that is none", `"origin":{"kind":""}`, `"origin":{"kind":}`},
		{"a bracket in the body", `"source":"orders"`, `"source":"<"`},
		{"a closing bracket in the body", `"source":"orders"`, `"source":">"`},
		{"an ampersand in the body", `"source":"orders"`, `"source":"&"`},
		{"a line separator in the body", `"source":"orders"`, `"source":"` + "\u2028" + `"`},
		{"an escape that is none", `"source":"orders"`, `"source":"\x"`},
		{"half an escape", `"source":"orders"`, `"source":"\u12g4"`},
		{"a string without end", `"nonce":"0011223344556677"`, `"nonce":"0011223344556677`},
		{"a comma too many", `"kind":""}`, `"kind":"",}`},
		{"a colon for a comma", `"kind":""}`, `"kind":"":"a"}`},
		{"a name that is no string", `"kind":""}`, `1:""}`},
		{"a word", `"kind":""}`, `"kind":nul}`},
		{"a zero before a number of the body", `"kind":""}`, `"kind":[1,01]}`},
		{"depth", `"kind":""}`, `"kind":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`},
		{"two bodies", `,"prev"`, `,"body":{},"prev"`},
		{"a body in front", `"salt"`, `"body":{},"salt"`},
		{"something behind", `"}`, `"} `},
		{"another field", `,"prev"`, `,"more":1,"prev"`},
		{"no order", `"format":"1","seq":2`, `"seq":2,"format":"1"`},
	} {
		changed := strings.Replace(line, tt.old, tt.with, 1)
		if tt.name == "something behind" {
			changed = line + " "
		}
		if changed == line {
			t.Errorf("%s: there is no %s", tt.name, tt.old)
		}
		if _, quick := audit.Quick([]byte(changed)); quick {
			t.Errorf("%s is plain: %s", tt.name, changed)
		}
	}
}

// TestSlowReadsTheRest reads events that have something to escape.
func TestSlowReadsTheRest(t *testing.T) {
	t.Parallel()
	var head restore.Head
	var lines [][]byte
	for i, by := range []string{"", "T1/Ärger", `T1/"<&>\`, "T1/\u2028"} {
		body := restore.BodyCanceled{Cause: restore.CancelRequester, Reason: by + "\u2028ü<\x00"}
		d := restore.Draft{Subject: restore.RequestSubject(uint64(i + 1)), N: 1, At: noon(), By: by, Body: body}
		e, err := restore.Seal(head, d, installation, bytes.Repeat([]byte{1}, 16))
		if err != nil {
			t.Fatal(err)
		}
		head = e.Head()
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
		if got := alike(t, line); got != (i == 0) {
			t.Errorf("%q is plain: %v", by, got)
		}
	}
	if report, err := audit.Verify(t.Context(), pages(lines, 2), audit.Question{From: 1}); err != nil || report.Head != head {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestQuickReadsBodies reads all that a body may be made of.
func TestQuickReadsBodies(t *testing.T) {
	t.Parallel()
	line := string(logOf(t, 2)[1])
	for _, body := range []string{
		`{}`, `[]`, `null`, `true`, `[false,null,-1,0,-0,120]`, `{"a":[{},[]],"b":{"c":"\u2028\\\"\n/é"}}`, `""`, `7`,
	} {
		changed := strings.Replace(line, `"body":{"asked"`, `"body":`+body+`{"asked"`, 1)
		changed = changed[:strings.Index(changed, `{"asked"`)] + changed[strings.Index(changed, `,"prev"`):]
		if !alike(t, []byte(changed)) {
			t.Errorf("not plain: %s", changed)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, line := range logOf(f, 12) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) { alike(t, line) })
}
