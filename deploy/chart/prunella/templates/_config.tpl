{{- define "prunella.credentialsFolder" -}}/etc/prunella-credentials{{- end }}
{{- define "prunella.journalFolder" -}}/var/lib/prunella/journal{{- end }}

{{- /* Sources of the volume with tokens and certificates: each where the configuration looks for it. Empty: there is no volume. */ -}}
{{- define "prunella.credentials" -}}
{{- range $name, $source := .Values.config.alertmanagers }}
{{- with $source.bearerTokenSecret }}
{{ include "prunella.credential" (list "secret" . "token" (printf "alertmanagers/%s/token" $name)) }}
{{- end }}
{{- end }}
{{- range $name, $source := .Values.config.prometheuses }}
{{- with $source.bearerTokenSecret }}
{{ include "prunella.credential" (list "secret" . "token" (printf "prometheuses/%s/token" $name)) }}
{{- end }}
{{- with $source.caSecret }}
{{ include "prunella.credential" (list "secret" . "ca.crt" (printf "prometheuses/%s/ca.crt" $name)) }}
{{- end }}
{{- with $source.caConfigMap }}
{{ include "prunella.credential" (list "configMap" . "ca.crt" (printf "prometheuses/%s/ca.crt" $name)) }}
{{- end }}
{{- end }}
{{- if .Values.receiver.enabled }}
{{- range $index, $token := .Values.receiver.tokenSecrets }}
{{ include "prunella.credential" (list "secret" $token "token" (printf "receiver/tokens/%d" $index)) }}
{{- end }}
{{- with .Values.receiver.tls.secretName }}
{{ include "prunella.credential" (list "secret" (dict "name" .) "tls.crt" "receiver/tls.crt") }}
{{ include "prunella.credential" (list "secret" (dict "name" .) "tls.key" "receiver/tls.key") }}
{{- end }}
{{- with .Values.receiver.tls.clientCASecret }}
{{ include "prunella.credential" (list "secret" . "ca.crt" "receiver/client-ca.crt") }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Called with (list kind reference "default key" "path"). */ -}}
{{- define "prunella.credential" -}}
{{- $reference := index . 1 -}}
- {{ index . 0 }}:
    name: {{ $reference.name | quote }}
    items:
      - key: {{ default (index . 2) $reference.key | quote }}
        path: {{ index . 3 }}
{{- end }}

{{- /* The configuration file of the operator. */ -}}
{{- define "prunella.config" -}}
{{- $folder := include "prunella.credentialsFolder" . }}
{{- $config := pick .Values.config "alertPollSeconds" "alertStartGraceSeconds" "queryPollSeconds" "powerGuardGapSeconds" "bmcNetworks" "writesPerSecond" }}
{{- range $family := list "alertmanagers" "prometheuses" }}
{{- $sources := list }}
{{- range $name, $given := index $.Values.config $family }}
{{- $source := merge (dict "name" $name) (pick $given "url" "bearerTokenFile") }}
{{- if $given.bearerTokenSecret }}
{{- $_ := set $source "bearerTokenFile" (printf "%s/%s/%s/token" $folder $family $name) }}
{{- end }}
{{- if or $given.caSecret $given.caConfigMap }}
{{- $_ := set $source "caFile" (printf "%s/%s/%s/ca.crt" $folder $family $name) }}
{{- end }}
{{- $sources = append $sources $source }}
{{- end }}
{{- $_ := set $config $family $sources }}
{{- end }}
{{- with .Values.config.nodeJobImage }}
{{- $_ := set $config "nodeJobImage" . }}
{{- end }}
{{- $services := list }}
{{- range $name, $given := .Values.config.nodeServices }}
{{- $services = append $services (merge (dict "name" $name) $given) }}
{{- end }}
{{- with $services }}
{{- $_ := set $config "nodeServices" . }}
{{- end }}
{{- with .Values.config.nodeLabels }}
{{- $_ := set $config "nodeLabels" . }}
{{- end }}
{{- if .Values.journal.enabled }}
{{- $_ := set $config "journal" (dict "directory" (include "prunella.journalFolder" .) "maxBytes" .Values.journal.maxBytes) }}
{{- end }}
{{- if .Values.receiver.enabled }}
{{- $_ := set $config "receiver" (include "prunella.receiver" . | fromYaml) }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- define "prunella.receiver" -}}
{{- $folder := printf "%s/receiver" (include "prunella.credentialsFolder" .) }}
{{- with .Values.receiver }}
{{- if empty $.Values.config.alertmanagers }}
{{- fail "receiver.enabled needs an entry in config.alertmanagers: a webhook is a hint to ask one of them" }}
{{- end }}
{{- if and (empty .tokenSecrets) (empty .tls.clientCASecret) }}
{{- fail "receiver.enabled needs receiver.tokenSecrets or receiver.tls.clientCASecret: without either anybody could knock" }}
{{- end }}
{{- if and .tls.clientCASecret (not .tls.secretName) }}
{{- fail "receiver.tls.clientCASecret needs receiver.tls.secretName: clients show certificates over TLS only" }}
{{- end }}
bearerTokenFiles:
  {{- range $index, $_ := .tokenSecrets }}
  - {{ $folder }}/tokens/{{ $index }}
  {{- else }} []
  {{- end }}
{{- if .tls.secretName }}
tls:
  certFile: {{ $folder }}/tls.crt
  keyFile: {{ $folder }}/tls.key
  {{- if .tls.clientCASecret }}
  clientCAFile: {{ $folder }}/client-ca.crt
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
