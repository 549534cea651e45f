{{- define "c.check" -}}
{{- if not .Values.name }}
  {{- fail "name must not be empty" }}
{{- end }}
{{- end }}
{{- define "c.name" }}{{ required "set name" .Values.name }}{{ end }}
