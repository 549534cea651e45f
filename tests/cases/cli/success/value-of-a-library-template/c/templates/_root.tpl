{{ define "root.y" }}{{ .Values.size }}{{ end }}
