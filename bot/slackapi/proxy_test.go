package slackapi_test

import (
	"net/url"
	"strings"
	"testing"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeproxy"
)

// A message that a proxy did not let through was certainly not posted, and nobody is told the password for the proxy.
func TestProxyRefuses(t *testing.T) {
	const password = "canary-of-the-proxy"
	for name, answer := range map[string]string{
		"credentials": "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
		"gateway":     "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
		"rate limit":  "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n",
		"no words":    "HTTP/1.1 407\r\n\r\n",
		"no answer":   "\n",
	} {
		t.Run(name, func(t *testing.T) {
			proxy, err := fakeproxy.Listen(fakeproxy.Options{User: "snapback", Password: password})
			if err != nil {
				t.Fatal(err)
			}
			defer proxy.Close()
			proxy.Refuse(answer)
			token := func() string { return "xoxb-1-secret" }
			c := slackapi.New(slackapi.Options{
				BotToken: token, AppToken: token, URL: "https://slack.test/api/",
				Observer: &ears{results: make(map[string]int), limited: make(map[string]int)},
			})
			defer c.Close()
			c.GoBy(&url.URL{Scheme: "http", Host: proxy.Addr(), User: url.UserPassword("snapback", password)})
			_, _, err = c.Post(t.Context(), channel, says("x"))
			if slackapi.Code(err) != slackapi.CodeNetwork || slackapi.Uncertain(err) || strings.Contains(err.Error(), password) {
				t.Errorf("got %v, uncertain %v", err, slackapi.Uncertain(err))
			}
			if proxy.Refused()["slack.test:443"] != 1 {
				t.Errorf("refused %v", proxy.Refused())
			}
		})
	}
}
