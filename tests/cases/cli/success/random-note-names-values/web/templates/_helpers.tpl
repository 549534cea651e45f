{{- define "web.password" -}}
{{- if .Values.auth.password -}}
{{- .Values.auth.password -}}
{{- else -}}
{{- randAlphaNum 12 -}}
{{- end -}}
{{- end -}}
