package text

import (
	"strings"
	"testing"

	"snapback/internal/text/texttest"
)

func TestGoldenForecasts(t *testing.T) {
	var b strings.Builder
	for _, s := range texttest.Forecasts() {
		b.WriteString("## " + s.Name + "\n\n" + render(Forecast(s.Forecast)) + "\n")
	}
	golden(t, "forecasts", b.String())
}
