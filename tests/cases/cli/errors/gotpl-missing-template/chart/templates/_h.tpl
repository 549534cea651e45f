{{- define "c.labels" }}x{{ end }}
