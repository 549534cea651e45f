{{- define "password" }}{{ randAlphaNum 12 }}{{ end }}
