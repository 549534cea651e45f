{{- define "sub.port" }}{{ .Values.x.y.z }}{{ end }}
