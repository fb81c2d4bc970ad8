package config

import (
	"strconv"
	"strings"
	"time"

	"snapback/internal/cron"
)

// Calendar says when something is done by the calendar.
type Calendar struct {
	Cron   cron.Cron
	Missed bool // what was missed while nobody could do it is done once, instead of not at all
}

// Backup says where copies of the store go.
type Backup struct {
	Calendar

	Dir  string
	Keep int // how many copies stay
}

// Witness says where the end of the log is posted.
type Witness struct {
	Calendar

	Channel string
}

// Retention says how long what ended is kept. At least one of the two is set.
type Retention struct {
	Calendar

	Texts    time.Duration // what people wrote; 0: as long as the request
	Requests time.Duration // 0: for ever
}

const (
	mostCopies = 1000
	mostDays   = 36500
)

// backup returns nil if nothing is to be copied.
func (f field) backup() *Backup {
	if !f.present() {
		return nil
	}
	o, ok := f.object("dir", "keep", "cron", "zone", "missed")
	if !ok {
		return nil
	}
	b := &Backup{Calendar: o.calendar(""), Keep: 7}
	if f, ok := o.need("dir"); ok {
		b.Dir, _ = f.text()
	}
	if f := o.get("keep"); f.present() {
		b.Keep = f.number(1, mostCopies)
	}
	return b
}

// witness returns nil if nothing is to be posted.
func (f field) witness() *Witness {
	if !f.present() {
		return nil
	}
	o, ok := f.object("witness")
	if !ok {
		return nil
	}
	f, ok = o.need("witness")
	if !ok {
		return nil
	}
	if o, ok = f.object("channel", "cron", "zone", "missed"); !ok {
		return nil
	}
	w := &Witness{Calendar: o.calendar("")}
	if f, ok := o.need("channel"); ok {
		w.Channel = f.id(channelID, "a channel's id such as C0123ABCD")
	}
	return w
}

// retention returns nil if everything is kept for ever.
func (f field) retention() *Retention {
	if !f.present() {
		return nil
	}
	o, ok := f.object("text", "requests", "cron", "zone", "missed")
	if !ok {
		return nil
	}
	r := &Retention{Calendar: o.calendar("0 4 * * *")}
	texts, requests := o.get("text"), o.get("requests")
	if texts.present() {
		r.Texts = texts.days()
	}
	if requests.present() {
		r.Requests = requests.days()
	}
	switch {
	case !texts.present() && !requests.present():
		f.problemf("give text, requests or both, each in days such as 90d")
	case r.Requests > 0 && r.Texts > r.Requests:
		texts.problemf("texts go with their request, after %s at the latest", requests.written())
	}
	return r
}

// calendar reads the keys that say when something is done; usual is the expression where the file has none, and "" for
// one that it must have.
func (o object) calendar(usual string) Calendar {
	expression, zone := usual, "UTC"
	f := o.get("cron")
	if usual == "" {
		f, _ = o.need("cron")
	}
	if f.present() {
		var ok bool
		if expression, ok = f.text(); !ok {
			expression = ""
		}
	}
	if z := o.get("zone"); z.present() {
		var ok bool
		if zone, ok = z.text(); ok {
			if _, err := cron.Parse("0 0 * * *", zone); err != nil {
				z.problemf("want a time zone such as Europe/Berlin, found %s", z.written())
				ok = false
			}
		}
		if !ok {
			zone = "UTC"
		}
	}
	c := Calendar{}
	if expression != "" {
		var err error
		if c.Cron, err = cron.Parse(expression, zone); err != nil {
			f.problemf("want five fields that are due some time, such as \"0 3 * * *\", found %s", f.written())
		}
	}
	if f := o.get("missed"); f.present() {
		word, _ := f.choice("run", "skip")
		c.Missed = word == "run"
	}
	return c
}

// days reads a number of days, such as 90d.
func (f field) days() time.Duration {
	text, ok := f.text()
	if !ok {
		return 0
	}
	number, unit := strings.CutSuffix(text, "d")
	n, err := strconv.Atoi(number)
	if !unit || err != nil || strconv.Itoa(n) != number || n < 1 || n > mostDays {
		f.problemf("want whole days from 1d to %dd, such as 90d, found %s", mostDays, f.written())
		return 0
	}
	return time.Duration(n) * 24 * time.Hour
}
