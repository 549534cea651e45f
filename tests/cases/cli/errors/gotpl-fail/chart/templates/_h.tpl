{{- define "b" }}{{ fail "no b" }}{{ end }}
