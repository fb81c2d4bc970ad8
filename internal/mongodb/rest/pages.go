package rest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"snapback/internal/restore"
)

const (
	// maxPages ends the reading of a list that never does.
	maxPages = 1000
	// listTries is how often a list that changes while it is read is read anew.
	listTries = 3
)

var (
	// errNoList keeps other documents from being taken for lists without items.
	errNoList = errors.New("the answer is no list")
	// ErrNoID says that an item that is told apart by its id has none.
	ErrNoID = errors.New("an item without an id")
)

// Page is the document of a list.
type Page[T any] struct {
	Results []T `json:"results"`
	Total   Int `json:"totalCount"`

	Date time.Time `json:"-"` // the server's clock
}

// ReadPage reads one page of a list, counted from 1. Links in answers are not followed: some name clusters where ids
// are due.
func ReadPage[T any](ctx context.Context, c *Client, path string, query url.Values, number, size int) (Page[T], error) {
	var p Page[T]
	all := maps.Clone(query)
	if all == nil {
		all = make(url.Values)
	}
	all.Set("pageNum", strconv.Itoa(number))
	all.Set("itemsPerPage", strconv.Itoa(size))
	date, err := c.Get(ctx, path, all, &p)
	p.Date = date
	if err == nil && p.Results == nil {
		err = fmt.Errorf("GET %s: %w", path, &ContentError{errNoList})
	}
	return p, err
}

// ReadPages reads a list from its first page to its last. The items are in the order of the pages; one that moves to
// another page meanwhile may be there twice, or be missing.
func ReadPages[T any](ctx context.Context, c *Client, path string, query url.Values, size int) ([]Page[T], error) {
	var pages []Page[T]
	seen := 0
	for n := 1; n <= maxPages; n++ {
		p, err := ReadPage[T](ctx, c, path, query, n, size)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
		seen += len(p.Results)
		told := p.Total > 0
		if len(p.Results) == 0 || (told && seen >= int(p.Total)) || (!told && len(p.Results) < size) {
			return pages, nil
		}
	}
	return nil, fmt.Errorf("GET %s: %w: more than %d pages", path, restore.ErrUnstable, maxPages)
}

// ReadAll returns the items of a list once each, told apart by their ids.
func ReadAll[T any](
	ctx context.Context, c *Client, path string, query url.Values, size int, id func(T) string,
) ([]T, error) {
	pages, err := ReadPages[T](ctx, c, path, query, size)
	if err != nil {
		return nil, err
	}
	return unique(pages, id), nil
}

// ReadStill is like [ReadAll] for a list that must not have changed meanwhile, and returns the server's clock of the first page,
// too: what is made later may be missing. It fails with [ErrNoID], and with [restore.ErrUnstable] if the list would not stand
// still.
func ReadStill[T any](
	ctx context.Context, c *Client, path string, size int, id func(T) string,
) ([]T, time.Time, error) {
	for range listTries {
		items, first, still, err := readOnce(ctx, c, path, size, id)
		if err != nil {
			return nil, time.Time{}, err
		}
		if still {
			return items, first.Date, nil
		}
	}
	return nil, time.Time{}, fmt.Errorf("GET %s: %w", path, restore.ErrUnstable)
}

// readOnce reads every page and then the first one again. The list stood still if its length and the ids on the first
// page are what they were, and no item was met twice or not at all.
func readOnce[T any](
	ctx context.Context, c *Client, path string, size int, id func(T) string,
) (items []T, first Page[T], still bool, err error) {
	pages, err := ReadPages[T](ctx, c, path, nil, size)
	if err != nil {
		return nil, first, false, err
	}
	again, err := ReadPage[T](ctx, c, path, nil, 1, size)
	if err != nil {
		return nil, first, false, err
	}
	items, first = unique(pages, id), pages[0]
	if slices.ContainsFunc(items, func(item T) bool { return id(item) == "" }) {
		return nil, first, false, ErrNoID
	}
	still = again.Total == first.Total && slices.Equal(sortedIDs(again, id), sortedIDs(first, id))
	if first.Total > 0 {
		still = still && len(items) == int(first.Total)
	}
	return items, first, still, nil
}

func unique[T any](pages []Page[T], id func(T) string) []T {
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

func sortedIDs[T any](p Page[T], id func(T) string) []string {
	ids := make([]string, 0, len(p.Results))
	for _, item := range p.Results {
		ids = append(ids, id(item))
	}
	slices.Sort(ids)
	return ids
}
