package restore

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Plan is a spec resolved against the live system: what exactly would be submitted. People approve one revision
// of it, and exactly that is sent.
type Plan struct {
	Revision     int         `json:"revision"` // from 1
	Hash         string      `json:"hash"`     // see [Plan.Seal]
	Made         time.Time   `json:"made"`
	BackendKind  BackendKind `json:"backend_kind"`
	Spec         Spec        `json:"spec"`
	Snapshot     Snapshot    `json:"snapshot"`
	ExpectedJobs int         `json:"expected_jobs"` // 0: nobody knows
	Guard        string      `json:"guard"`         // "off": no snapshot of the target is taken first
	Start        time.Time   `json:"start,omitzero"`
	PolicyDigest string      `json:"policy_digest"`
	Findings     []Finding   `json:"findings,omitempty"` // not hashed
	Backing      Backing     `json:"backing,omitzero"`   // of the target; not hashed
}

// GuardOff is the only guard mode so far.
const GuardOff = "off"

type field struct{ name, value string }

// The fields that are left out where they are empty: plans from before they were known have no such fields.
const (
	targetKeys       = "target keys"
	namespaceTargets = "namespace targets"
	writeStrategy    = "write strategy"
	indexStrategy    = "index strategy"
)

func (f field) optional() bool {
	return slices.Contains([]string{targetKeys, namespaceTargets, writeStrategy, indexStrategy}, f.name)
}

// Seal sets the plan's hash. It covers, in this order and each behind its length, what the approval is about; it
// leaves out what may drift without changing the restore (sizes, findings, display names of projects).
func (p *Plan) Seal(installation, nonce string) {
	sum := sha256.New()
	for _, f := range p.fields(installation, nonce) {
		if f.optional() && f.value == "" {
			continue
		}
		sum.Write(appendField(nil, f.name))
		sum.Write(appendField(nil, f.value))
	}
	p.Hash = "p1:" + hex.EncodeToString(sum.Sum(nil))
}

func (p *Plan) fields(installation, nonce string) []field {
	s, d := p.Spec, p.Spec.Delivery
	start := ""
	if !p.Start.IsZero() {
		start = p.Start.UTC().Format(time.RFC3339Nano)
	}
	return []field{
		{"installation", installation},
		{"nonce", nonce},
		{"revision", strconv.Itoa(p.Revision)},
		{"backend", string(p.BackendKind)},
		{"origin", s.Source.Origin},
		{"source project", s.Source.ProjectID},
		{"source cluster", s.Source.ID},
		{"point", string(s.Point.Kind)},
		{"snapshot", s.Point.SnapshotID},
		{"checkpoint", s.Point.CheckpointID},
		{"oplog", strconv.FormatInt(s.Point.Seconds, 10) + "." + strconv.FormatInt(s.Point.Increment, 10)},
		{"milliseconds", strconv.FormatInt(s.Point.Millis, 10)},
		{"inclusive", strconv.FormatBool(s.Point.Inclusive())},
		{"scope", string(s.Scope.Kind)},
		{"namespaces", joined(s.Scope.sources())},
		{namespaceTargets, s.Scope.pairs()},
		{writeStrategy, string(s.Scope.Write)},
		{indexStrategy, string(s.Scope.Indexes)},
		{"delivery", string(d.Kind)},
		{"target origin", d.Target.Origin},
		{"target project", d.Target.ProjectID},
		{"target cluster", d.Target.ID},
		{"target name", d.Target.Name},
		{"hours", strconv.Itoa(d.Hours)},
		{"downloads", strconv.Itoa(d.MaxDownloads)},
		{"expected jobs", strconv.Itoa(p.ExpectedJobs)},
		{"source type", string(s.Source.Type)},
		{"source shards", strconv.Itoa(len(s.Source.Shards))},
		{"target type", string(d.Target.Type)},
		{"target shards", strconv.Itoa(len(d.Target.Shards))},
		{"compatibility version", p.Snapshot.FCV},
		{"target version", versionMajors(d.Target.Versions)},
		{"encrypted", strconv.FormatBool(p.Snapshot.Encrypted)},
		{targetKeys, string(d.Target.Keys)},
		{"guard", p.Guard},
		{"start", start},
		{"policy", p.PolicyDigest},
	}
}

// joined returns names sorted, each behind its length, so that no two lists give the same text.
func joined(names []string) string {
	var out strings.Builder
	for _, n := range slices.Sorted(slices.Values(names)) {
		out.WriteString(strconv.Itoa(len(n)) + ":" + n)
	}
	return out.String()
}

// Changed names the hashed fields in which two plans of one request differ, the revision aside.
func (p *Plan) Changed(o *Plan) []string {
	var out []string
	theirs := o.fields("", "")
	for i, f := range p.fields("", "") {
		if f.name != "revision" && f.value != theirs[i].value {
			out = append(out, f.name)
		}
	}
	return out
}

// versionMajors returns the distinct "major.minor" parts of versions, sorted.
func versionMajors(versions []string) string {
	var majors []string
	for _, v := range versions {
		if parts := strings.SplitN(v, ".", 3); len(parts) >= 2 {
			majors = append(majors, parts[0]+"."+parts[1])
		}
	}
	slices.Sort(majors)
	return strings.Join(slices.Compact(majors), ",")
}
