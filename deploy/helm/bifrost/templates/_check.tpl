{{- /* What cannot be as it is, all of it at once; and what a person should know, which fails too with `production: true`. */ -}}
{{- define "bifrost.check" -}}
{{- $state := .Values._state -}}
{{- include "bifrost.checkImage" . -}}
{{- include "bifrost.checkStores" . -}}
{{- include "bifrost.checkScaling" . -}}
{{- include "bifrost.checkSecrets" . -}}
{{- include "bifrost.checkObjects" . -}}
{{- $errors := $state.errors -}}
{{- if and $state.unsupported (eq "warn" (default "fail" .Values.unsupported)) -}}
{{- include "bifrost.note" (dict "state" $state "list" "warnings" "line" (printf "not supported by this version, and left out: %s" (join ", " $state.unsupported))) -}}
{{- else -}}
{{- range $state.unsupported -}}
{{- $errors = append $errors (printf "%s: not supported by this version. Take it out, or set `unsupported: warn` to install without it" .) -}}
{{- end -}}
{{- end -}}
{{- if .Values.production -}}
{{- range $state.warnings -}}{{- $errors = append $errors (printf "%s (production: true)" .) -}}{{- end -}}
{{- end -}}
{{- if $errors -}}
{{- fail (printf "\n\nERROR: these values cannot be installed:\n  - %s\n" (join "\n  - " $errors)) -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.error" -}}{{- include "bifrost.note" (dict "state" .context.Values._state "list" "errors" "line" .line) -}}{{- end -}}
{{- define "bifrost.warn" -}}{{- include "bifrost.note" (dict "state" .context.Values._state "list" "warnings" "line" .line) -}}{{- end -}}

{{- define "bifrost.checkImage" -}}
{{- $image := .Values.image -}}
{{- $tag := toString (default "" $image.tag) -}}
{{- if not (or $tag $image.digest) -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "image.tag: required; this chart was made for %s: --set image.tag=%s" .Chart.AppVersion .Chart.AppVersion)) -}}
{{- end -}}
{{- if not $image.repository -}}
{{- include "bifrost.error" (dict "context" . "line" "image.repository: required; where the image of `./dev image` was pushed to") -}}
{{- else if regexMatch "(^|/)maximhq/bifrost$" $image.repository -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "image.repository: %s is the image of another program. This chart runs its own: set image.repository to where you pushed it, and image.tag to %s" $image.repository .Chart.AppVersion)) -}}
{{- else if and (not $image.digest) (regexMatch "^v1\\.[0-9]+\\.[0-9]+$" $tag) (hasPrefix "0." .Chart.AppVersion) -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "image.tag: %s is a tag of another program's image (maximhq/bifrost). The image of this chart has %s" $tag .Chart.AppVersion)) -}}
{{- end -}}
{{- if and (eq $tag "latest") (not $image.digest) -}}
{{- include "bifrost.warn" (dict "context" . "line" "image.tag: latest is another image each time; name a version") -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.checkStores" -}}
{{- $state := .Values._state -}}
{{- $external := .Values.postgresql.external -}}
{{- if and (eq $state.store "sqlite") (gt $state.replicas 1) -}}
{{- $what := ternary "autoscaling.maxReplicas" "replicaCount" (eq "true" (toString .Values.autoscaling.enabled)) -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "%s: %d replicas on SQLite would be %d gateways with a database each (storage.mode: sqlite). Set storage.mode to postgres, or %s to 1" $what $state.replicas $state.replicas $what)) -}}
{{- end -}}
{{- if eq $state.store "postgres" -}}
{{- if and (not $external.enabled) (not .Values.postgresql.enabled) -}}
{{- include "bifrost.error" (dict "context" . "line" "storage.mode: postgres needs a database: set postgresql.external.enabled with its address, or postgresql.enabled for one of its own") -}}
{{- end -}}
{{- if $external.enabled -}}
{{- range $name := list "host" "user" "database" "sslMode" -}}
{{- if not (get $external $name) -}}{{- include "bifrost.error" (dict "context" $ "line" (printf "postgresql.external.%s: required" $name)) -}}{{- end -}}
{{- end -}}
{{- if not (or $external.password $external.existingSecret $external.trust $external.passwordCommand) -}}
{{- include "bifrost.error" (dict "context" . "line" "postgresql.external: no password; set existingSecret, or trust: true where the server asks for none") -}}
{{- end -}}
{{- if and (eq "disable" (default "disable" $external.sslMode)) $external.host (not (regexMatch "^/|^localhost$|^[^.]+$|\\.svc(\\.|$)|\\.cluster\\.local$" $external.host)) -}}
{{- include "bifrost.warn" (dict "context" . "line" (printf "postgresql.external.sslMode: disable sends passwords to %s in clear text; managed services (RDS, Cloud SQL, Azure Database) ask for require" $external.host)) -}}
{{- end -}}
{{- $checks := has $external.sslMode (list "verify-ca" "verify-full") -}}
{{- if and $checks (not $state.rootCert) (not (has "PGSSLROOTCERT" $state.envNames)) (not .Values.envFrom) -}}
{{- include "bifrost.warn" (dict "context" . "line" (printf "postgresql.external.sslMode: %s needs the certificate of whom to trust: give it in sslRootCertSecret, or no connection is made" $external.sslMode)) -}}
{{- end -}}
{{- if and $state.rootCert (eq "disable" (default "" $external.sslMode)) -}}
{{- include "bifrost.warn" (dict "context" . "line" "postgresql.external.sslRootCertSecret: the server is not checked with sslMode disable; set it to verify-full") -}}
{{- end -}}
{{- if .Values.postgresql.enabled -}}
{{- include "bifrost.warn" (dict "context" . "line" "postgresql.enabled: the external database is used, none is installed") -}}
{{- end -}}
{{- end -}}
{{- if gt $state.replicas 1 -}}
{{- include "bifrost.note" (dict "state" $state "list" "hints" "line" "each replica counts budgets and limits by itself: they may be used once in each") -}}
{{- end -}}
{{- if and $state.embedded $state.postgresqlSecret.made (not .Values.postgresql.auth.password) -}}
{{- include "bifrost.warnOfMade" (dict "context" . "secret" $state.postgresqlSecret "value" "postgresql.auth.existingSecret" "what" "password" "then" "which the database does not take") -}}
{{- end -}}
{{- else if .Values.postgresql.enabled -}}
{{- include "bifrost.warn" (dict "context" . "line" "postgresql.enabled: nothing uses it, none is installed; set storage.mode or storage.configStore.type to postgres") -}}
{{- end -}}
{{- if and (eq $state.store "sqlite") (not $state.volume) -}}
{{- include "bifrost.warn" (dict "context" . "line" "storage.persistence.enabled: without a volume everything is lost with the pod") -}}
{{- end -}}
{{- if .Values.postgresql.enabled -}}
{{- if has (default "" .Values.postgresql.auth.password) (list "bifrost_password" "CHANGE_ME_SECURE_PASSWORD") -}}
{{- include "bifrost.warn" (dict "context" . "line" "postgresql.auth.password: everybody knows this one; leave it out, and one is made") -}}
{{- end -}}
{{- end -}}
{{- if .Values.storage.checkClasses -}}{{- include "bifrost.checkClasses" . -}}{{- end -}}
{{- end -}}

