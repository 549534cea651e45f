{{- /* départ */ -}}
{{- define "raw" }}{{ `café` }}{{ end }}
