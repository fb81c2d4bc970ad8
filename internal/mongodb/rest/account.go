package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/time/rate"

	"snapback/internal/restore"
	"snapback/internal/secret"
)

const (
	// tokenTimeout bounds a request for a token.
	tokenTimeout = 30 * time.Second
	// A client gets 10 tokens a minute: in no minute are there more than those asked for at once and one each time.
	tokensAtOnce = 4
	tokenEvery   = 10 * time.Second
	// tokenPause is how long no token is asked for after one was refused as one too many, if the answer does not say.
	tokenPause = time.Minute
	// A token that does not say how long it works counts as working so long; others work an hour.
	untoldLife = time.Minute
	// renewEarly is how long before its end a token is renewed, or a tenth of its life if that is less.
	renewEarly = 5 * time.Minute
)

var errNoToken = errors.New("the answer holds no token")

// TokenError says that a service account did not get a token, so that nothing was sent to the API.
type TokenError struct {
	Status int    // of the answer, 0 if none was asked for
	Code   string // error, or errorCode: the answer has one of two forms
	left   time.Duration
	shaped bool // the body was one of them
}

// Error implements error. It tells nothing of the answer but its code: descriptions may repeat what was sent.
func (e *TokenError) Error() string {
	switch {
	case e.Status == 0:
		return "no token: too many were asked for"
	case e.wrong():
		return fmt.Sprintf("no token: %d %s, so the client id or the client secret is wrong, or the secret has ended", e.Status, e.word())
	}
	return fmt.Sprintf("no token: %d %s", e.Status, e.word())
}

func (e *TokenError) word() string { return cmp.Or(e.Code, http.StatusText(e.Status)) }

// refused reports whether the service account itself was refused, in the words of the API, not this request for a token.
func (e *TokenError) refused() bool {
	return e.shaped && (e.wrong() || e.Status == http.StatusForbidden)
}

// wrong reports whether that is because of its id or its secret.
func (e *TokenError) wrong() bool {
	return e.shaped && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnauthorized)
}

// Is makes errors.Is find [restore.ErrCredential] where the service account was refused.
func (e *TokenError) Is(target error) bool { return target == restore.ErrCredential && e.refused() }

// Wait returns how long no token is asked for, as [APIError.Wait] does.
func (e *TokenError) Wait() time.Duration { return e.left }

// NewAccount returns the credential of a service account: its client id and secret, for which tokenURL gives out tokens
// (OAuth 2.0 client credentials). Else it is like [NewCredential].
func NewAccount(id, key Source, tokenURL string, logger *slog.Logger) (*Credential, error) {
	c, err := newCredential(id, key, [2]string{"client id", "client secret"}, logger)
	if err != nil {
		return nil, err
	}
	c.account = &account{
		tokenURL: tokenURL, asking: make(chan struct{}, 1), asks: rate.NewLimiter(rate.Every(tokenEvery), tokensAtOnce),
	}
	return c, nil
}

// account holds the token of a service account. Safe for concurrent use.
type account struct {
	tokenURL string
	asking   chan struct{} // is full while somebody asks for a token
	asks     *rate.Limiter

	mu    sync.Mutex
	token secret.Secret
	renew time.Time  // when another token is asked for
	ends  time.Time  // when the token stops working
	rests time.Time  // no token is asked for before
	last  TokenError // how the account was refused when it was last asked for; zero: it was not
}

// get returns a token that works, asking for one if need be. However many want it, one asks; the others wait for that only
// where the last token does not work any more.
func (a *account) get(ctx context.Context, key keyPair, through http.RoundTripper) (secret.Secret, error) {
	token, fresh, works := a.held()
	if fresh {
		return token, nil
	}
	if !works {
		select {
		case a.asking <- struct{}{}:
		case <-ctx.Done():
			return secret.Secret{}, ctx.Err()
		}
	} else {
		select {
		case a.asking <- struct{}{}:
		default:
			return token, nil
		}
	}
	defer func() { <-a.asking }()
	if token, fresh, works = a.held(); fresh {
		return token, nil
	}
	err := a.ask(ctx, key, through)
	if err != nil && works {
		return token, nil // it was early to renew it
	}
	token, _, _ = a.held()
	return token, err
}

