package fakeopsmanager

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// answer is a response that has not been written yet.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// listDoc is the body of an answer with several results.
type listDoc struct {
	Links      []link `json:"links"`
	Results    []any  `json:"results"`
	Status     int    `json:"status,omitempty"`
	TotalCount int    `json:"totalCount"`
}

// envelopeDoc wraps a single result. Current pages call the wrapped field content, older ones envelope.
type envelopeDoc struct {
	Content any `json:"content"`
	Status  int `json:"status"`
}

// honest carries the request out. The caller holds the lock.
func (s *Server) honest(x *exchange) *answer {
	if err := s.authenticate(x); err != nil {
		return s.refusal(x, err, true)
	}
	doc, err := s.route(x)
	if err != nil {
		return s.refusal(x, err, false)
	}
	ans := jsonAnswer(x, http.StatusOK, doc)
	ans.header.Set("X-Mongodb-Service-Version", "gitHash=0000000000000000000000000000000000000000; versionString="+s.opts.Version)
	return ans
}

// refusal prints an error, with a digest challenge if the client should try again with credentials.
func (s *Server) refusal(x *exchange, err *apiError, challenge bool) *answer {
	ans := jsonAnswer(x, err.status, err.doc())
	if challenge {
		ans.header.Set("Content-Type", "application/json;charset=ISO-8859-1")
		ans.header.Set("Www-Authenticate", s.nonces.challenge(x.now))
	}
	return ans
}

// jsonAnswer prints doc as the query parameters pretty and envelope ask.
func jsonAnswer(x *exchange, status int, doc any) *answer {
	query := x.req.URL.Query()
	if query.Get("envelope") == "true" {
		if list, ok := doc.(listDoc); ok {
			list.Status = status
			doc = list
		} else {
			doc = envelopeDoc{Content: doc, Status: status}
		}
	}
	body := marshal(doc, query.Get("pretty") == "true")
	return &answer{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

// marshal prints doc without escaping & in links. The documents here always encode.
func marshal(doc any, pretty bool) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if pretty {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(doc); err != nil {
		panic("encode answer: " + err.Error())
	}
	return b.Bytes()
}

func (s *Server) write(w http.ResponseWriter, x *exchange, ans *answer) {
	header := w.Header()
	maps.Copy(header, ans.header)
	date := time.Now()
	if f := x.faults.get(DateSkew); f != nil {
		date = date.Add(f.Skew)
	}
	header.Set("Date", date.UTC().Format(http.TimeFormat))
	header.Set("Content-Length", strconv.Itoa(len(ans.body)))
	w.WriteHeader(ans.status)
	_, _ = w.Write(ans.body) // a client that has gone away is no concern of the server
}
