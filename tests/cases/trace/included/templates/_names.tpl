{{- define "included.checksum" -}}
{{ include (print .context.Template.BasePath .path) .context | sha256sum }}
{{- end -}}
{{- define "included.secret" -}}
{{ include (print $.Template.BasePath "/a-third.yaml") . | sha256sum }}
{{- end -}}
