package opsmanager

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

const (
	// pageSize is the largest page that every version serves: "up to a maximum of 100" (Get All Restore Jobs for One
	// Cluster, itemsPerPage); newer ones allow 500.
	pageSize = 100
	// maxPages ends the reading of a list that never does.
	maxPages = 1000
)

// errNoList keeps other documents from being taken for lists without items.
var errNoList = errors.New("the answer is no list")

// page is the document of a list.
type page[T any] struct {
	Results []T      `json:"results"`
	Total   rest.Int `json:"totalCount"`

	date time.Time // the server's clock
}

// readPage reads one page of a list, counted from 1. Links in answers are not followed: some name clusters where ids
// are due.
func readPage[T any](ctx context.Context, b *Backend, path string, query url.Values, number int) (page[T], error) {
	var p page[T]
	all := maps.Clone(query)
	if all == nil {
		all = make(url.Values)
	}
	all.Set("pageNum", strconv.Itoa(number))
	all.Set("itemsPerPage", strconv.Itoa(pageSize))
	date, err := b.client.Get(ctx, path, all, &p)
	p.date = date
	if err == nil && p.Results == nil {
		err = fmt.Errorf("GET %s: %w", path, errNoList)
	}
	return p, err
}

// readPages reads a list from its first page to its last. The items are in the order of the pages; one that moves to
// another page meanwhile may be there twice, or be missing.
func readPages[T any](ctx context.Context, b *Backend, path string, query url.Values) ([]page[T], error) {
	var pages []page[T]
	seen := 0
	for n := 1; n <= maxPages; n++ {
		p, err := readPage[T](ctx, b, path, query, n)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
		seen += len(p.Results)
		told := p.Total > 0
		if len(p.Results) == 0 || (told && seen >= int(p.Total)) || (!told && len(p.Results) < pageSize) {
			return pages, nil
		}
	}
	return nil, fmt.Errorf("GET %s: %w: more than %d pages", path, restore.ErrUnstable, maxPages)
}

// readAll returns the items of a list once each, told apart by their ids.
func readAll[T any](ctx context.Context, b *Backend, path string, query url.Values, id func(T) string) ([]T, error) {
	pages, err := readPages[T](ctx, b, path, query)
	if err != nil {
		return nil, err
	}
	return unique(pages, id), nil
}

func unique[T any](pages []page[T], id func(T) string) []T {
	var out []T
	known := make(map[string]bool)
	for _, p := range pages {
		for _, item := range p.Results {
			if key := id(item); !known[key] {
				known[key] = true
				out = append(out, item)
			}
		}
	}
	return out
}
