package doctor_test

import (
	"crypto/tls"
	"errors"
	"os"
	"testing"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeproxy"
	"snapback/internal/sandbox/fakeslack"
)

// signed returns a certificate for this machine, and the file of what trusts it.
func signed(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	cert, ca, err := fakeproxy.Certificate("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/ca.pem"
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return cert, file
}

// TestDoctorKnowsTheNetwork has the way to each server blocked: no name, a certificate that nobody trusts or that has ended, and
// no answer at all, for which nothing waits longer than a few minutes.
func TestDoctorKnowsTheNetwork(t *testing.T) {
	t.Parallel()
	unknown := func(name string) func(*ward) {
		return func(w *ward) { w.ways[name] = rest.Dial(nameless) }
	}
	shows := func(name string, trusted bool, later time.Duration) func(*ward) {
		return func(w *ward) {
			cert, ca := signed(t)
			if w.shown[name] = cert; trusted {
				w.ca = ca
			}
			time.Sleep(later)
		}
	}
	for name, tt := range map[string]struct {
		spoil func(*ward)
		says  []string // nil: nothing is wrong
	}{
		"Slack, no name":                  {unknown("slack"), []string{"slack bot token: The name of 127.0.0.1 cannot be found (lookup om.example.net: no such host).", "name servers"}},
		"Slack, a private authority":      {shows("slack", false, 0), []string{"slack bot token: The certificate that is shown at 127.0.0.1 is not trusted", "SSL_CERT_FILE"}},
		"Slack, an ended certificate":     {shows("slack", false, 2*time.Hour), []string{"slack bot token: The certificate that is shown at 127.0.0.1 has ended", "certificate has expired", "renewed"}},
		"a backend, no name":              {unknown("om"), []string{"backend om: Its name cannot be found", "no such host", "name servers"}},
		"Atlas, no name":                  {unknown("atlas"), []string{"backend atlas: Its name cannot be found", "no such host", "name servers"}},
		"a backend, a private authority":  {shows("om", false, 0), []string{"backend om: The certificate that it shows is not trusted", "ca_file"}},
		"a backend, one that is named":    {shows("om", true, 0), nil},
		"a backend, an ended certificate": {shows("om", true, 2*time.Hour), []string{"backend om: The certificate that it shows has ended", "certificate has expired", "the clock of this machine"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out := admit(t, nil, tt.spoil)
			if tt.says == nil {
				verdict{unseen: "the authority is named"}.check(t, status, out)
				return
			}
			verdict{says: tt.says}.check(t, status, out)
		})
	}
}

// TestDoctorDoesNotWaitForEver has every server hang: the doctor names each and comes to an end.
func TestDoctorDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	var took time.Duration
	status, out := admit(t, nil, func(w *ward) {
		err := errors.Join(
			w.manager.Inject(fakeopsmanager.Fault{Kind: fakeopsmanager.Hang, Times: fakeopsmanager.Always}),
			w.atlas.Inject(fakeatlas.Fault{Kind: fakeatlas.Hang, Times: fakeatlas.Always}))
		if err != nil {
			t.Fatal(err)
		}
		w.slack.Inject(fakeslack.Fault{Method: "*", Delay: time.Hour})
		w.took = &took
	})
	for _, about := range []string{"slack bot token: Slack does not answer in time", "backend om: It does not answer in time", "backend atlas: It does not answer in time"} {
		verdict{says: []string{about}}.check(t, status, out)
	}
	if took > 5*time.Minute {
		t.Errorf("it took %s", took)
	}
}

// TestDoctorInOddProjects has projects of which little can be tried: those with only Flex clusters, or with none that runs.
func TestDoctorInOddProjects(t *testing.T) {
	t.Parallel()
	reports := func(change func(*fakeatlas.Cluster)) func(*ward) {
		return func(w *ward) {
			for i := range w.theirs.Clusters {
				if c := &w.theirs.Clusters[i]; c.Name == "reports-prod" {
					change(c)
				}
			}
		}
	}
	for name, tt := range map[string]struct {
		before func(*ward)
		verdict
	}{
		"only a paused one": {
			reports(func(c *fakeatlas.Cluster) { c.Paused = true }),
			verdict{warns: true, says: []string{"backend atlas: In project Analytics snapshots and jobs can be read, but all of its clusters are paused", "Resume"}},
		},
		"only a Flex one": {
			reports(func(c *fakeatlas.Cluster) { c.Type, c.PIT = fakeatlas.TypeFlex, false }),
			verdict{unseen: "it is in order"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out := admit(t, tt.before, nil)
			tt.check(t, status, out)
			if flex := has(out, []string{"In project Analytics snapshots and jobs of Flex clusters can be read; it has no others."}); flex != (name == "only a Flex one") {
				t.Errorf("it says\n%s", out)
			}
		})
	}
}
