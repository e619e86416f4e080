{{- /* config.json from the values below `bifrost`, by the shape of the program's own settings. */ -}}
{{- define "bifrost.settings" -}}
{{- $state := .Values._state -}}
{{- $given := omit (deepCopy .Values.bifrost) "appDir" "port" "host" "logLevel" "logStyle" "schemaUrl" "encryptionKey" "encryptionKeySecret" "authConfig" "providerSecrets" "plugins" "modelCatalog" -}}
{{- include "bifrost.olderValues" (dict "context" . "given" $given) -}}
{{- $config := dict -}}
{{- range $name, $value := $given -}}
{{- $setting := get $state.shapes.sections $name -}}
{{- if not $setting -}}{{- $setting = ternary $name (snakecase $name) (hasKey $state.shapes.root.properties $name) -}}{{- end -}}
{{- if not (hasKey $state.shapes.root.properties $setting) -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "bifrost.%s: there is no such setting" $name)) -}}
{{- else -}}
{{- $out := dict -}}
{{- include "bifrost.translate" (dict "state" $state "node" (get $state.shapes.root.properties $setting) "value" $value "path" (printf "bifrost.%s" $name) "setting" $setting "out" $out) -}}
{{- if and (hasKey $out "value") $out.value -}}{{- $_ := set $config $setting $out.value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config "config_store" (include "bifrost.configStore" . | fromJson) -}}
{{- if dig "config" "password" "" $config.config_store | hasPrefix "env." | not -}}
{{- if dig "config" "password" "" $config.config_store -}}{{- $_ := set $state "holdsSecrets" true -}}{{- end -}}
{{- end -}}
{{- if and .Values.bifrost.encryptionKey (not .Values.bifrost.encryptionKeySecret.name) -}}
{{- $_ := set $config "encryption_key" .Values.bifrost.encryptionKey -}}
{{- if not (hasPrefix "env." .Values.bifrost.encryptionKey) -}}{{- $_ := set $state "holdsSecrets" true -}}{{- end -}}
{{- end -}}
{{- with .Values.bifrost.schemaUrl -}}{{- $_ := set $config "$schema" . -}}{{- end -}}
{{- include "bifrost.administrator" (dict "context" . "config" $config) -}}
{{- $server := default dict $config.server -}}
{{- if not (hasKey $server "drain_delay_in_seconds") -}}{{- $_ := set $server "drain_delay_in_seconds" $state.drainDelay -}}{{- end -}}
{{- if not (hasKey $server "drain_timeout_in_seconds") -}}{{- $_ := set $server "drain_timeout_in_seconds" $state.drainTimeout -}}{{- end -}}
{{- include "bifrost.operatorsPort" (dict "context" . "server" $server) -}}
{{- $_ := set $config "server" $server -}}
{{- $_ := set $state "config" $config -}}
{{- end -}}

{{- /*
The port of operators. Probes come there, where callers cannot take all connections, so there is one unless it is 0. A Service and a
rule of the network are only for one that was asked for. What a config.json of one's own says is not known.
*/ -}}
{{- define "bifrost.operatorsPort" -}}
{{- $state := .context.Values._state -}}
{{- $server := .server -}}
{{- $callers := int (default 8080 .context.Values.bifrost.port) -}}
{{- $asked := hasKey $server "admin_port" -}}
{{- if not (or $asked .context.Values.config.existingSecret) -}}
{{- $_ := set $server "admin_port" (ternary 8082 8081 (eq $callers 8081)) -}}
{{- end -}}
{{- $port := int (default 0 $server.admin_port) -}}
{{- if and (gt $port 0) (not $server.admin_host) -}}
{{- $_ := set $server "admin_host" (ternary "::" "0.0.0.0" (contains ":" (default "" .context.Values.bifrost.host))) -}}
{{- end -}}
{{- if and (gt $port 0) (regexMatch "^(127\\..*|::1)$" (default "" $server.admin_host)) -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "bifrost.server.adminHost: %s is the pod alone, where the kubelet's probes do not come; leave it out, which is all addresses, and keep others away with networkPolicy.metricsFrom" $server.admin_host)) -}}
{{- end -}}
{{- if and (gt $port 0) (eq $port $callers) -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "bifrost.server.adminPort: %d is bifrost.port too; give another" $port)) -}}
{{- end -}}
{{- $_ := set $state "adminPort" $port -}}
{{- $_ := set $state "adminService" (and $asked (gt $port 0)) -}}
{{- end -}}

