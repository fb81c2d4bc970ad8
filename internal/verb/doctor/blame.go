package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// blame says why a question to a backend failed, behind what came of that.
func (p patient) blame(lead string, err error) {
	var what, do string
	refused, answered := errors.AsType[*rest.APIError](err)
	token, unproved := errors.AsType[*rest.TokenError](err)
	moved, redirected := errors.AsType[*rest.RedirectError](err)
	_, odd := errors.AsType[*rest.ContentError](err)
	paused, waits := errors.AsType[*rest.PausedError](err)
	switch {
	case unproved:
		what, do = fmt.Sprintf("The service account gets no token (%v).", token), tokenless(token)
	case answered:
		what, do = p.refusal(refused)
	case redirected:
		what, do = fmt.Sprintf("Its %v.", moved), "Put the address that it leads to into url: redirects are not followed."
	case waits:
		what, do = fmt.Sprintf("It is %v.", paused), "Try again later; a running bot has the same budget."
	case odd:
		what, do = fmt.Sprintf("What answers is not what was asked for (%v).", err),
			"Check kind, url and token_url, and what stands between, a proxy for one."
	default:
		what, do = p.silence(err)
	}
	p.say(wrong, p.about, lead+what, do)
}

// tokenless says what to do about a service account that gets no token.
func tokenless(e *rest.TokenError) string {
	switch {
	case errors.Is(e, restore.ErrCredential):
		return "Check client_id, client_secret and token_url, and whether the secret has ended."
	case e.Status == http.StatusTooManyRequests:
		return "Try again later, and see who else uses the service account: it gets ten tokens a minute."
	case e.Status >= http.StatusInternalServerError || e.Status == 0:
		return "Try again later."
	}
	return "Check token_url, and what stands between, a proxy for one."
}

// refusal describes an answer that refuses.
func (p patient) refusal(e *rest.APIError) (what, do string) {
	word := fmt.Sprintf("%d", e.Status)
	if e.Code != "" {
		word += " " + e.Code
	}
	switch {
	case e.Code == "" && e.Reason == "":
		return fmt.Sprintf("Something else than the API answers (%s).", word), "Check url, and what stands between, a proxy for one."
	case e.Status == http.StatusUnauthorized:
		return fmt.Sprintf("The credential is refused (%s).", word), "Check " + p.keys() + "; if it was deleted, make another."
	case e.Status == http.StatusForbidden && (strings.Contains(e.Code, "ACCESS_LIST") || strings.Contains(e.Code, "WHITELIST")):
		address := ""
		if len(e.Parameters) > 0 && net.ParseIP(e.Parameters[0]) != nil {
			address = ", there known as " + e.Parameters[0] + ","
		}
		return fmt.Sprintf("The address of this machine%s is not on the access list of the API (%s).", address, word),
			"Put it on the access list of the credential."
	case errors.Is(e, restore.ErrDenied):
		return fmt.Sprintf("The credential may not do that (%s).", word), "Give it " + p.roles() + " in each project."
	case e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed:
		return fmt.Sprintf("It does not know what was asked for (%s).", word), "Check kind and url; the server may be older than what Snapback needs."
	case e.Status == http.StatusTooManyRequests:
		return fmt.Sprintf("It is asked too often (%s).", word), "Try again later, and see who else uses the credential."
	}
	return fmt.Sprintf("It has trouble of its own (%s).", word), "Try again later, and look at the server."
}

// keys names the settings of the credential.
func (p patient) keys() string {
	if p.cfg.TokenURL != "" {
		return "client_id and client_secret"
	}
	return "public_key and private_key"
}

// roles names what the credential needs. Source: the roles that the pages of the resources ask for; see the README.
func (p patient) roles() string {
	if p.b.Kind() == restore.Atlas {
		return "the roles Project Read Only, Project Backup Manager and Project Backup Recovery Operator"
	}
	return "the roles Project Read Only and Project Backup Admin"
}

// silence describes a question that got no answer.
func (p patient) silence(err error) (what, do string) {
	_, dns := errors.AsType[*net.DNSError](err)
	switch {
	case ended(err):
		return fmt.Sprintf("The certificate that it shows has ended (%v).", err),
			"Have the server show one that is valid; if it does, set the clock of this machine."
	case trust(err):
		return fmt.Sprintf("The certificate that it shows is not trusted (%v).", err),
			"Name the certificates of its authority in ca_file, or have the server show the right one."
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("Nothing takes connections there (%v).", err), "Check host and port of url, and whether the server runs."
	case dns:
		return fmt.Sprintf("Its name cannot be found (%v).", err), "Check the host of url, and the name servers of this machine."
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("It does not answer in time (%v).", err), "Check the network between, firewalls above all, and HTTPS_PROXY and NO_PROXY."
	}
	return fmt.Sprintf("It cannot be asked (%v).", err), "Check url, the network, and HTTPS_PROXY and NO_PROXY."
}

// ended reports whether TLS stands in the way because of the time.
func ended(err error) bool {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok && invalid.Reason == x509.Expired
}

// trust reports whether TLS stands in the way.
func trust(err error) bool {
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return unverified || unknown || name || invalid
}
