package restore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// chain seals a log of one event for each sample body.
func chain(t *testing.T) []Event {
	t.Helper()
	var head Head
	var log []Event
	for i, b := range sampleBodies() {
		salt := bytes.Repeat([]byte{byte(i + 1)}, saltSize)
		d := Draft{Subject: testSubject, N: uint64(i + 1), At: noon.Add(time.Duration(i) * time.Second), By: ByBot, Body: b}
		e, err := Seal(head, d, testInstallation, salt)
		if err != nil {
			t.Fatal(err)
		}
		log, head = append(log, e), e.Head()
	}
	return log
}

// walk verifies a log from its beginning and returns the first error.
func walk(log []Event) error {
	var head Head
	for _, e := range log {
		if err := e.Verify(head); err != nil {
			return err
		}
		head = e.Head()
	}
	return nil
}

// TestSealGolden fixes the bytes of an event: logs that exist must go on to verify.
func TestSealGolden(t *testing.T) {
	head := Head{Seq: 41, Hash: "aa", At: noon}
	salt := []byte("sixteen bytes!!!")
	at := time.Date(2026, 11, 20, 14, 5, 0, 123456789, time.FixedZone("", 3600))
	e, err := Seal(head, Draft{"R-17", 3, at, "T1/U0ALICE", BodyWaiting{Wait: Wait{Code: WaitClock, Since: noon, Tries: 1}}}, "inst-1", salt)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"wait":{"code":"clock","since":"2026-11-20T12:00:00Z","tries":1}}`
	commit := sha256.Sum256([]byte("sixteen bytes!!!" + body))
	raw := []byte("e1")
	for _, f := range []string{
		"1", "42", "R-17", "3", "waiting", "2026-11-20T13:05:00.123456789Z", "T1/U0ALICE", "inst-1", "1",
		hex.EncodeToString(commit[:]), "aa",
	} {
		raw = binary.BigEndian.AppendUint32(raw, uint32(len(f)))
		raw = append(raw, f...)
	}
	sum := sha256.Sum256(raw)
	want := Event{
		Format: "1", Seq: 42, Subject: "R-17", N: 3, Kind: "waiting", At: at.UTC(), By: "T1/U0ALICE", Installation: "inst-1",
		Version: 1, Commit: hex.EncodeToString(commit[:]), Salt: salt, Body: json.RawMessage(body), Prev: "aa",
		Hash: hex.EncodeToString(sum[:]),
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("event is %+v\nwant %+v", e, want)
	}
	if golden := "881578c5320a0b7bb16bbe6b5f07e2ced8cd59b04452f3135026a6194d2bb002"; e.Commit != golden {
		t.Errorf("commitment is %s, want %s", e.Commit, golden)
	}
	if golden := "bd8088456ddb54a20531b7b7acd61169b573c2f3276bdfc60fb7bec95f43ca8c"; e.Hash != golden {
		t.Errorf("hash is %s, want %s", e.Hash, golden)
	}
}

// TestEventOnTheWire fixes the names under which an event is stored and exported.
func TestEventOnTheWire(t *testing.T) {
	e := chain(t)[1]
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("at body by commit format hash installation kind n prev salt seq subject version")
	if got := slices.Sorted(maps.Keys(fields)); !slices.Equal(got, want) {
		t.Errorf("stored are %v, want %v", got, want)
	}
	var back Event
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("read %+v, %v; wrote %+v", back, err, e)
	}
}

// TestChainOnTheWire verifies a log that was written and read: the stored bytes are those that were hashed.
func TestChainOnTheWire(t *testing.T) {
	var log []Event
	for _, e := range chain(t) {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back Event
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		log = append(log, back)
	}
	if err := walk(log); err != nil {
		t.Error(err)
	}
}

// TestVerifyDetects alters each field of an event in the middle of a log, found by reflection.
func TestVerifyDetects(t *testing.T) {
	typ := reflect.TypeFor[Event]()
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		t.Run(name, func(t *testing.T) {
			log := chain(t)
			f := reflect.ValueOf(&log[4]).Elem().Field(i)
			switch x := f.Addr().Interface().(type) {
			case *[]byte:
				*x = bytes.Repeat([]byte{7}, saltSize)
			case *json.RawMessage:
				*x = json.RawMessage(strings.Replace(string(*x), "snapshot", "snapshop", 1))
			default:
				alter(t, name, f)
			}
			if err := walk(log); !errors.Is(err, ErrChain) {
				t.Errorf("an altered field gives %v", err)
			}
		})
	}
}

// TestVerifyDetectsResealing alters an event and makes its own hash fit: the next one tells.
func TestVerifyDetectsResealing(t *testing.T) {
	log := chain(t)
	log[4].By = "T1/U0SOMEBODY"
	log[4].Hash = log[4].digest()
	if err := log[4].Verify(log[3].Head()); err != nil {
		t.Fatalf("alone: %v", err)
	}
	if err := walk(log); !errors.Is(err, ErrChain) {
		t.Errorf("in its log: %v", err)
	}
}

// TestVerifyDetectsLogs alters logs as a whole.
func TestVerifyDetectsLogs(t *testing.T) {
	tests := map[string]func(log []Event) []Event{
		"an event deleted":      func(log []Event) []Event { return slices.Delete(log, 4, 5) },
		"the first deleted":     func(log []Event) []Event { return log[1:] },
		"an event twice":        func(log []Event) []Event { return slices.Insert(log, 4, log[4]) },
		"an event put in":       func(log []Event) []Event { return slices.Insert(log, 4, log[7]) },
		"two events swapped":    func(log []Event) []Event { log[4], log[5] = log[5], log[4]; return log },
		"contents swapped":      func(log []Event) []Event { log[4].Body, log[5].Body = log[5].Body, log[4].Body; return log },
		"two events renumbered": func(log []Event) []Event { log[4].Seq, log[5].Seq = log[5].Seq, log[4].Seq; return log },
		"backwards":             func(log []Event) []Event { slices.Reverse(log); return log },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			if err := walk(change(chain(t))); !errors.Is(err, ErrChain) {
				t.Errorf("the log gives %v", err)
			}
		})
	}
	if err := walk(chain(t)); err != nil {
		t.Errorf("the log as it was written gives %v", err)
	}
	tail := chain(t)
	if cut := tail[:10]; walk(cut) != nil || cut[9].Head() == tail[len(tail)-1].Head() {
		t.Error("a log without its tail has to verify, and to end in another head")
	}
}

// TestErase drops what people wrote and keeps the proof that it was there.
func TestErase(t *testing.T) {
	tests := map[string]struct {
		erase func(e *Event)
		ok    bool
	}{
		"nothing":             {func(*Event) {}, true},
		"salt and body":       {func(e *Event) { e.Salt, e.Body = nil, nil }, true},
		"body only":           {func(e *Event) { e.Body = nil }, false},
		"salt only":           {func(e *Event) { e.Salt = nil }, false},
		"empty, not nil":      {func(e *Event) { e.Salt, e.Body = []byte{}, json.RawMessage{} }, true},
		"the commitment, too": {func(e *Event) { e.Salt, e.Body, e.Commit = nil, nil, "" }, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			log := chain(t)
			for i := range log {
				tt.erase(&log[i])
			}
			err := walk(log)
			if tt.ok && err != nil || !tt.ok && !errors.Is(err, ErrChain) {
				t.Errorf("the log gives %v", err)
			}
		})
	}
	e := chain(t)[0]
	e.Salt, e.Body = nil, nil
	if body, err := e.Decode(); body != nil || err != nil {
		t.Errorf("an erased event says %v, %v", body, err)
	}
}

// TestCommitmentIsSalted checks that two equal contents cannot be told from their commitments.
func TestCommitmentIsSalted(t *testing.T) {
	d := Draft{Subject: testSubject, N: 1, At: noon, By: ByBot, Body: BodyCanceled{Cause: CancelRequester}}
	seen := make(map[string]bool)
	for i := range byte(5) {
		e, err := Seal(Head{}, d, testInstallation, bytes.Repeat([]byte{i}, saltSize))
		if err != nil {
			t.Fatal(err)
		}
		plain := sha256.Sum256(e.Body)
		if seen[e.Commit] || e.Commit == hex.EncodeToString(plain[:]) {
			t.Errorf("salt %d gives the commitment %s", i, e.Commit)
		}
		seen[e.Commit] = true
	}
	for _, size := range []int{0, 15, 17} {
		if _, err := Seal(Head{}, d, testInstallation, make([]byte, size)); err == nil {
			t.Errorf("a salt of %d bytes was taken", size)
		}
	}
}

// TestTimeNeverDecreases sets the clock back under a log.
func TestTimeNeverDecreases(t *testing.T) {
	tests := map[string]struct {
		at   time.Time
		want time.Time
	}{
		"an hour back":  {noon.Add(-time.Hour), noon},
		"a moment back": {noon.Add(-1), noon},
		"the same":      {noon, noon},
		"on":            {noon.Add(time.Second), noon.Add(time.Second)},
		"another zone":  {noon.Add(time.Second).In(time.FixedZone("", -7200)), noon.Add(time.Second)},
		"no clock":      {time.Time{}, noon},
	}
	first, err := Seal(Head{}, Draft{testSubject, 1, noon, ByBot, BodyFiled{}}, testInstallation, make([]byte, saltSize))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, err := Seal(first.Head(), Draft{testSubject, 2, tt.at, ByBot, BodyCanceled{}}, testInstallation, make([]byte, saltSize))
			if err != nil || !e.At.Equal(tt.want) || e.At.Location() != time.UTC {
				t.Errorf("at %v, %v; want %v", e.At, err, tt.want)
			}
			if err := e.Verify(first.Head()); err != nil {
				t.Error(err)
			}
			e.At = noon.Add(-time.Second)
			e.Hash = e.digest()
			if err := e.Verify(first.Head()); !errors.Is(err, ErrChain) {
				t.Errorf("an older event gives %v", err)
			}
		})
	}
}

// TestDigestIsNotAmbiguous moves text from one field into the next.
func TestDigestIsNotAmbiguous(t *testing.T) {
	a, b := Event{By: "ab", Installation: "c"}, Event{By: "a", Installation: "bc"}
	if a.digest() == b.digest() {
		t.Error("two events have one hash")
	}
}
