{{/* What the templates of this chart share. */}}

{{/* The name of the objects. Names of Services have at most 63 characters, and some objects add a suffix. */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $name := .Release.Name -}}
{{- if ne .Chart.Name .Release.Name -}}
{{- $name = printf "%s-%s" .Release.Name .Chart.Name -}}
{{- end -}}
{{- .Values.fullnameOverride | default $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* The labels by which the Deployment and the Service find the pods. They never change. */}}
{{- define "<CHARTNAME>.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* The labels of all objects. */}}
{{- define "<CHARTNAME>.labels" -}}
{{ include "<CHARTNAME>.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | quote }}
{{- end -}}

{{/* The ServiceAccount of the pods. */}}
{{- define "<CHARTNAME>.serviceAccount" -}}
{{- $made := ternary (include "<CHARTNAME>.fullname" .) "default" .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default $made -}}
{{- end -}}
