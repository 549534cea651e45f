// Prints the templates in the tests of text/template, sprig and Helm's engine as charts, one per line: every string literal with `{{`,
// except those that call random functions. If there is a map of simple values next to the literal, as in sprig's tests, the template
// is rendered with these values.
//
// The tests are read from GOROOT and from the module cache; this repository has no copy. Prints a count for each package to stderr.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
)

// values are the values that the tests of the three packages use most, with keys in upper and lower case.
const values = `True: true
False: false
I: 17
I16: 16
U16: 16
X: x
S: xyz
U: {V: v, TrueFalse: true}
MSI: {one: 1, two: 2, three: 3}
MSIone: {one: 1}
MSIEmpty: {}
MXI: {one: 1}
SI: [3, 4, 5]
SICap: [3, 4, 5]
SIEmpty: []
SB: [true, false]
NIL:
Empty0:
Empty1: 3
Empty2: empty2
Empty3: [7, 8]
Empty4: {V: v}
Str: foozle
foo: bar
bar: baz
tpl: "{{ .foo }}"
name: moose
list: [1, 2, three]
dict: {k: v}
apiVersion: v1
`

// random lists the functions whose results differ each time.
var random = regexp.MustCompile(`\b(gen(CA|PrivateKey|SelfSigned|Signed)\w*|bcrypt|htpasswd|rand[A-Z]\w*|uuidv4|shuffle|encryptAES|now|ago)\b`)

// sources returns the folders whose _test.go files are read.
func sources() map[string]string {
	text := filepath.Join(runtime.GOROOT(), "src", "text", "template")
	if root, err := exec.Command("go", "env", "GOROOT").Output(); err == nil {
		text = filepath.Join(strings.TrimSpace(string(root)), "src", "text", "template")
	}
	return map[string]string{
		"text/template":       text,
		"text/template/parse": filepath.Join(text, "parse"),
		"sprig":               module("github.com/Masterminds/sprig/v3"),
		"helm/pkg/engine":     filepath.Join(module("helm.sh/helm/v4"), "pkg", "engine"),
	}
}

// module returns the folder of a module in the module cache.
func module(path string) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, path, err)
		os.Exit(1)
	}
	return strings.TrimSpace(string(out))
}

// template is a string literal with the values of the map next to it.
type template struct {
	text   string
	beside map[string]any
}

// literal returns the value of a string literal, or of several that are concatenated.
func literal(node ast.Expr) (string, bool) {
	switch node := node.(type) {
	case *ast.BasicLit:
		if node.Kind == token.STRING {
			text, err := strconv.Unquote(node.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		left, first := literal(node.X)
		right, second := literal(node.Y)
		return left + right, first && second && node.Op == token.ADD
	}
	return "", false
}

// simple returns the value of an expression that consists only of literals.
func simple(node ast.Expr) (any, bool) {
	switch node := node.(type) {
	case *ast.BasicLit:
		switch node.Kind {
		case token.INT, token.FLOAT:
			return json.Number(node.Value), json.Valid([]byte(node.Value))
		case token.STRING:
			return literal(node)
		}
	case *ast.Ident:
		switch node.Name {
		case "true", "false":
			return node.Name == "true", true
		case "nil":
			return nil, true
		}
	case *ast.CompositeLit:
		switch node.Type.(type) {
		case *ast.ArrayType:
			list := []any{}
			for _, element := range node.Elts {
				value, known := simple(element)
				if !known {
					return nil, false
				}
				list = append(list, value)
			}
			return list, true
		case *ast.MapType, nil:
			entries := map[string]any{}
			for _, element := range node.Elts {
				pair, isPair := element.(*ast.KeyValueExpr)
				if !isPair {
					return nil, false
				}
				key, isText := literal(pair.Key)
				value, known := simple(pair.Value)
				if !isText || !known {
					return nil, false
				}
				entries[key] = value
			}
			return entries, true
		}
	}
	return nil, false
}

// beside returns the map literal among some expressions.
func beside(expressions []ast.Expr) map[string]any {
	for _, expression := range expressions {
		if composite, is := expression.(*ast.CompositeLit); is {
			if value, known := simple(composite); known {
				if entries, isMap := value.(map[string]any); isMap {
					return entries
				}
			}
		}
	}
	return nil
}

// templates returns the literals of a file that contain an action.
func templates(file *ast.File) []template {
	var found []template
	add := func(expressions []ast.Expr) {
		values := beside(expressions)
		for _, expression := range expressions {
			if pair, is := expression.(*ast.KeyValueExpr); is {
				expression = pair.Value
			}
			if text, is := literal(expression); is && strings.Contains(text, "{{") && !random.MatchString(text) {
				found = append(found, template{text, values})
			}
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			add(node.Args)
		case *ast.CompositeLit:
			add(node.Elts)
			for _, element := range node.Elts {
				if pair, is := element.(*ast.KeyValueExpr); is {
					add([]ast.Expr{pair.Key})
				}
			}
		case *ast.AssignStmt:
			add(node.Rhs)
		case *ast.ValueSpec:
			add(node.Values)
		case *ast.BinaryExpr:
			// The concatenation was added as a whole.
			_, isText := literal(node)
			return !isText
		}
		return true
	})
	return found
}

// chart returns a chart with a single template, which runs with the values as its dot, because the tests do not use .Values.
func chart(source template) ([][2]string, error) {
	given := values
	if source.beside != nil {
		text, err := json.Marshal(source.beside)
		if err != nil {
			return nil, err
		}
		given = string(text)
	}
	return [][2]string{
		{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"},
		{"values.yaml", given},
		// Helm runs a file with its own data as the dot, but an included template with the caller's.
		{"templates/_peer.tpl", source.text},
		{"templates/a.yaml", "{{ include \"c/templates/_peer.tpl\" .Values }}"},
	}, nil
}

func main() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	folders := sources()
	names := make([]string, 0, len(folders))
	for name := range folders {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		seen := map[string]bool{}
		paths, _ := filepath.Glob(filepath.Join(folders[name], "*_test.go"))
		for _, path := range paths {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				fmt.Fprintln(os.Stderr, path, err)
				os.Exit(1)
			}
			for _, source := range templates(file) {
				made, err := chart(source)
				if err != nil {
					continue
				}
				if key := fmt.Sprint(made); seen[key] {
					continue
				} else {
					seen[key] = true
				}
				if err := encoder.Encode(made); err != nil {
					os.Exit(1)
				}
			}
		}
		fmt.Fprintf(os.Stderr, "%-20s %4d template strings in %d files\n", name, len(seen), len(paths))
	}
}