{{- /* Classes belong to no namespace: not everybody who installs may read them. Without a cluster there is nothing to compare with. */ -}}
{{- define "bifrost.checkClasses" -}}
{{- $there := list -}}
{{- range (lookup "storage.k8s.io/v1" "StorageClass" "" "").items -}}{{- $there = append $there .metadata.name -}}{{- end -}}
{{- $wanted := dict -}}
{{- if .Values._state.claim -}}{{- $_ := set $wanted "storage" .Values.storage.persistence -}}{{- end -}}
{{- if .Values._state.embedded -}}{{- $_ := set $wanted "postgresql.primary" .Values.postgresql.primary.persistence -}}{{- end -}}
{{- range $owner, $persistence := $wanted -}}
{{- $class := default "-" $persistence.storageClass -}}
{{- if and $there (ne $class "-") (not (has $class $there)) -}}
{{- include "bifrost.error" (dict "context" $ "line" (printf "%s.persistence.storageClass: this cluster has no class %s; it has: %s" $owner $class (sortAlpha $there | join ", "))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.checkScaling" -}}
{{- $state := .Values._state -}}
{{- $auto := .Values.autoscaling -}}
{{- if $auto.enabled -}}
{{- $least := int (default 1 $auto.minReplicas) -}}
{{- if gt $least $state.replicas -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "autoscaling.minReplicas: %d is more than maxReplicas, %d" $least $state.replicas)) -}}
{{- end -}}
{{- if not (or $auto.targetCPUUtilizationPercentage $auto.targetMemoryUtilizationPercentage $auto.metrics) -}}
{{- include "bifrost.error" (dict "context" . "line" "autoscaling: nothing to scale by; give targetCPUUtilizationPercentage, targetMemoryUtilizationPercentage or metrics") -}}
{{- end -}}
{{- if gt (dig "scaleDown" "stabilizationWindowSeconds" 0 (default dict $auto.behavior) | int) 3600 -}}
{{- include "bifrost.error" (dict "context" . "line" "autoscaling.behavior.scaleDown.stabilizationWindowSeconds: at most 3600") -}}
{{- end -}}
{{- end -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- $always := ternary (int (default 1 $auto.minReplicas)) (int (default 1 .Values.replicaCount)) (eq "true" (toString $auto.enabled)) -}}
{{- if and $budget.enabled (not (kindIs "invalid" $budget.minAvailable)) (not (kindIs "invalid" $budget.maxUnavailable)) -}}
{{- include "bifrost.error" (dict "context" . "line" "podDisruptionBudget: minAvailable or maxUnavailable, not both") -}}
{{- end -}}
{{- if and $budget.enabled (or (has (toString $budget.maxUnavailable) (list "0" "0%")) (eq (toString $budget.minAvailable) "100%")) -}}
{{- include "bifrost.error" (dict "context" . "line" "podDisruptionBudget: no pod may be away, which lets no node be drained, ever; allow one: maxUnavailable: 1") -}}
{{- end -}}
{{- if and $budget.enabled $budget.minAvailable (not (hasSuffix "%" (toString $budget.minAvailable))) -}}
{{- if ge (int $budget.minAvailable) $always -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "podDisruptionBudget.minAvailable: %d of %d replicas lets no node be drained, ever; set it to less, or more replicas" (int $budget.minAvailable) $always)) -}}
{{- end -}}
{{- end -}}
{{- if and (include "bifrost.requiresOwnNode" .) (gt $state.replicas 5) -}}
{{- include "bifrost.note" (dict "state" $state "list" "hints" "line" (printf "affinity asks for a node for each pod: %d nodes at the most, or pods stay Pending" $state.replicas)) -}}
{{- end -}}
{{- end -}}

