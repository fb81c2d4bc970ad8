package fakeapi

import (
	"net/http"
	"net/url"
	"strconv"
)

// defaultItems is the length of a page unless the request says more.
const defaultItems = 100

// List is the body of an answer with several results.
type List struct {
	Links      []Link `json:"links"`
	Results    []any  `json:"results"`
	Status     int    `json:"status,omitempty"`
	TotalCount int    `json:"totalCount"`
}

// Link leads to a resource.
type Link struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

// Page cuts the requested page, of at most limit items, out of all items and prints it as a list.
func Page[T any](r *http.Request, items []T, limit int, doc func(T) any) (any, *Refusal) {
	num, err := positive(r, "pageNum", 1)
	if err != nil {
		return nil, err
	}
	size, err := positive(r, "itemsPerPage", min(defaultItems, limit))
	if err != nil {
		return nil, err
	}
	size = min(size, limit)
	// Compare before multiplying, for a huge page number would overflow.
	from := len(items)
	if pages := (len(items) + size - 1) / size; num <= pages {
		from = (num - 1) * size
	}
	to := min(from+size, len(items))
	out := List{Links: []Link{}, Results: []any{}, TotalCount: len(items)}
	for _, item := range items[from:to] {
		out.Results = append(out.Results, doc(item))
	}
	out.Links = append(out.Links, pageLink(r, "self", num, size))
	if num > 1 {
		out.Links = append(out.Links, pageLink(r, "previous", num-1, size))
	}
	if to < len(items) {
		out.Links = append(out.Links, pageLink(r, "next", num+1, size))
	}
	return out, nil
}

func positive(r *http.Request, name string, otherwise int) (int, *Refusal) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, BadQuery(name)
	}
	return n, nil
}

func pageLink(r *http.Request, rel string, num, size int) Link {
	query := r.URL.Query()
	query.Set("pageNum", strconv.Itoa(num))
	query.Set("itemsPerPage", strconv.Itoa(size))
	return Link{Href: Origin(r) + (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String(), Rel: rel}
}
