package page

import (
	"mime"
	"net"
	"net/http"
)

// policy allows the page's own files only, and forbids turning text into elements, frames and forms that leave the page.
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// maxBody bounds what is read of a request. People type at most a few thousand characters.
const maxBody = 1 << 18

// know takes requests for this address. A browser may call loopback by its name as well.
func (p *Page) know(a net.Addr) {
	p.hosts[a.String()] = true
	if _, port, err := net.SplitHostPort(a.String()); err == nil {
		p.hosts[net.JoinHostPort("localhost", port)] = true
	}
}

// guard refuses what does not come from the page itself: requests for another name, which a name server of somebody else
// may have pointed here, and requests that another site has a browser make.
func (p *Page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !p.hosts[r.Host]:
			http.Error(w, "this sandbox has another address", http.StatusMisdirectedRequest)
		case !own(r):
			http.Error(w, "another site may not use this sandbox", http.StatusForbidden)
		case r.Method == http.MethodPost && !isJSON(r):
			http.Error(w, "want application/json", http.StatusUnsupportedMediaType)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			next.ServeHTTP(w, r)
		}
	})
}

// own reports whether a request comes from the page, from the address line or from no browser at all. A link on another
// site may lead to the page, but not to anything behind it.
func own(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	default:
		return r.Method == http.MethodGet && r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate"
	}
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
