{{- define "b" }}{{ required "set b" .Values.b }}{{ end }}
