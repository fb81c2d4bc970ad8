package cli

import (
	"os"
	"os/user"
	"runtime/debug"
	"strconv"
	"strings"
)

// version is set by the linker when a release is built (.ci/build), which can set nothing but a variable.
var version string

// Version returns the version that the program was built as: that of the release, else what Go knows of the module or
// the checkout, else "devel".
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return strings.Trim(info.Main.Version, "()")
	}
	return "devel"
}

// Operator names the account and the machine that the process runs on.
func Operator() string {
	account, host := "uid "+strconv.Itoa(os.Getuid()), "an unnamed host"
	if u, err := user.Current(); err == nil {
		account = u.Username
	}
	if name, err := os.Hostname(); err == nil {
		host = name
	}
	return account + " on " + host
}
