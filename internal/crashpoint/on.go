//go:build crashpoint

// Package crashpoint lets tests end the process at a chosen place, as kill -9 would. In an ordinary build it does
// nothing: only the build tag crashpoint arms it, and no released program has that.
package crashpoint

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// variable names the place and how many times it is passed first: "store.committed:7" ends the process at the seventh.
const variable = "SNAPBACK_CRASHPOINT"

var (
	mu     sync.Mutex     //nolint:gochecknoglobals // armed builds only
	passed map[string]int //nolint:gochecknoglobals // armed builds only
)

// Here ends the process if a test chose this place and this time.
func Here(place string) {
	name, number, _ := strings.Cut(os.Getenv(variable), ":")
	want, err := strconv.Atoi(number)
	if name != place || err != nil {
		return
	}
	mu.Lock()
	defer mu.Unlock()
	if passed == nil {
		passed = make(map[string]int)
	}
	if passed[place]++; passed[place] == want {
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {}
	}
}
