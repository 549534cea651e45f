{{- define "idioms.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "idioms.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "idioms.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- define "idioms.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" (toJson .value) }}
{{- tpl $value .context }}
{{- else }}
{{- $value }}
{{- end }}
{{- end -}}
{{- define "idioms.merge" -}}
{{- $dst := dict -}}
{{- range .values -}}
{{- $dst = include "idioms.render" (dict "value" . "context" $.context) | fromYaml | merge $dst -}}
{{- end -}}
{{ $dst | toYaml }}
{{- end -}}
{{- define "idioms.labels" -}}
{{- $default := dict "app" (include "idioms.name" .context) "version" .context.Chart.AppVersion -}}
{{ template "idioms.merge" (dict "values" (list .custom $default) "context" .context) }}
{{- end -}}
{{- define "idioms.image" -}}
{{- $registry := default .image.registry ((.global).registry) -}}
{{- $separator := ":" -}}
{{- $tag := .image.tag | default "latest" | toString -}}
{{- if .image.digest }}
{{- $separator = "@" -}}
{{- $tag = .image.digest | toString -}}
{{- end -}}
{{- if $registry }}{{ printf "%s/%s%s%s" $registry .image.repository $separator $tag }}{{ else }}{{ printf "%s%s%s" .image.repository $separator $tag }}{{ end }}
{{- end -}}
{{- define "idioms.options" }}
{{- if .Values.debug }}
-d
{{- end }}
{{- if .Values.mode }}
-m {{ .Values.mode }}
{{- end }}
{{- end -}}
{{- define "idioms.template" -}}
{{ if .Values.debug }}{{ "{{ .Values.mode }}" }}{{ else }}{{ "{{ .Values.stopAt }}" }}{{ end }}
{{- end -}}
{{- define "idioms.pull" -}}
{{- $list := concat .Values.pull.own .Values.pull.shared | uniq }}
{{- if not (eq ($list | toJson) "[]") }}
pull: {{ $list | toJson }}
{{- end }}
{{- end }}
