// Renders charts with Helm's own packages. Reads one chart per line as JSON, and prints one answer per line in the same order.
//
// A chart is a list of pairs of a path and a text. An answer has `files`, the rendered texts by path, or `error`. Rendered texts are in
// base64, because templates may print bytes that are not UTF-8.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
)

type answer struct {
	Files map[string][]byte `json:"files,omitempty"`
	Error []byte            `json:"error,omitempty"`
}

// capabilities are those of the official binary. A program built from the module does not know its version.
func capabilities() *common.Capabilities {
	found := common.DefaultCapabilities.Copy()
	found.HelmVersion.Version = "v4.2.4"
	found.HelmVersion.GitCommit = "3900f434fd3ef2b84065dc04508df48f288dba00"
	found.HelmVersion.GitTreeState = "clean"
	found.HelmVersion.GoVersion = "go1.26.8"
	found.HelmVersion.KubeClientVersion = "v1.36"
	return found
}

func render(files [][2]string) (map[string]string, error) {
	buffered := make([]*archive.BufferedFile, 0, len(files))
	for _, file := range files {
		buffered = append(buffered, &archive.BufferedFile{Name: file[0], Data: []byte(file[1])})
	}
	chart, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := chartutil.ProcessDependencies(chart, values); err != nil {
		return nil, err
	}
	options := common.ReleaseOptions{Name: "release", Namespace: "default", Revision: 1, IsInstall: true}
	scope, err := util.ToRenderValues(chart, values, options, capabilities())
	if err != nil {
		return nil, err
	}
	return engine.Engine{}.Render(chart, scope)
}

func answerTo(files [][2]string) (result answer) {
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{Error: fmt.Appendf(nil, "panic: %v", reason)}
		}
	}()
	rendered, err := render(files)
	if err != nil {
		return answer{Error: []byte(err.Error())}
	}
	result.Files = make(map[string][]byte, len(rendered))
	for path, text := range rendered {
		result.Files[path] = []byte(text)
	}
	return result
}

// placeLocal moves the local time zone to its address in Helm v4.2.4 for Linux on amd64, because verbs that do not apply to times
// print the address.
func placeLocal() {
	const address, page = 0x5258700, 4096
	_ = time.Local.String() // The first use initializes it.
	start := uintptr(address) &^ (page - 1)
	const private, anonymous, fixedNoReplace = 0x2, 0x20, 0x100000
	got, _, failed := syscall.Syscall6(syscall.SYS_MMAP, start, page, syscall.PROT_READ|syscall.PROT_WRITE,
		private|anonymous|fixedNoReplace, ^uintptr(0), 0)
	if failed != 0 || got != start {
		log.Fatalf("no memory for the time zone: %v", failed)
	}
	local := (*time.Location)(unsafe.Add(unsafe.Pointer(nil), address))
	*local = *time.Local
	time.Local = local
}

func main() {
	placeLocal()
	// Merging values logs the values that it ignores.
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	debug.SetGCPercent(400)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var files [][2]string
			if err := json.Unmarshal(line, &files); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			if err := encoder.Encode(answerTo(files)); err != nil {
				os.Exit(1)
			}
		}
		// The caller waits for the answer before it sends the next chart.
		out.Flush()
		if err != nil {
			return
		}
	}
}
