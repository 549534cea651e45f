// Prints how Go's fmt package formats values with all verbs and flags: tests/cases/go/printf.txt, which src/go/fmt/tests.rs reads.
//
//	go run tests/parity/printf.go > tests/cases/go/printf.txt

//go:build ignore

package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

type ver struct {
	Major uint64
	Pre   string
}

func (v *ver) String() string { return "1.x" }

// The arguments, in the order of `arguments` in src/go/fmt/tests.rs.
var arguments = []any{
	nil,
	true,
	0,
	65,
	-5,
	math.MinInt64,
	uint64(255),
	3.0,
	math.Copysign(0, -1),
	1e6,
	1234567.891,
	1e-7,
	0.1,
	math.Inf(1),
	math.NaN(),
	complex(1, -2.5),
	"",
	"hi",
	"a\"\n\xe2\x98\x83\xff`",
	[]byte{1, 'z'},
	[]any{1, "a", nil, 1.5},
	[]any{},
	map[string]any{"b": []any{false}, "a": 1},
	map[string]any{"a": nil, "b": []byte("x")},
	90 * time.Second,
	&ver{1, "x"},
	[]any{time.Second, &ver{1, "x"}},
}

var flags = []string{"", "+", "#", " ", "08", "-8", "8.2", ".0", "#.3", "+08.1", "# ", "#20"}

// escaped escapes bytes as Rust's escape_ascii does.
func escaped(text string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\'' || c == '"' || c == '\\':
			out.Write([]byte{'\\', c})
		case c < ' ' || c > '~':
			fmt.Fprintf(&out, `\x%02x`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func main() {
	for index, argument := range arguments {
		for _, flag := range flags {
			for _, verb := range "vTtdbcoOqxXUeEfFgGsz" {
				format := fmt.Sprintf("%%%s%c", flag, verb)
				// These verbs print addresses, which differ from run to run.
				inside := index == len(arguments)-1
				if inside && strings.ContainsRune("vbodxX", verb) && (verb != 'v' || strings.Contains(flag, "#")) {
					continue
				}
				fmt.Printf("%d\t%s\t%s\n", index, format, escaped(fmt.Sprintf(format, argument)))
			}
		}
	}
}
