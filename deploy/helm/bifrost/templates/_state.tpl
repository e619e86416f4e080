{{- /*
What the values come to, worked out once for all templates and kept in .Values._state:

  shapes        files/settings.json
  store         sqlite, postgres or none
  volume        whether pods need a folder that outlives them;  claim: whether a claim is made for each (a StatefulSet)
  rootCert      name and key of the Secret with the certificate that PostgreSQL's is checked with, when there is one
  replicas      the most there may be
  config        config.json as a map;  holdsSecrets: whether a secret stands in it as such
  env           the container's environment
  grace, preStop, drainDelay, drainTimeout
  adminPort     port of operators, 0 when there is none;  adminService: whether it has a Service
  unsupported   what was asked for and is not served
  errors, warnings, hints

Each template begins with it; a mistake fails whichever is rendered first.
*/ -}}
{{- define "bifrost.prepare" -}}
{{- if not (hasKey .Values "_state") -}}
{{- $shapes := .Files.Get "files/settings.json" | fromJson -}}
{{- include "bifrost.fill" (dict "values" .Values "folders" $shapes.folders) -}}
{{- $state := dict "shapes" $shapes "accepted" (.Files.Get "files/accepted.yaml" | fromYaml) "holdsSecrets" false "rootCert" dict -}}
{{- range list "errors" "warnings" "hints" "unsupported" "env" -}}{{- $_ := set $state . list -}}{{- end -}}
{{- $_ := set .Values "_state" $state -}}
{{- include "bifrost.stores" . -}}
{{- include "bifrost.drain" . -}}
{{- include "bifrost.settings" . -}}
{{- include "bifrost.environment" . -}}
{{- include "bifrost.unsupported" . -}}
{{- include "bifrost.check" . -}}
{{- end -}}
{{- end -}}

{{- /* Makes the maps that templates look into, where a user or an older chart left them out. */ -}}
{{- define "bifrost.fill" -}}
{{- $values := .values -}}
{{- range $name, $inner := .folders -}}
{{- if not (kindIs "map" (get $values $name)) -}}{{- $_ := set $values $name dict -}}{{- end -}}
{{- include "bifrost.fill" (dict "values" (get $values $name) "folders" $inner) -}}
{{- end -}}
{{- end -}}

{{- /* Adds a line to a list of the state: state, list, line. */ -}}
{{- define "bifrost.note" -}}
{{- $lines := get .state .list -}}
{{- if not (has .line $lines) -}}{{- $_ := set .state .list (append $lines .line) -}}{{- end -}}
{{- end -}}
