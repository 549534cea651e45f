{{- define "read.pod" }}
spec:
  fixed: 1
  probe:
    {{- toYaml .Values.probe | nindent 4 }}
  labels:
    app: read
    {{- if .Values.extra }}
    extra: {{ .Values.extra | quote }}
    {{- end }}
    team: {{ .Values.labels.team }}
    tier: {{ .Values.labels.tier }}
  ports:
    {{- range .Values.ports }}
    - name: {{ .name }}
      number: {{ .number }}
    {{- end }}
{{- end }}
