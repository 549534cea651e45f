{{- define "names.part" -}}
{{ .prefix }}-{{ .number }}
{{- end -}}
{{- define "names.full" -}}
{{ include "names.part" . | trunc 63 | trimSuffix "-" }}
{{- end -}}
