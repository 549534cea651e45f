{{- define "web.fullname" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "web.labels" -}}
app: {{ include "web.fullname" . }}
{{- with .Values.podAnnotations }}
annotated: "yes"
{{- end }}
version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
{{- end }}
