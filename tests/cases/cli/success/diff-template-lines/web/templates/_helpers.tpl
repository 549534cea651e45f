{{- define "web.labels" -}}
app: {{ .Chart.Name }}
team: {{ .Values.team }}
{{- end }}
{{- define "web.settings" -}}
{{ toYaml .Values.settings }}
{{- end }}
