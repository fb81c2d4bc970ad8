package text

import (
	"strings"

	"snapback/commands"
	"snapback/internal/restore"
)

// LinkHead says what the links of a download are, without showing one: this may be read outside of the window.
func LinkHead(a commands.Linked) []Line {
	return []Line{say("{}: {}. Whoever has a link has the data, and Snapback keeps none.",
		bold(string(a.Request.Subject)), what(a.Request))}
}

// Link words one of the links of a download, the link itself included. Only the requester's own window may show it.
func Link(a commands.Linked, n int) []Line {
	l := a.Links[n]
	head := say("File {} of {}:", plain(number(n+1)), plain(number(len(a.Links))))
	switch {
	case l.Part != "":
		head = say("File {} of {}, {}:", plain(number(n+1)), plain(number(len(a.Links))), code(l.Part))
	case len(a.Links) == 1:
		head = nil
	}
	address := l.URL.Reveal()
	if address == "" {
		return []Line{sentences(head, noLink(a.Request, l))}
	}
	out := []Line{sentences(head, terms(l)), {code(address)}}
	if header := l.Header.Reveal(); header != "" {
		out = append(out, say("The request must carry this header:"), Line{code(header)})
	}
	for _, h := range l.Hashes {
		out = append(out, say("{} of {}: {}", plain(tame(oneLine(h.Type))), code(h.File), code(h.Hash)))
	}
	return out
}

// terms says how long and how often a link works.
func terms(l restore.Link) Line {
	times := say("once")
	if l.MaxDownloads > 1 {
		times = say("{} times", plain(number(l.MaxDownloads)))
	}
	switch {
	case l.Expires.IsZero() && l.MaxDownloads == 0:
		return nil
	case l.Expires.IsZero():
		return say("It works {}.", times)
	case l.MaxDownloads == 0:
		return say("It works until {}.", at(l.Expires))
	}
	return say("It works {}, until {}.", times, at(l.Expires))
}

// noLink says why there is nothing to fetch, and what to do.
func noLink(r *restore.Request, l restore.Link) Line {
	again := say("If the data is still needed, file it again.")
	switch strings.ToUpper(l.Status) {
	case "NOT_STARTED", "IN_PROGRESS", "PENDING":
		return sentences(say("The file is not ready yet."), say("Close this and try again in a minute."))
	case "EXPIRED":
		return sentences(say("The link has expired."), again)
	case "MAX_DOWNLOADS_EXCEEDED":
		return sentences(say("The link has been used as often as it works."), again)
	case "FAILED", "INTERRUPTED":
		return sentences(say("{} could not prepare the file.", system(r)), again)
	case "GONE":
		return sentences(say("{} no longer has the job.", system(r)), again)
	}
	return sentences(say("{} tells no link ({}).", system(r), code(l.Status)), where(r))
}

// offered says on the card of a download, and at its end, how to get at the files.
func offered(r *restore.Request) Line {
	if r.Plan.Spec.Delivery.Hours == 0 {
		return say("{} can see the links with the button on the card, as long as {} lets them work.", person(r, r.Requester), system(r))
	}
	return say("{} can see the link with the button on the card, for {} h after the job has finished.",
		person(r, r.Requester), plain(number(r.Plan.Spec.Delivery.Hours)))
}
