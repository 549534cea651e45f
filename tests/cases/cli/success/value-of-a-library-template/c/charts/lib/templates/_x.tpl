{{ define "lib.x" }}{{ .Values.replicas }}{{ end }}
