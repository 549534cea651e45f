{{- define "a" }}{{ template "a" . }}{{ end }}
