package text_test

import (
	"strings"
	"testing"

	"snapback/commands"
	"snapback/internal/text"
)

// TestCollectionSlips has each slip about collections told apart from the others of its code.
func TestCollectionSlips(t *testing.T) {
	for name, tt := range map[string]struct {
		problem commands.Problem
		want    string
	}{
		"no name":         {commands.Problem{Code: commands.ProblemNamespace}, "name is missing"},
		"no database":     {commands.Problem{Code: commands.ProblemNamespace, Word: "orders"}, "a dot between"},
		"a glued quote":   {commands.Problem{Code: commands.ProblemNamespace, Word: `"shop.my`}, "between the comma and the quote"},
		"a database":      {commands.Problem{Code: commands.ProblemNamespace, Word: "shop.*"}, "a whole database"},
		"no new name":     {commands.Problem{Code: commands.ProblemPattern}, "as needs a new name"},
		"a bad new name":  {commands.Problem{Code: commands.ProblemPattern, Word: "old"}, "with one * in it"},
		"a new database":  {commands.Problem{Code: commands.ProblemPattern, Word: "shop.*", Near: []string{"*"}}, "stay in their own"},
		"no indexes":      {commands.Problem{Code: commands.ProblemIndexes}, "needs to say which"},
		"unknown indexes": {commands.Problem{Code: commands.ProblemIndexes, Word: "some"}, "Write all, none or all-but-ttl"},
	} {
		var got strings.Builder
		for _, line := range text.Problem(&tt.problem, "/restore") {
			for _, s := range line {
				got.WriteString(s.Text)
			}
			got.WriteByte('\n')
		}
		if !strings.Contains(got.String(), tt.want) {
			t.Errorf("%s: %s", name, got.String())
		}
	}
}
