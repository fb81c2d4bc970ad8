package restore

import (
	"errors"
	"testing"
)

func TestParseRequest(t *testing.T) {
	good := map[string]Subject{
		"R-17": "R-17", "r-17": "R-17", "17": "R-17", " r-17\t": "R-17", "R-1": "R-1",
		"18446744073709551615": "R-18446744073709551615",
	}
	for text, want := range good {
		if got, err := ParseRequest(text); got != want || err != nil {
			t.Errorf("ParseRequest(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "R-", "R-0", "0", "R-017", "017", "-17", "+17", "R--17", "R-R-17", "S-3", "R17", "R-17x", "R-1 7", "R-1.0",
		"R-18446744073709551616", "policy", "R-١٧", "#17",
	} {
		if got, err := ParseRequest(text); got != "" || !errors.Is(err, ErrSubject) {
			t.Errorf("ParseRequest(%q) = %q, %v; want ErrSubject", text, got, err)
		}
	}
}

func TestSubjectNumber(t *testing.T) {
	tests := map[Subject]uint64{
		RequestSubject(17): 17, "R-1": 1, SubjectPolicy: 0, SubjectSystem: 0, "S-3": 0, "": 0, "R-": 0, "R-x": 0, "r-17": 0,
	}
	for s, want := range tests {
		if got := s.Number(); got != want {
			t.Errorf("%q.Number() = %d, want %d", s, got, want)
		}
	}
}

// FuzzParseRequest reads what it wrote.
func FuzzParseRequest(f *testing.F) {
	for _, seed := range []string{"R-17", "r-1", "17", "R-0", "R-017", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseRequest(text)
		if err != nil {
			return
		}
		if s.Number() == 0 || RequestSubject(s.Number()) != s {
			t.Errorf("%q is read as %q", text, s)
		}
		if again, err := ParseRequest(string(s)); again != s || err != nil {
			t.Errorf("%q is read as %q, %v", s, again, err)
		}
	})
}
