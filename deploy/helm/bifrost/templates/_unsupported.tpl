{{- /*
What this version does not serve. A value that asks for it fails the release, by name; with `unsupported: warn` it is left out
and told. Settings of the gateway are known by files/settings.json; this is the rest, and the only list of it.
*/ -}}
{{- define "bifrost.unsupported" -}}
{{- $state := .Values._state -}}
{{- $found := list -}}
{{- range $name, $plugin := .Values.bifrost.plugins -}}
{{- if eq $name "custom" -}}
{{- range $at, $own := default list $plugin -}}
{{- if $own.enabled -}}{{- $found = append $found (printf "bifrost.plugins.custom[%d]" $at) -}}{{- end -}}
{{- end -}}
{{- else if kindIs "map" $plugin -}}
{{- if $plugin.enabled -}}
{{- $own := default dict $plugin.config -}}
{{- if not (has $name (list "telemetry" "logging" "governance")) -}}{{- $found = append $found (printf "bifrost.plugins.%s" $name) -}}{{- end -}}
{{- if dig "push_gateway" "enabled" false $own -}}{{- $found = append $found (printf "bifrost.plugins.%s.config.push_gateway" $name) -}}{{- end -}}
{{- if $own.custom_labels -}}{{- $found = append $found (printf "bifrost.plugins.%s.config.custom_labels" $name) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.vectorStore.enabled -}}{{- $found = append $found "vectorStore" -}}{{- end -}}
{{- $config := .Values.storage.configStore -}}
{{- if dig "enabled" false (default dict $config.vaultStore) -}}{{- $found = append $found "storage.configStore.vaultStore" -}}{{- end -}}
{{- $logs := .Values.storage.logsStore -}}
{{- if eq $state.logs "clickhouse" -}}{{- $found = append $found "storage.logsStore.type" -}}{{- end -}}
{{- range $part := list "postgres" "objectStorage" -}}
{{- if dig "enabled" false (default dict (get $logs $part)) -}}{{- $found = append $found (printf "storage.logsStore.%s" $part) -}}{{- end -}}
{{- end -}}
{{- if dig "enabled" false (default dict .Values.postgresql.metrics) -}}{{- $found = append $found "postgresql.metrics" -}}{{- end -}}
{{- $_ := set $state "unsupported" (concat $state.unsupported $found | uniq | sortAlpha) -}}
{{- end -}}

{{- /* Adds a setting that is not served to the list, unless it asks for nothing or is in files/accepted.yaml. */ -}}
{{- define "bifrost.refuse" -}}
{{- $in := . -}}
{{- $accepted := get .state.accepted .setting -}}
{{- $asks := false -}}
{{- if $accepted -}}
{{- if $accepted.only -}}{{- $asks = and .value (ne .value $accepted.only) -}}{{- end -}}
{{- else if and (kindIs "map" .value) (not (and (hasKey .value "enabled") (not .value.enabled))) -}}
{{- range $key, $part := .value -}}
{{- if and (not (hasKey $in.state.accepted (printf "%s.%s" $in.setting (snakecase $key)))) (include "bifrost.asks" $part) -}}{{- $asks = true -}}{{- end -}}
{{- end -}}
{{- else -}}
{{- $asks = include "bifrost.asks" .value -}}
{{- end -}}
{{- if $asks -}}{{- include "bifrost.note" (dict "state" .state "list" "unsupported" "line" .path) -}}{{- end -}}
{{- end -}}

{{- /* Not empty when a value asks for something: it is not off, nor empty, nor a map of such. */ -}}
{{- define "bifrost.asks" -}}
{{- if kindIs "map" . -}}
{{- if not (and (hasKey . "enabled") (not .enabled)) -}}
{{- range . -}}{{- include "bifrost.asks" . -}}{{- end -}}
{{- end -}}
{{- else if . -}}
yes
{{- end -}}
{{- end -}}
