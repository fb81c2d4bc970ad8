package fakeopsmanager

import (
	"net/url"
	"strconv"
)

// maxItems is the largest page; older servers stop at 100, newer ones at 500.
const maxItems = 100

// page cuts the requested page out of all items and prints it as a list document.
func page[T any](x *exchange, items []T, doc func(T) any) (any, *apiError) {
	num, err := positive(x, "pageNum", 1)
	if err != nil {
		return nil, err
	}
	size, err := positive(x, "itemsPerPage", maxItems)
	if err != nil {
		return nil, err
	}
	size = min(size, maxItems)
	// Compare before multiplying, for a huge page number would overflow.
	from := len(items)
	if pages := (len(items) + size - 1) / size; num <= pages {
		from = (num - 1) * size
	}
	to := min(from+size, len(items))
	out := listDoc{Links: []link{}, Results: []any{}, TotalCount: len(items)}
	for _, item := range items[from:to] {
		out.Results = append(out.Results, doc(item))
	}
	out.Links = append(out.Links, pageLink(x, "self", num, size))
	if num > 1 {
		out.Links = append(out.Links, pageLink(x, "previous", num-1, size))
	}
	if to < len(items) {
		out.Links = append(out.Links, pageLink(x, "next", num+1, size))
	}
	return out, nil
}

func positive(x *exchange, name string, otherwise int) (int, *apiError) {
	text := x.req.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errQuery(name)
	}
	return n, nil
}

func pageLink(x *exchange, rel string, num, size int) link {
	query := x.req.URL.Query()
	query.Set("pageNum", strconv.Itoa(num))
	query.Set("itemsPerPage", strconv.Itoa(size))
	return link{Href: x.origin() + (&url.URL{Path: x.req.URL.Path, RawQuery: query.Encode()}).String(), Rel: rel}
}