{{- /* Values of older charts, in today's place. */ -}}
{{- define "bifrost.olderValues" -}}
{{- $bifrost := .context.Values.bifrost -}}
{{- $client := default dict .given.client -}}
{{- if or $client.enforceGovernanceHeader $client.enforceSCIMAuth -}}{{- $_ := set $client "enforceAuthOnInference" true -}}{{- end -}}
{{- range list "enableLitellmFallbacks" "mcpExternalBaseUrl" -}}
{{- if get $client . -}}{{- include "bifrost.note" (dict "state" $.context.Values._state "list" "unsupported" "line" (printf "bifrost.client.%s" .)) -}}{{- end -}}
{{- $_ := unset $client . -}}
{{- end -}}
{{- range list "enforceGovernanceHeader" "enforceSCIMAuth" "enableGovernance" -}}{{- $_ := unset $client . -}}{{- end -}}
{{- if dig "governance" "enabled" false $bifrost.plugins -}}
{{- $own := dig "governance" "config" dict $bifrost.plugins | default dict -}}
{{- if $own.is_vk_mandatory -}}{{- $_ := set $client "enforceAuthOnInference" true -}}{{- end -}}
{{- if and $own.required_headers (not $client.requiredHeaders) -}}{{- $_ := set $client "requiredHeaders" $own.required_headers -}}{{- end -}}
{{- end -}}
{{- if and (kindIs "invalid" $client.enforceAuthOnInference) (kindIs "invalid" $client.enforce_auth_on_inference) -}}{{- $_ := set $client "enforceAuthOnInference" true -}}{{- end -}}
{{- $_ := set .given "client" $client -}}
{{- $governance := default dict .given.governance -}}
{{- range list "authConfig" "auth_config" -}}{{- $_ := unset $governance . -}}{{- end -}}
{{- include "bifrost.olderKeys" (dict "state" .context.Values._state "governance" $governance) -}}
{{- end -}}

{{- /*
Virtual keys of charts before 2.1: `budget_id` becomes the budget itself, and `keys` of a provider config become `key_ids`. A
budget that several keys had together cannot be told from one that each of them has, so it is refused.
*/ -}}
{{- define "bifrost.olderKeys" -}}
{{- $state := .state -}}
{{- $budgets := default list .governance.budgets -}}
{{- $taken := dict -}}
{{- range $key := default list (coalesce .governance.virtualKeys .governance.virtual_keys) -}}
{{- $path := printf "bifrost.governance.virtualKeys (%v)" $key.id -}}
{{- if not $key.value -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "%s.value: required; what callers show: sk-bf- and a random rest, better as env.NAME with bifrost.providerSecrets" $path)) -}}
{{- end -}}
{{- range $owner := prepend (default list $key.provider_configs) $key -}}
{{- with get $owner "budget_id" -}}
{{- $id := toString . -}}
{{- if hasKey $taken $id -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "%s.budget_id: %s belongs to another already; give each owner a budget of its own, or the keys a team" $path $id)) -}}
{{- end -}}
{{- range $budgets -}}
{{- if eq (toString .id) $id -}}{{- $_ := set $owner "budgets" (append (default list $owner.budgets) .) -}}{{- end -}}
{{- end -}}
{{- $_ := set $taken $id true -}}
{{- $_ := unset $owner "budget_id" -}}
{{- end -}}
{{- if and (hasKey $owner "provider") $owner.keys (not $owner.key_ids) -}}
{{- $ids := list -}}
{{- range $owner.keys -}}
{{- $ids = append $ids (coalesce .key_id .name) -}}
{{- if .value -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "%s.provider_configs.keys.value: keys stand with their provider, in bifrost.providers.%s.keys; name them here in key_ids" $path $owner.provider)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $owner "key_ids" $ids -}}
{{- $_ := unset $owner "keys" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $left := list -}}
{{- range $budgets -}}{{- if not (hasKey $taken (toString .id)) -}}{{- $left = append $left . -}}{{- end -}}{{- end -}}
{{- if $taken -}}{{- $_ := set .governance "budgets" $left -}}{{- end -}}
{{- end -}}

