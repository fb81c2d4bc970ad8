package pagetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	shots    = flag.String("shots", "", "folder that screenshots of each step are kept in; must exist")
	pictures = flag.String("pictures", "", "folder that the pictures of the README are written to; must exist")
)

var (
	program string // as it is released
	// newTab opens a tab in the one browser that all tests share; nil without Chromium.
	newTab func() (context.Context, context.CancelFunc)
)

// chromium is the name of the browser. Another one would draw other pixels.
const chromium = "chromium"

func TestMain(m *testing.M) {
	flag.Parse()
	status, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

func buildAndRun(m *testing.M) (int, error) {
	path, err := exec.LookPath(chromium)
	if errors.Is(err, exec.ErrNotFound) {
		return m.Run(), nil // each test says so
	}
	dir, err := os.MkdirTemp("", "snapback-page-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "snapback")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "snapback")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("%s: %w\n%s", build, err, out)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-extensions", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.Flag("disable-backgrounding-occluded-windows", true),
	)
	defer stop()
	ctx, closeBrowser := chromedp.NewContext(allocator)
	defer closeBrowser()
	if err := chromedp.Do(ctx); err != nil {
		return 1, fmt.Errorf("start the browser: %w", err)
	}
	newTab = func() (context.Context, context.CancelFunc) { return chromedp.NewContext(ctx) }
	return m.Run(), nil
}
