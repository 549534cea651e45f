{{- define "token" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ . }}
data:
  token: {{ randAlphaNum 12 }}
{{- end }}