{{- /* governance.auth_config, from bifrost.authConfig or bifrost.governance.authConfig. */ -}}
{{- define "bifrost.administrator" -}}
{{- $state := .context.Values._state -}}
{{- $own := include "bifrost.authConfig" .context | fromJson -}}
{{- $auth := dict -}}
{{- if $own.existingSecret -}}
{{- $_ := set $auth "admin_username" "env.BIFROST_ADMIN_USERNAME" -}}
{{- $_ := set $auth "admin_password" "env.BIFROST_ADMIN_PASSWORD" -}}
{{- else -}}
{{- with $own.adminUsername -}}{{- $_ := set $auth "admin_username" . -}}{{- end -}}
{{- with $own.adminPassword -}}
{{- $_ := set $auth "admin_password" . -}}
{{- if not (hasPrefix "env." .) -}}{{- $_ := set $state "holdsSecrets" true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if or $auth $own.isEnabled -}}
{{- $_ := set $auth "is_enabled" (eq "true" (toString $own.isEnabled)) -}}
{{- $governance := default dict .config.governance -}}
{{- $_ := set $governance "auth_config" $auth -}}
{{- $_ := set .config "governance" $governance -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.authConfig" -}}
{{- $inner := dict -}}
{{- range $key, $value := default dict (coalesce .Values.bifrost.governance.authConfig .Values.bifrost.governance.auth_config) -}}
{{- $_ := set $inner (get (dict "admin_username" "adminUsername" "admin_password" "adminPassword" "is_enabled" "isEnabled" "disable_auth_on_inference" "disableAuthOnInference") $key | default $key) $value -}}
{{- end -}}
{{- $outer := .Values.bifrost.authConfig -}}
{{- if or $inner.existingSecret $inner.adminUsername $inner.adminPassword $inner.isEnabled -}}{{- $inner | toJson -}}{{- else -}}{{- $outer | toJson -}}{{- end -}}
{{- end -}}

{{- /*
One value by the shape of its setting, into out.value; nothing there when it is not written. Keys are those of config.json in
snake_case or camelCase; keys of maps, such as names of providers, stay as they are.
*/ -}}
{{- define "bifrost.translate" -}}
{{- $in := . -}}
{{- $state := .state -}}
{{- $node := .node -}}
{{- if kindIs "map" $node -}}{{- if $node.ref -}}{{- $node = get $state.shapes.defs $node.ref -}}{{- end -}}{{- end -}}
{{- if kindIs "invalid" .value -}}
{{- else if kindIs "string" $node -}}
{{- if eq $node "unserved" -}}
{{- include "bifrost.refuse" . -}}
{{- else if not (and (kindIs "string" .value) (empty .value)) -}}
{{- $_ := set .out "value" .value -}}
{{- if eq $node "secret" -}}{{- include "bifrost.seeSecret" . -}}{{- end -}}
{{- end -}}
{{- else if and (kindIs "map" .value) (or $node.properties $node.values) -}}
{{- $result := dict -}}
{{- range $key, $part := .value -}}
{{- $name := include "bifrost.settingName" (dict "key" $key "properties" (default dict $node.properties) "older" $state.shapes.older) -}}
{{- $child := "" -}}
{{- if $name -}}{{- $child = get $node.properties $name -}}{{- else if $node.values -}}{{- $name = $key -}}{{- $child = $node.values -}}{{- end -}}
{{- if not $child -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "%s.%s: there is no such setting" $in.path $key)) -}}
{{- else -}}
{{- $out := dict -}}
{{- include "bifrost.translate" (dict "state" $state "node" $child "value" $part "path" (printf "%s.%s" $in.path $key) "setting" (printf "%s.%s" $in.setting $name) "out" $out) -}}
{{- if and (kindIs "map" (get $out "value")) (empty (get $out "value")) (not (hasPrefix "providers" $in.setting)) -}}{{- $_ := unset $out "value" -}}{{- end -}}
{{- if hasKey $out "value" -}}
{{- if hasKey $result $name -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "%s.%s: %s is given in two spellings; keep one" $in.path $key $name)) -}}
{{- end -}}
{{- $_ := set $result $name $out.value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set .out "value" $result -}}
{{- else if and (kindIs "slice" .value) $node.items -}}
{{- $result := list -}}
{{- range $at, $part := .value -}}
{{- $out := dict -}}
{{- include "bifrost.translate" (dict "state" $state "node" $node.items "value" $part "path" (printf "%s[%d]" $in.path $at) "setting" $in.setting "out" $out) -}}
{{- if hasKey $out "value" -}}{{- $result = append $result $out.value -}}{{- end -}}
{{- end -}}
{{- $_ := set .out "value" $result -}}
{{- else -}}
{{- $_ := set .out "value" .value -}}
{{- end -}}
{{- end -}}

{{- /* The setting that a key means; empty when none: key, properties, older. */ -}}
{{- define "bifrost.settingName" -}}
{{- $key := .key -}}
{{- $properties := .properties -}}
{{- if hasKey $properties $key -}}
{{- $key -}}
{{- else if hasKey $properties (snakecase $key) -}}
{{- snakecase $key -}}
{{- else -}}
{{- range $today, $then := .older -}}
{{- if and (hasKey $properties $today) (or (eq $then $key) (eq $then (snakecase $key))) -}}{{- $today -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Takes note of a secret that stands in the values as such, not as a reference. */ -}}
{{- define "bifrost.seeSecret" -}}
{{- $text := .value -}}
{{- if kindIs "map" $text -}}
{{- $text = ternary "" (default "" $text.value) (or (eq "true" (toString $text.from_env)) (eq "env" (default "" $text.type)) (not (empty $text.ref))) -}}
{{- end -}}
{{- if not (or (empty $text) (hasPrefix "env." (toString $text)) (hasPrefix "vault." (toString $text))) -}}
{{- $_ := set .state "holdsSecrets" true -}}
{{- end -}}
{{- end -}}
