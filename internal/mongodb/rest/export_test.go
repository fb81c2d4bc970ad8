package rest

import (
	"net/http"
	"net/url"
)

// GoBy has the client go by a proxy, as the environment can: that is read once in the life of a process.
func (c *Client) GoBy(proxy *url.URL) { c.transport.Proxy = http.ProxyURL(proxy) }
