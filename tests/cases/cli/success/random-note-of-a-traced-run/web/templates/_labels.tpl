{{- define "web.labels" -}}
{{- $labels := .Values.labels | default dict -}}
{{- merge $labels (dict "app" "web") | toYaml }}
{{- end -}}
