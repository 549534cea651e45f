{{- define "random.password" -}}
{{ .password | default (randAlphaNum 8) }}
{{- end -}}
