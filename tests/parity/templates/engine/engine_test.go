// Package engine measures Helm's engine on the charts that `cargo bench --bench engine` renders.
package engine

import (
	"os"
	"path/filepath"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

// BenchmarkRender calls Helm's engine, which parses and runs all templates of a chart.
func BenchmarkRender(b *testing.B) {
	charts, err := filepath.Glob("../../../bench/engine/charts/*")
	if err != nil || len(charts) == 0 {
		b.Fatal("no charts", err)
	}
	for _, folder := range charts {
		b.Run(filepath.Base(folder), func(b *testing.B) {
			chart, err := loader.LoadDir(folder)
			if err != nil {
				b.Fatal(err)
			}
			options := common.ReleaseOptions{Name: "release", Namespace: "default", Revision: 1, IsInstall: true}
			values, err := util.ToRenderValues(chart, map[string]any{}, options, common.DefaultCapabilities)
			if err != nil {
				b.Fatal(err)
			}
			rendered, err := engine.Render(chart, values)
			if err != nil {
				b.Fatal(err)
			}
			// mim-chart must render the same files.
			if folder := os.Getenv("RENDERED"); folder != "" {
				for path, text := range rendered {
					if err := os.WriteFile(filepath.Join(folder, filepath.Base(filepath.Dir(filepath.Dir(path)))+"-"+filepath.Base(path)), []byte(text), 0o644); err != nil {
						b.Fatal(err)
					}
				}
			}
			for b.Loop() {
				if _, err := engine.Render(chart, values); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
