{{- /* What is said of secrets, and of who gets at the gateway with which. */ -}}

{{- define "bifrost.checkSecrets" -}}
{{- $state := .Values._state -}}
{{- $bifrost := .Values.bifrost -}}
{{- $inner := default dict (coalesce $bifrost.governance.authConfig $bifrost.governance.auth_config) -}}
{{- if and $inner.existingSecret $bifrost.authConfig.existingSecret -}}
{{- include "bifrost.error" (dict "context" . "line" "bifrost.authConfig.existingSecret: bifrost.governance.authConfig has one too; keep one") -}}
{{- end -}}
{{- if and (eq "ConfigMap" (default "auto" .Values.config.kind)) $state.holdsSecrets -}}
{{- include "bifrost.error" (dict "context" . "line" "config.kind: ConfigMap, and the settings hold secrets as such; refer to them as env.NAME with bifrost.providerSecrets, or leave it at auto") -}}
{{- end -}}
{{- if $state.holdsSecrets -}}
{{- include "bifrost.warn" (dict "context" . "line" "the values hold secrets as such, and so does the release; refer to them as env.NAME, with bifrost.providerSecrets and the existingSecret of each") -}}
{{- end -}}
{{- if not (or .Values.envFrom .Values.config.existingSecret) -}}
{{- range $state.references -}}
{{- $name := . | trimAll "\"" | trimPrefix "env." -}}
{{- if not (has $name $state.envNames) -}}
{{- include "bifrost.warn" (dict "context" $ "line" (printf "env.%s is used, and nothing sets it: the gateway will not start. Give it in bifrost.providerSecrets, env or envFrom" $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $secret := $bifrost.providerSecrets -}}
{{- if and $secret $secret.existingSecret -}}
{{- include "bifrost.checkKey" (dict "context" $ "value" (printf "bifrost.providerSecrets.%s.key" $name) "name" $secret.existingSecret "key" (default "api-key" $secret.key)) -}}
{{- end -}}
{{- if and $secret $secret.envVar -}}
{{- if and (not (has (printf "\"env.%s\"" $secret.envVar) $state.references)) (not (has $secret.envVar (list "BIFROST_ENCRYPTION_KEY" "BIFROST_SETUP_TOKEN"))) -}}
{{- include "bifrost.note" (dict "state" $state "list" "hints" "line" (printf "bifrost.providerSecrets.%s: nothing refers to it; a provider's key is written as value: env.%s" $name $secret.envVar)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with include "bifrost.encryptionSecret" . | fromYaml -}}
{{- if .made -}}
{{- include "bifrost.warnOfMade" (dict "context" $ "secret" . "value" "bifrost.encryptionKeySecret.name" "what" "key" "then" "which opens nothing that is sealed in the database") -}}
{{- else -}}
{{- include "bifrost.checkKey" (dict "context" $ "value" "bifrost.encryptionKeySecret.key" "name" .name "key" .key) -}}
{{- end -}}
{{- end -}}
{{- with $state.postgresqlSecret -}}
{{- if not .made -}}
{{- $value := ternary "postgresql.auth.passwordKey" "postgresql.external.passwordKey" $state.embedded -}}
{{- include "bifrost.checkKey" (dict "context" $ "value" $value "name" .name "key" .key) -}}
{{- end -}}
{{- end -}}
{{- with $state.rootCert -}}
{{- include "bifrost.checkKey" (dict "context" $ "value" "postgresql.external.sslRootCertSecret.key" "name" .name "key" .key) -}}
{{- end -}}
{{- $auth := include "bifrost.authConfig" . | fromJson -}}
{{- with $auth.existingSecret -}}
{{- $owner := ternary "bifrost.governance.authConfig" "bifrost.authConfig" (not (empty $inner.existingSecret)) -}}
{{- range $value, $key := dict "usernameKey" (default "username" $auth.usernameKey) "passwordKey" (default "password" $auth.passwordKey) -}}
{{- include "bifrost.checkKey" (dict "context" $ "value" (printf "%s.%s" $owner $value) "name" $auth.existingSecret "key" $key) -}}
{{- end -}}
{{- end -}}
{{- include "bifrost.checkAccess" . -}}
{{- end -}}

{{- /* A key that a Secret does not have keeps pods from starting. One that is not there at all may be made later. context, value, name, key. */ -}}
{{- define "bifrost.checkKey" -}}
{{- $there := lookup "v1" "Secret" .context.Release.Namespace .name -}}
{{- if and $there (not (hasKey (default dict $there.data) .key)) -}}
{{- include "bifrost.error" (dict "context" .context "line" (printf "%s: the Secret %s has no key %s; it has: %s" .value .name .key (keys (default dict $there.data) | sortAlpha | join ", "))) -}}
{{- end -}}
{{- end -}}

{{- /*
A secret that the chart makes, and that is not there yet. Where no cluster is asked, it never is: each rendering makes another. A first install
cannot tell whether one is asked, so that it is told the same.
*/ -}}
{{- define "bifrost.warnOfMade" -}}
{{- if not (lookup "v1" "Secret" .context.Release.Namespace .secret.name) -}}
{{- include "bifrost.warn" (dict "context" .context "line" (printf "%s: not given. The chart makes a %s and asks the cluster for it later, in the Secret %s; helm template and Argo CD do not ask, and make another each time, %s. Make one and name it there: kubectl -n %s create secret generic NAME --from-literal=%s=\"$(openssl rand -base64 32)\"" .value .what .secret.name .then .context.Release.Namespace .secret.key)) -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.checkAccess" -}}
{{- $state := .Values._state -}}
{{- $enforced := dig "client" "enforce_auth_on_inference" false $state.config -}}
{{- with include "bifrost.openBy" . -}}
{{- if not $enforced -}}
{{- include "bifrost.warn" (dict "context" $ "line" (printf "bifrost.client.enforceAuthOnInference: off, and the gateway can be reached from outside (%s): whoever finds it uses its providers' keys" .)) -}}
{{- end -}}
{{- end -}}
{{- $signsIn := or (dig "governance" "auth_config" "is_enabled" false $state.config) $state.config.setup_token (has "BIFROST_SETUP_TOKEN" $state.envNames) -}}
{{- if and (eq $state.store "none") (gt $state.replicas 1) $signsIn -}}
{{- include "bifrost.note" (dict "state" $state "list" "hints" "line" "storage.configStore.enabled: off, and sessions of the administrator and what he changes hold at the pod that he came to, of several; let him show name and password with each request, or set storage.mode to postgres") -}}
{{- end -}}
{{- end -}}

{{- /* What of the values lets callers of outside in, by name; empty when nothing does. */ -}}
{{- define "bifrost.openBy" -}}
{{- $ways := list -}}
{{- if ne "ClusterIP" (default "ClusterIP" .Values.service.type) -}}{{- $ways = append $ways "service.type" -}}{{- end -}}
{{- range $name, $one := include "bifrost.ingresses" . | fromJson -}}
{{- $ways = append $ways (printf "ingress.%s" $name | trimSuffix ".") -}}
{{- end -}}
{{- if .Values.httproute.enabled -}}{{- $ways = append $ways "httproute" -}}{{- end -}}
{{- join ", " $ways -}}
{{- end -}}