// held returns the token, whether it is not yet to be renewed, and whether it still works.
func (a *account) held() (token secret.Secret, fresh, works bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	there := a.token.Reveal() != ""
	return a.token, there && now.Before(a.renew), there && now.Before(a.ends)
}

// drop forgets a token that was refused, unless there is another one meanwhile.
func (a *account) drop(token secret.Secret) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token.Reveal() == token.Reveal() {
		a.token = secret.Secret{}
	}
}

// ask gets another token. The caller is the only one that does.
func (a *account) ask(ctx context.Context, key keyPair, through http.RoundTripper) error {
	a.mu.Lock()
	left := time.Until(a.rests)
	a.mu.Unlock()
	if left > 0 {
		return a.later(left)
	}
	if turn := a.asks.Reserve(); turn.Delay() > 0 {
		left := turn.Delay()
		turn.Cancel()
		return a.later(left)
	}
	config := clientcredentials.Config{
		ClientID: key.public.Reveal(), ClientSecret: key.private.Reveal(), TokenURL: a.tokenURL, AuthStyle: oauth2.AuthStyleInHeader,
	}
	client := &http.Client{
		Transport: through, Timeout: tokenTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return a.failed(err)
	}
	if !strings.EqualFold(token.Type(), "Bearer") {
		return &ContentError{errNoToken}
	}
	a.keep(token, time.Now())
	return nil
}

// later says that no token is asked for now. Where the account was refused when it last was, that still is the reason.
func (a *account) later(left time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.last
	out.left = left
	return &out
}

func (a *account) keep(token *oauth2.Token, now time.Time) {
	life := untoldLife
	if !token.Expiry.IsZero() {
		life = token.Expiry.Sub(now)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token, a.last = secret.New(token.AccessToken), TokenError{}
	a.ends = now.Add(life)
	a.renew = a.ends.Add(-min(renewEarly, life/10))
}

// failed turns an error of package oauth2, which holds the whole answer, into one that can be shown.
func (a *account) failed(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || refused.Response == nil {
		if _, network := errors.AsType[*url.Error](err); network {
			return fmt.Errorf("ask for a token: %w", transportError(err))
		}
		return &ContentError{errNoToken}
	}
	out := &TokenError{Status: refused.Response.StatusCode, Code: clean(refused.ErrorCode)}
	api := apiError(out.Status, time.Time{}, 0, refused.Body)
	out.Code, out.shaped = cmp.Or(api.Code, out.Code), api.shaped() || out.Code != ""
	header := refused.Response.Header
	if out.left = retryAfter(header.Get("Retry-After"), time.Now()); out.left == 0 && out.Status == http.StatusTooManyRequests {
		out.left = tokenPause
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rests = time.Now().Add(out.left)
	if a.last = (TokenError{}); out.refused() {
		a.last = *out
	}
	return out
}

// bearer proves a service account to each request that goes through next. Tokens are asked for beside it: what becomes of such a
// request says nothing about the call.
type bearer struct {
	c       *Credential
	next    http.RoundTripper
	through http.RoundTripper
	token   secret.Secret // that the last request carried
}

// RoundTrip implements http.RoundTripper.
func (b *bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := b.c.account.get(req.Context(), b.c.current(), b.through)
	if err != nil {
		if e, ok := errors.AsType[*TokenError](err); ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusBadRequest) {
			b.c.reload() // the secret may have been replaced
		}
		return nil, err
	}
	b.token = token
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	return b.next.RoundTrip(req)
}

func (b *bearer) refused() {
	b.c.account.drop(b.token)
	b.c.reload()
}
