{{- /* Names and labels. */ -}}

{{- define "bifrost.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "bifrost.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.serviceAccountName" -}}
{{- if ne "false" (toString (get .Values.serviceAccount "create")) -}}
{{- default (include "bifrost.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* Labels of all objects. */ -}}
{{- define "bifrost.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "bifrost.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The release. What is not the gateway has another name, so that what selects the gateway by its name selects nothing else. */ -}}
{{- define "bifrost.selector" -}}
app.kubernetes.io/name: {{ include "bifrost.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* The gateway's pods. */ -}}
{{- define "bifrost.gatewaySelector" -}}
{{ include "bifrost.selector" . }}
app.kubernetes.io/component: server
{{- end -}}

{{- /* The pods of the embedded PostgreSQL, and the labels of its objects. */ -}}
{{- define "bifrost.postgresqlSelector" -}}
app.kubernetes.io/name: {{ include "bifrost.name" . }}-postgresql
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: database
{{- end -}}

{{- define "bifrost.postgresqlLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "bifrost.postgresqlSelector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The name of an image: context, image. */ -}}
{{- define "bifrost.image" -}}
{{- $name := .image.repository -}}
{{- with .context.Values.global.imageRegistry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end -}}
{{- if .image.digest }}{{ printf "%s@%s" $name .image.digest }}{{ else }}{{ printf "%s:%v" $name .image.tag }}{{ end -}}
{{- end -}}

{{- /* The Ingresses that are on, by their names; "" is the name of a single one. */ -}}
{{- define "bifrost.ingresses" -}}
{{- $named := dict -}}
{{- range $name, $one := .Values.ingress -}}
{{- if kindIs "map" $one -}}{{- if hasKey $one "enabled" -}}{{- $_ := set $named $name $one -}}{{- end -}}{{- end -}}
{{- end -}}
{{- if not $named -}}{{- $named = dict "" .Values.ingress -}}{{- end -}}
{{- $on := dict -}}
{{- range $name, $one := $named -}}{{- if $one.enabled -}}{{- $_ := set $on $name $one -}}{{- end -}}{{- end -}}
{{- toJson $on -}}
{{- end -}}

{{- define "bifrost.pullSecrets" -}}
{{- $all := list -}}
{{- range concat (default list .Values.global.imagePullSecrets) (default list .Values.imagePullSecrets) -}}
{{- $all = append $all (ternary . (dict "name" .) (kindIs "map" .)) -}}
{{- end -}}
{{- with uniq $all }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* What a storage class is written as: nothing for the cluster's default, "-" for none at all. */ -}}
{{- define "bifrost.storageClass" -}}
{{- if eq (toString .) "-" }}
storageClassName: ""
{{- else if . }}
storageClassName: {{ . | quote }}
{{- end }}
{{- end -}}
