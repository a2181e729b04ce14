{{- define "prunella.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "prunella.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "prunella.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "prunella.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "prunella.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "prunella.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* What tells the pods of the operator from all others. */ -}}
{{- define "prunella.selector" -}}
app.kubernetes.io/name: {{ include "prunella.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- /* Which package brought an object. */ -}}
{{- define "prunella.package" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Called with (list $ "component"). */ -}}
{{- define "prunella.labels" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ include "prunella.name" $ }}
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/part-of: prunella
{{ include "prunella.package" $ }}
{{- end }}

{{- define "prunella.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Not empty where a template of the rule packs is installed. */ -}}
{{- define "prunella.hasPolicies" -}}
{{- range $_, $choice := .Values.rules.policies }}{{ if $choice.enabled }}yes{{ end }}{{ end }}
{{- end }}
