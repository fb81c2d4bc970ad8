package pagetest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// picture writes a picture for the README, if they are wanted, in a size that is easy to load.
func (b *tab) picture(name string, on screen) {
	b.t.Helper()
	if *pictures == "" {
		return
	}
	clip := &page.Viewport{Width: float64(on.width), Height: float64(on.height), Scale: 0.75}
	out, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: clip})
	b.must(err)
	full, err := png.Decode(bytes.NewReader(out.Data))
	b.must(err)
	var small bytes.Buffer
	b.must((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewer(full)))
	b.must(os.WriteFile(filepath.Join(*pictures, name+".png"), small.Bytes(), 0o600))
}

// fewer returns a picture in the 256 colors that are most frequent in it, which makes it a third of its size.
func fewer(full image.Image) image.Image {
	count := map[color.Color]int{}
	box := full.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[full.At(x, y)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) })
	out := image.NewPaletted(box, most[:min(len(most), 256)])
	nearest := map[color.Color]uint8{}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := full.At(x, y)
			if _, known := nearest[c]; !known {
				nearest[c] = uint8(out.Palette.Index(c))
			}
			out.SetColorIndex(x, y, nearest[c])
		}
	}
	return out
}
