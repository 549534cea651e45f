{{- define "lib.b" }}
{{- .ctx.Values.viaLibrary.a }}
{{- end }}
{{- define "lib.own" }}
{{- .Values.own }}
{{- end }}
