package config

import (
	"crypto/x509"
	"strings"
	"time"

	"snapback/internal/restore"
	"snapback/internal/secret"
)

// Backend is one MongoDB management API and the key to it.
type Backend struct {
	Name         string
	Kind         restore.BackendKind
	URL          string // as written, or that of Cloud Manager and Atlas; no user, no query
	CAFile       string // certificates to trust instead of the system's; empty: none
	InsecureHTTP bool   // http beyond this machine was allowed
	PublicKey    secret.Ref
	PrivateKey   secret.Ref
	Account      bool // a service account stands in for the keys
	ClientID     secret.Ref
	ClientSecret secret.Ref
	TokenURL     string   // where the service account gets its tokens
	Projects     []string // ids or names; empty: all that the key can see
	Poll         time.Duration
}

// cloudURL is where Cloud Manager and Atlas are (Create One Restore Job for One Cluster, Get All Cloud Backup Restore Jobs, base
// URL).
const cloudURL = "https://cloud.mongodb.com"

func (f field) backends() []Backend {
	items := f.filledList()
	out := make([]Backend, 0, len(items))
	seen := map[string]int{}
	for _, item := range items {
		out = append(out, item.backend(seen))
	}
	return out
}

func (f field) backend(seen map[string]int) Backend {
	b := Backend{Poll: 15 * time.Second}
	o, ok := f.object("name", "kind", "url", "ca_file", "insecure_http", "public_key", "public_key_file",
		"private_key", "private_key_file", "client_id", "client_id_file", "client_secret", "client_secret_file", "token_url",
		"projects", "poll")
	if !ok {
		return b
	}
	if f, ok := o.need("name"); ok {
		b.Name = f.backendName(seen)
	}
	if f, ok := o.need("kind"); ok {
		b.Kind = f.backendKind()
	}
	if f.d.rehearsal {
		b.Account = b.Kind != restore.OpsManager && o.aboutAccount().present()
	} else {
		o.reach(&b)
	}
	b.Projects = o.get("projects").projects()
	if f := o.get("poll"); f.present() {
		b.Poll = f.duration(maxTiming)
	}
	return b
}

// reach reads where a backend is and what opens it.
func (o object) reach(b *Backend) {
	if f := o.get("insecure_http"); f.present() {
		b.InsecureHTTP = f.flag()
	}
	if f := o.get("url"); f.present() {
		b.URL = f.backendURL(b.InsecureHTTP)
	} else if b.Kind == restore.CloudManager || b.Kind == restore.Atlas {
		b.URL = cloudURL
	} else {
		o.missing("url", "")
	}
	if f := o.get("ca_file"); f.present() {
		b.CAFile = f.caFile()
	}
	if !o.account(b) {
		b.PublicKey = o.secret("public_key", "")
		b.PrivateKey = o.secret("private_key", "")
	}
	o.checkTransport(b)
}

// tokenPath is where Cloud Manager and Atlas give out tokens, beside their APIs.
const tokenPath = "/api/oauth/token" //nolint:gosec // a path, no token

// aboutAccount returns the first word of a service account, if there is any.
func (o object) aboutAccount() field {
	first := field{}
	for _, key := range []string{"token_url", "client_secret_file", "client_secret", "client_id_file", "client_id"} {
		if f := o.get(key); f.present() {
			first = f
		}
	}
	return first
}

// account reads a service account, if there is any word of one: the keys have no place beside it.
func (o object) account(b *Backend) bool {
	first := o.aboutAccount()
	if !first.present() {
		return false
	}
	if b.Kind == restore.OpsManager {
		first.problemf("service accounts are Cloud Manager's and Atlas's; Ops Manager has public_key and private_key")
		return false
	}
	for _, key := range []string{"public_key", "public_key_file", "private_key", "private_key_file"} {
		if f := o.get(key); f.present() {
			f.problemf("give a service account (client_id, client_secret) or a pair of keys, not both")
		}
	}
	b.Account = true
	b.ClientID = o.secret("client_id", "")
	b.ClientSecret = o.secret("client_secret", "")
	if f := o.get("token_url"); f.present() {
		b.TokenURL = f.tokenURL(b.InsecureHTTP)
	} else if u, complaint := parseURL(b.URL); complaint == "" {
		b.TokenURL = u.Scheme + "://" + u.Host + tokenPath
	}
	return true
}

// tokenURL reads the whole address of a token endpoint. The client secret goes there.
func (f field) tokenURL(insecure bool) string {
	text, ok := f.text()
	if !ok {
		return ""
	}
	u, complaint := parseURL(text)
	switch {
	case complaint != "":
		f.problemf("%s", complaint)
	case u.Scheme != "https" && !loopback(u) && !insecure:
		f.problemf("must begin with https://; insecure_http: true allows http")
	}
	return text
}

func (f field) backendName(seen map[string]int) string {
	name, ok := f.name()
	if !ok || !f.unique(name, seen) {
		return name
	}
	if strings.Contains(name, "/") {
		f.problemf("must not contain a slash, which parts backend, project and cluster")
	}
	return name
}

func (f field) backendKind() restore.BackendKind {
	kind, _ := f.choice(string(restore.OpsManager), string(restore.CloudManager), string(restore.Atlas))
	return restore.BackendKind(kind)
}

func (f field) backendURL(insecure bool) string {
	text, ok := f.text()
	if !ok {
		return ""
	}
	u, complaint := parseURL(text)
	switch {
	case complaint != "":
		f.problemf("%s", complaint)
	case strings.Contains(u.Path, "/api/public"):
		f.problemf("want the address itself, without /api/public and what follows")
	case strings.Contains(u.Path, "/api/atlas"):
		f.problemf("want the address itself, without /api/atlas and what follows")
	case u.Scheme == "https" || loopback(u):
	case !insecure:
		f.problemf("must begin with https://; insecure_http: true allows http")
	default:
		f.warnf("http without TLS: whoever can read the network sees all that is sent, download links included")
	}
	return text
}

// caFile checks that there is a certificate, so that a wrong file is found now and not at the first request.
func (f field) caFile() string {
	path, ok := f.text()
	if !ok {
		return ""
	}
	raw, err := f.d.readFile(path)
	switch {
	case err != nil:
		f.unreadable(err)
	case !x509.NewCertPool().AppendCertsFromPEM(raw):
		f.problemf("the file holds no PEM certificate")
	}
	return path
}

func (f field) projects() []string {
	if !f.present() {
		return nil
	}
	items, _ := f.list()
	seen := map[string]int{}
	var out []string
	for _, item := range items {
		if text, ok := item.text(); ok && item.unique(text, seen) {
			out = append(out, text)
		}
	}
	return out
}
