{{- /*
The container's environment. A later entry of a name goes before an earlier one and takes its place, so that there are no two.
*/ -}}
{{- define "bifrost.environment" -}}
{{- $state := .Values._state -}}
{{- $bifrost := .Values.bifrost -}}
{{- $all := list -}}
{{- $all = append $all (dict "name" "APP_DIR" "value" (include "bifrost.appDir" .)) -}}
{{- $all = append $all (dict "name" "APP_PORT" "value" (toString (default 8080 $bifrost.port))) -}}
{{- $all = append $all (dict "name" "APP_HOST" "value" (default "0.0.0.0" $bifrost.host)) -}}
{{- $all = append $all (dict "name" "LOG_LEVEL" "value" (default "info" $bifrost.logLevel)) -}}
{{- $all = append $all (dict "name" "LOG_STYLE" "value" (eq "json" (default "json" $bifrost.logStyle) | ternary "json" "pretty")) -}}
{{- if include "bifrost.encryptionSecret" . -}}
{{- $secret := include "bifrost.encryptionSecret" . | fromYaml -}}
{{- $all = append $all (include "bifrost.fromSecret" (list "BIFROST_ENCRYPTION_KEY" $secret.name $secret.key) | fromYaml) -}}
{{- end -}}
{{- with $bifrost.plugins.semanticCache -}}
{{- if and .enabled (dig "secretRef" "name" "" .) -}}
{{- $all = append $all (include "bifrost.fromSecret" (list "SEMANTIC_CACHE_API_KEY" .secretRef.name (default "api-key" .secretRef.key)) | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- with $state.postgresqlSecret.name -}}
{{- $all = append $all (include "bifrost.fromSecret" (list "BIFROST_POSTGRES_PASSWORD" . $state.postgresqlSecret.key) | fromYaml) -}}
{{- end -}}
{{- with $state.rootCert -}}
{{- $all = append $all (dict "name" "PGSSLROOTCERT" "value" "/etc/bifrost-postgresql/root.crt") -}}
{{- end -}}
{{- $auth := include "bifrost.authConfig" . | fromJson -}}
{{- with $auth.existingSecret -}}
{{- $all = append $all (include "bifrost.fromSecret" (list "BIFROST_ADMIN_USERNAME" . (default "username" $auth.usernameKey)) | fromYaml) -}}
{{- $all = append $all (include "bifrost.fromSecret" (list "BIFROST_ADMIN_PASSWORD" . (default "password" $auth.passwordKey)) | fromYaml) -}}
{{- end -}}
{{- range $name, $secret := $bifrost.providerSecrets -}}
{{- if and $secret $secret.existingSecret $secret.envVar -}}
{{- $all = append $all (include "bifrost.fromSecret" (list $secret.envVar $secret.existingSecret (default "api-key" $secret.key)) | fromYaml) -}}
{{- else -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "bifrost.providerSecrets.%s: needs existingSecret and envVar" $name)) -}}
{{- end -}}
{{- end -}}
{{- $all = concat $all (default list .Values.env) -}}
{{- range $name, $value := default dict .Values.extraEnv -}}
{{- $all = append $all (dict "name" $name "value" (toString $value)) -}}
{{- end -}}
{{- $last := dict -}}
{{- range $all -}}
{{- if hasKey $last .name -}}{{- include "bifrost.note" (dict "state" $state "list" "hints" "line" (printf "the variable %s is given twice; the later one counts" .name)) -}}{{- end -}}
{{- $_ := set $last .name . -}}
{{- end -}}
{{- $env := list -}}
{{- $seen := dict -}}
{{- range $all -}}
{{- if not (hasKey $seen .name) -}}{{- $env = append $env (get $last .name) -}}{{- end -}}
{{- $_ := set $seen .name true -}}
{{- end -}}
{{- $_ := set $state "env" $env -}}
{{- $_ := set $state "envNames" (keys $seen | sortAlpha) -}}
{{- $used := regexFindAll "\"env\\.[A-Za-z_][A-Za-z0-9_]*\"" (toJson $state.config) -1 | uniq | sortAlpha -}}
{{- $_ := set $state "references" $used -}}
{{- end -}}

{{- /* A variable from a Secret: its name, the Secret, the key. */ -}}
{{- define "bifrost.fromSecret" -}}
name: {{ index . 0 | quote }}
valueFrom:
  secretKeyRef:
    name: {{ index . 1 | quote }}
    key: {{ index . 2 | quote }}
{{- end -}}

{{- /* The Secret with the encryption key; empty when there is none: config.json has it, or the gateway keeps one on its volume. */ -}}
{{- define "bifrost.encryptionSecret" -}}
{{- $given := .Values.bifrost.encryptionKeySecret -}}
{{- if $given.name -}}
name: {{ $given.name | quote }}
key: {{ default "encryption-key" $given.key | quote }}
made: false
{{- else if and (eq .Values._state.store "postgres") (not .Values.bifrost.encryptionKey) (not (include "bifrost.bringsEncryptionKey" .)) (not .Values.config.existingSecret) -}}
name: {{ printf "%s-encryption" (include "bifrost.fullname" .) | quote }}
key: encryption-key
made: true
{{- end -}}
{{- end -}}

{{- /* Not empty when the environment of the values has the key already. */ -}}
{{- define "bifrost.bringsEncryptionKey" -}}
{{- range default list .Values.env -}}{{- if eq .name "BIFROST_ENCRYPTION_KEY" -}}yes{{- end -}}{{- end -}}
{{- if hasKey (default dict .Values.extraEnv) "BIFROST_ENCRYPTION_KEY" -}}yes{{- end -}}
{{- range .Values.bifrost.providerSecrets -}}{{- if . -}}{{- if eq (default "" .envVar) "BIFROST_ENCRYPTION_KEY" -}}yes{{- end -}}{{- end -}}{{- end -}}
{{- end -}}

{{- /* A password that the chart makes: what the Secret has already, else a new one. context, name, key. */ -}}
{{- define "bifrost.keptPassword" -}}
{{- $there := lookup "v1" "Secret" .context.Release.Namespace .name -}}
{{- $kept := "" -}}
{{- if $there -}}{{- $kept = dig "data" .key "" $there -}}{{- end -}}
{{- default (randAlphaNum 32 | b64enc) $kept -}}
{{- end -}}