{{- /* Not empty when anti-affinity forbids two pods on one node. */ -}}
{{- define "bifrost.requiresOwnNode" -}}
{{- range dig "podAntiAffinity" "requiredDuringSchedulingIgnoredDuringExecution" list (default dict .Values.affinity) -}}
{{- if eq .topologyKey "kubernetes.io/hostname" -}}yes{{- end -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.checkObjects" -}}
{{- $monitor := .Values.serviceMonitor -}}
{{- if and $monitor.enabled (ne "false" (toString (get $monitor "requireCRD"))) (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) -}}
{{- include "bifrost.error" (dict "context" . "line" "serviceMonitor.enabled: this cluster does not know monitoring.coreos.com/v1; install the Prometheus operator first, or set serviceMonitor.requireCRD to false") -}}
{{- end -}}
{{- if and $monitor.enabled $monitor.interval $monitor.scrapeTimeout -}}
{{- if gt (include "bifrost.milliseconds" $monitor.scrapeTimeout | int) (include "bifrost.milliseconds" $monitor.interval | int) -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "serviceMonitor.scrapeTimeout: %s is longer than the interval, %s" $monitor.scrapeTimeout $monitor.interval)) -}}
{{- end -}}
{{- end -}}
{{- $route := .Values.httproute -}}
{{- if and $route.enabled (not $route.parentRefs) -}}
{{- include "bifrost.error" (dict "context" . "line" "httproute.parentRefs: required; the gateways it belongs to") -}}
{{- end -}}
{{- $api := default "gateway.networking.k8s.io/v1" $route.apiVersion -}}
{{- if and $route.enabled (ne "false" (toString (get $route "requireCRD"))) (not (.Capabilities.APIVersions.Has $api)) -}}
{{- include "bifrost.error" (dict "context" . "line" (printf "httproute.enabled: this cluster does not know %s; install the Gateway API first (without a cluster: --api-versions %s), or set httproute.requireCRD to false" $api $api)) -}}
{{- end -}}
{{- end -}}
