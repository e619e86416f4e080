{{- /* Where the gateway keeps what is changed and used, and what follows from that for pods and volumes. */ -}}
{{- define "bifrost.stores" -}}
{{- $state := .Values._state -}}
{{- $storage := .Values.storage -}}
{{- $mode := default "sqlite" $storage.mode -}}
{{- $type := ternary "none" (default $mode $storage.configStore.type) (eq "false" (toString (get $storage.configStore "enabled"))) -}}
{{- $_ := set $state "store" $type -}}
{{- $logs := ternary "none" (default $mode $storage.logsStore.type) (eq "false" (toString (get $storage.logsStore "enabled"))) -}}
{{- $_ := set $state "logs" $logs -}}
{{- $persistence := $storage.persistence -}}
{{- $volume := and (eq $type "sqlite") (ne "false" (toString (get $persistence "enabled"))) -}}
{{- $_ := set $state "volume" $volume -}}
{{- $_ := set $state "claim" (and $volume (not $persistence.existingClaim)) -}}
{{- $replicas := int (default 1 .Values.replicaCount) -}}
{{- if .Values.autoscaling.enabled -}}{{- $replicas = int (default 10 .Values.autoscaling.maxReplicas) -}}{{- end -}}
{{- $_ := set $state "replicas" $replicas -}}
{{- $external := .Values.postgresql.external -}}
{{- $_ := set $state "embedded" (and (eq $type "postgres") (eq "true" (toString .Values.postgresql.enabled)) (not $external.enabled)) -}}
{{- $_ := set $state "postgresqlSecret" (include "bifrost.postgresqlSecret" . | fromYaml) -}}
{{- $rootCert := default dict $external.sslRootCertSecret -}}
{{- if and (eq $type "postgres") $external.enabled $rootCert.name -}}
{{- $_ := set $state "rootCert" (dict "name" $rootCert.name "key" (default "ca.crt" $rootCert.key)) -}}
{{- end -}}
{{- end -}}

{{- /* The Secret with PostgreSQL's password: name, key, and whether the chart makes it. Empty when there is none. */ -}}
{{- define "bifrost.postgresqlSecret" -}}
{{- $external := .Values.postgresql.external -}}
{{- $auth := .Values.postgresql.auth -}}
{{- if .Values._state.embedded -}}
{{- $key := default "password" $auth.passwordKey -}}
{{- with $auth.secretKeys }}{{ $key = default $key .adminPasswordKey }}{{ end -}}
name: {{ default (printf "%s-postgresql" (include "bifrost.fullname" .)) $auth.existingSecret | quote }}
key: {{ $key | quote }}
made: {{ empty $auth.existingSecret }}
{{- else if and $external.enabled $external.existingSecret -}}
name: {{ $external.existingSecret | quote }}
key: {{ default "password" $external.passwordKey | quote }}
made: false
{{- else -}}
{}
{{- end -}}
{{- end -}}

{{- /* The section config_store. */ -}}
{{- define "bifrost.configStore" -}}
{{- $state := .Values._state -}}
{{- if eq $state.store "none" -}}
{{- dict "enabled" false | toJson -}}
{{- else if eq $state.store "sqlite" -}}
{{- dict "enabled" true "type" "sqlite" "config" (dict "path" (printf "%s/config.db" (include "bifrost.appDir" .))) | toJson -}}
{{- else -}}
{{- $to := dict -}}
{{- if $state.embedded -}}
{{- $auth := .Values.postgresql.auth -}}
{{- $_ := set $to "host" (printf "%s-postgresql" (include "bifrost.fullname" .)) -}}
{{- $_ := set $to "port" "5432" -}}
{{- $_ := set $to "user" (default "bifrost" $auth.username) -}}
{{- $_ := set $to "db_name" (default "bifrost" $auth.database) -}}
{{- $_ := set $to "ssl_mode" "disable" -}}
{{- else -}}
{{- $external := .Values.postgresql.external -}}
{{- $_ := set $to "host" (default "" $external.host) -}}
{{- $_ := set $to "port" (toString (default 5432 $external.port)) -}}
{{- $_ := set $to "user" (default "" $external.user) -}}
{{- $_ := set $to "db_name" (default "" $external.database) -}}
{{- $_ := set $to "ssl_mode" (default "" $external.sslMode) -}}
{{- with $external.password -}}{{- $_ := set $to "password" . -}}{{- end -}}
{{- end -}}
{{- if $state.postgresqlSecret.name -}}{{- $_ := set $to "password" "env.BIFROST_POSTGRES_PASSWORD" -}}{{- end -}}
{{- if and .Values.postgresql.external.passwordCommand (not $state.embedded) -}}
{{- $out := dict -}}
{{- include "bifrost.translate" (dict "state" $state "node" $state.shapes.root.properties.config_store.properties.config.properties.password_command "value" .Values.postgresql.external.passwordCommand "path" "postgresql.external.passwordCommand" "setting" "config_store.config.password_command" "out" $out) -}}
{{- $_ := set $to "password_command" $out.value -}}
{{- $_ := unset $to "password" -}}
{{- end -}}
{{- dict "enabled" true "type" "postgres" "config" $to | toJson -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.appDir" -}}
{{- default "/app/data" .Values.bifrost.appDir | trimSuffix "/" -}}
{{- end -}}
