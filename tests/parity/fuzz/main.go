// Merges values with Helm's own packages. Reads one case per line as JSON, and prints one answer per line.
//
// A case has `flags`, which are pairs of a flag and its argument, and `files`, the contents of the files that -f and --set-file
// name. An answer has `values` or `error`.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"helm.sh/helm/v4/pkg/cli/values"
	"helm.sh/helm/v4/pkg/getter"
)

type fuzzCase struct {
	Flags [][2]string       `json:"flags"`
	Files map[string]string `json:"files"`
}

type answer struct {
	Values any    `json:"values,omitempty"`
	Error  string `json:"error,omitempty"`
}

// files holds the files of the scheme `case` in memory.
type files map[string]string

func (f files) Get(url string, _ ...getter.Option) (*bytes.Buffer, error) {
	text, known := f[url]
	if !known {
		return nil, errors.New("no such file")
	}
	return bytes.NewBufferString(text), nil
}

func merge(c fuzzCase) (result answer) {
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{Error: fmt.Sprintf("panic: %v", reason)}
		}
	}()
	var options values.Options
	for _, flag := range c.Flags {
		list := map[string]*[]string{
			"-f": &options.ValueFiles, "--set": &options.Values, "--set-string": &options.StringValues,
			"--set-json": &options.JSONValues, "--set-file": &options.FileValues, "--set-literal": &options.LiteralValues,
		}[flag[0]]
		*list = append(*list, flag[1])
	}
	provider := getter.Provider{Schemes: []string{"case"}, New: func(...getter.Option) (getter.Getter, error) { return files(c.Files), nil }}
	merged, err := options.MergeValues(getter.Providers{provider})
	if err != nil {
		return answer{Error: err.Error()}
	}
	// A value that JSON cannot represent is an error of this case, not of the whole run.
	text, err := json.Marshal(merged)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Values: json.RawMessage(text)}
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	// The file `-` is standard input, which must be empty for Helm.
	os.Stdin, _ = os.Open(os.DevNull)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	decoder := json.NewDecoder(in)
	encoder := json.NewEncoder(out)
	for {
		var c fuzzCase
		if err := decoder.Decode(&c); err != nil {
			break
		}
		if err := encoder.Encode(merge(c)); err != nil {
			os.Exit(1)
		}
		if decoder.Buffered().(*bytes.Reader).Len() <= 1 {
			out.Flush()
		}
	}
	out.Flush()
}
