{{- define "t" }}
{{- if .context.Values.flag }}
a: {{ .context.Values.name }}
b: {{ include "lib.b" (dict "ctx" .context "path" "viaPath.name") }}
{{- end }}
{{- end }}
