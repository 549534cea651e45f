{{- define "shop.name" -}}
name: {{ .Values.name }}
{{- end }}
