// Package cli is the frame of the command line: verbs, flags, exit statuses and where logs go. It does the work of no
// verb.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"
)

// The exit statuses.
const (
	OK      = 0
	Failure = 1
	Usage   = 2 // wrong usage, or a wrong configuration
)

// ErrUsage says that the arguments are wrong. The process ends with [Usage].
var ErrUsage = errors.New("see snapback help")

// Line is a command line: what the program is told, and where it answers.
type Line struct {
	Stdout, Stderr io.Writer
	Help           string          // the usage of the whole program
	Verbs          map[string]Verb // by one word, or by two with a space between them
}

// Verb does what its arguments say. Errors that wrap [ErrUsage] are mistakes of whoever typed them; [flag.ErrHelp] says
// that help was asked for and given.
type Verb func(ctx context.Context, args []string) error

// Complete is an error whose text is all that has to be said, a list of what is wrong with a file for one.
type Complete interface {
	error
	Complete()
}

// Run does what the arguments say and returns the exit status.
func (l Line) Run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(l.Stderr, l.Help)
		return Usage
	}
	name, do, args := l.find(args)
	if do == nil {
		fmt.Fprintf(l.Stderr, "snapback: %s\n\n%s", l.unknown(name), l.Help)
		return Usage
	}
	err := do(ctx, args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return OK
	}
	if all, ok := errors.AsType[Complete](err); ok {
		fmt.Fprintln(l.Stderr, all)
		return Usage
	}
	fmt.Fprintf(l.Stderr, "snapback: %v\n", err)
	if errors.Is(err, ErrUsage) {
		return Usage
	}
	return Failure
}

// find returns the verb that arguments begin with, its name and the arguments behind it, or the words that are no verb.
func (l Line) find(args []string) (string, Verb, []string) {
	if do, ok := l.Verbs[args[0]]; ok {
		return args[0], do, args[1:]
	}
	if asksHelp(args[0]) {
		return args[0], l.help, args[1:]
	}
	if len(args) == 1 || len(l.opens(args[0])) == 0 {
		return args[0], nil, nil
	}
	name := args[0] + " " + args[1]
	if asksHelp(args[1]) {
		return name, l.help, args[2:]
	}
	return name, l.Verbs[name], args[2:]
}

// opens returns the verbs of two words that begin with word, sorted.
func (l Line) opens(word string) []string {
	var out []string
	for name := range l.Verbs {
		if strings.HasPrefix(name, word+" ") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// unknown says that words are no verb, and which verbs begin with the first of them.
func (l Line) unknown(words string) string {
	first, _, more := strings.Cut(words, " ")
	switch verbs := l.opens(first); {
	case len(verbs) == 0:
		return fmt.Sprintf("there is no command %q.", words)
	case more:
		return fmt.Sprintf("there is no command %q, but %s.", words, strings.Join(verbs, " and "))
	default:
		return fmt.Sprintf("%q needs one more word: %s.", words, strings.Join(verbs, " or "))
	}
}

func asksHelp(word string) bool {
	return slices.Contains([]string{"help", "--help", "-help", "-h"}, word)
}

func (l Line) help(_ context.Context, args []string) error {
	err := l.Flags("help", args, func(*flag.FlagSet) {})
	if err == nil {
		fmt.Fprint(l.Stdout, l.Help)
	}
	return err
}

// Flags parses the arguments of a verb; words beyond its flags are an error.
func (l Line) Flags(verb string, args []string, define func(*flag.FlagSet)) error {
	_, err := l.Operands(verb, args, 0, define)
	return err
}

// Operands parses the arguments of a verb that takes up to most words behind its flags, and returns those.
func (l Line) Operands(verb string, args []string, most int, define func(*flag.FlagSet)) ([]string, error) {
	set := flag.NewFlagSet("snapback "+verb, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	define(set)
	if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(l.Stdout, l.Help)
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", verb, err, ErrUsage)
	}
	if set.NArg() > most {
		return nil, fmt.Errorf("%s: unexpected %q: %w", verb, set.Arg(most), ErrUsage)
	}
	return set.Args(), nil
}

// Logger returns a logger to standard error, in the format "text" or "json".
func (l Line) Logger(verb, format string) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(l.Stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(l.Stderr, nil)), nil
	}
	return nil, fmt.Errorf("%s: --log-format is text or json, not %q: %w", verb, format, ErrUsage)
}

// Quiet returns a logger of errors for verbs that answer on standard output.
func (l Line) Quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(l.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// Version is the verb that says which version the program is.
func (l Line) Version(_ context.Context, args []string) error {
	err := l.Flags("version", args, func(*flag.FlagSet) {})
	if err == nil {
		fmt.Fprintf(l.Stdout, "snapback %s (%s/%s, %s)\n", Version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	}
	return err
}
