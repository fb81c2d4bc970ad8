package restore

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// unfit says that a target runs a version that cannot open the data. The data has the compatibility version of its
// snapshot, or where that is not told, the version of the server that wrote it. A server opens data of its own release and
// of the one before (manual, setFeatureCompatibilityVersion). What a backend does not tell stands against nothing.
func unfit(target Cluster, s Snapshot) *Finding {
	data := cmp.Or(s.FCV, s.Version)
	for _, runs := range target.Versions { // several in the middle of an upgrade: each has to open it
		f := &Finding{Level: LevelRefuse, Name: data, Cluster: target.Path(), Near: []string{runs}}
		needs, offers := release(data), release(runs)
		switch {
		case needs.major == 0 || offers.major == 0:
		case offers.compare(needs) < 0:
			f.Code = FindVersionOlder
			return f
		case offers.step()-needs.step() > 1:
			f.Code = FindVersionNewer
			return f
		}
	}
	return nil
}

// number is the first two places of a version of MongoDB; 0.0 where they cannot be read.
type number struct{ major, minor int }

func release(version string) number {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return number{}
	}
	major, errMajor := strconv.Atoi(parts[0])
	minor, errMinor := strconv.Atoi(parts[1])
	if errMajor != nil || errMinor != nil {
		return number{}
	}
	return number{major, minor}
}

func (n number) compare(o number) int {
	return cmp.Or(cmp.Compare(n.major, o.major), cmp.Compare(n.minor, o.minor))
}

// step counts the releases up to which data is carried on, one after the other: 3.4, 3.6, 4.0, 4.2, 4.4, 5.0, 6.0 and on. The
// minor ones from 5 on do not count: they open what their major release opens.
func (n number) step() int {
	if n.major >= 5 {
		return n.major
	}
	early := []number{{4, 4}, {4, 2}, {4, 0}, {3, 6}, {3, 4}}
	if i := slices.IndexFunc(early, func(e number) bool { return n.compare(e) >= 0 }); i >= 0 {
		return 4 - i
	}
	return 4 - len(early)
}

// encryption compares how the data of a snapshot and its target are encrypted at rest. A snapshot tells of its key only if
// that is one of AWS (Return All Replica Set Cloud Backups, masterKeyUUID), so one without may have a key of another
// provider.
func encryption(source, target Cluster, s Snapshot) *Finding {
	f := &Finding{Code: FindKeyMismatch, Level: LevelRefuse, Name: source.Path(), Cluster: target.Path()}
	switch {
	case s.ID == "" || source.Same(target) && target.Keys == KeysUntold:
		return nil
	case s.Encrypted && target.Keys == KeysNone, !s.Encrypted && target.Keys == KeysAWS:
		return f
	case s.Encrypted && target.Keys == KeysUntold, !s.Encrypted && target.Keys != KeysNone && source.Keys != target.Keys:
		f.Code, f.Level = FindKeysUntold, LevelWarn
		return f
	}
	return nil
}

// aftermath says what becomes of a target. After a restore its stream of writes begins anew, so there are no points in time
// before its next snapshot is complete (Restore Overview of Ops Manager, Restore from Continuous Cloud Backup).
func aftermath(source, target Cluster) []Finding {
	var out []Finding
	add := func(code Code, level Level) {
		out = append(out, Finding{Code: code, Level: level, Cluster: target.Path()})
	}
	if source.Same(target) {
		add(FindInPlace, LevelDanger)
	}
	if target.Filled == Yes {
		add(FindOverwrites, LevelDanger)
	} else {
		add(FindOverwrites, LevelWarn)
	}
	if target.Backup == No {
		add(FindUnprotected, LevelWarn)
	}
	if target.PIT == Yes {
		add(FindGap, LevelDanger)
	}
	return out
}
