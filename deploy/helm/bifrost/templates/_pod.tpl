{{- /* The pod, the same in a Deployment and in a StatefulSet. */ -}}
{{- define "bifrost.pod" -}}
{{- $state := .Values._state -}}
metadata:
  annotations:
    checksum/config: {{ include "bifrost.restartsWith" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "bifrost.gatewaySelector" . | nindent 4 }}
    {{- with .Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with include "bifrost.pullSecrets" . | trim }}{{ . | nindent 2 }}{{ end }}
  serviceAccountName: {{ include "bifrost.serviceAccountName" . }}
  automountServiceAccountToken: {{ eq "true" (toString (get .Values.serviceAccount "automount")) }}
  enableServiceLinks: false
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $state.grace }}
  {{- range $name := list "priorityClassName" "runtimeClassName" }}
  {{- with get $.Values $name }}
  {{ $name }}: {{ . | quote }}
  {{- end }}
  {{- end }}
  {{- range $name := list "hostAliases" "dnsConfig" "nodeSelector" "affinity" "tolerations" "topologySpreadConstraints" }}
  {{- with get $.Values $name }}
  {{ $name }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- if or $state.embedded .Values.initContainers }}
  initContainers:
    {{- if $state.embedded }}
    # The gateway does not start without its database, and this one comes up beside it.
    - name: wait-for-postgresql
      image: {{ include "bifrost.image" (dict "context" . "image" .Values.image) | quote }}
      imagePullPolicy: {{ default "IfNotPresent" .Values.image.pullPolicy }}
      command: [sh, -c, "until nc -w 2 {{ include "bifrost.fullname" . }}-postgresql 5432 -e true; do sleep 1; done"]
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- with .Values.initContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    - name: bifrost
      image: {{ include "bifrost.image" (dict "context" . "image" .Values.image) | quote }}
      imagePullPolicy: {{ default "IfNotPresent" .Values.image.pullPolicy }}
      {{- with .Values.command }}
      command:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      args:
        {{- default (list "serve" "--config" "/etc/bifrost/config.json") .Values.args | toYaml | nindent 8 }}
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: {{ default 8080 .Values.bifrost.port }}
          protocol: TCP
        {{- if $state.adminPort }}
        - name: metrics
          containerPort: {{ $state.adminPort }}
          protocol: TCP
        {{- end }}
      env:
        {{- toYaml $state.env | nindent 8 }}
      {{- with .Values.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- range $name := list "startupProbe" "livenessProbe" "readinessProbe" }}
      {{- with include "bifrost.probe" (dict "context" $ "name" $name) }}
      {{ $name }}:
        {{- . | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config
          mountPath: /etc/bifrost
          readOnly: true
        - name: data
          mountPath: {{ include "bifrost.appDir" . }}
        - name: tmp
          mountPath: /tmp
        {{- if $state.rootCert }}
        - name: postgresql-root-cert
          mountPath: /etc/bifrost-postgresql
          readOnly: true
        {{- end }}
        {{- with .Values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: config
      {{- if .Values.config.existingSecret }}
      secret:
        secretName: {{ .Values.config.existingSecret }}
        defaultMode: 0440
        items:
          - key: {{ default "config.json" .Values.config.existingSecretKey | quote }}
            path: config.json
      {{- else if eq (include "bifrost.configKind" .) "Secret" }}
      secret:
        secretName: {{ include "bifrost.fullname" . }}-config
        defaultMode: 0440
      {{- else }}
      configMap:
        name: {{ include "bifrost.fullname" . }}-config
      {{- end }}
    - name: tmp
      emptyDir: {}
    {{- with $state.rootCert }}
    - name: postgresql-root-cert
      secret:
        secretName: {{ .name | quote }}
        items:
          - key: {{ .key | quote }}
            path: root.crt
    {{- end }}
    {{- if not $state.volume }}
    - name: data
      emptyDir: {}
    {{- else if not $state.claim }}
    - name: data
      persistentVolumeClaim:
        claimName: {{ .Values.storage.persistence.existingClaim }}
    {{- end }}
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- /*
A probe; empty when it is off. It asks by HTTPS where the gateway serves that, and at the operators' port, where there is one: callers
cannot take all of its connections.
*/ -}}
{{- define "bifrost.probe" -}}
{{- $probe := get .context.Values .name -}}
{{- if $probe -}}
{{- $probe = deepCopy $probe -}}
{{- with $probe.httpGet -}}
{{- if and (has (toString .path) (list "/livez" "/health")) (eq (toString .port) "http") $.context.Values._state.adminPort -}}
{{- $_ := set . "port" "metrics" -}}
{{- end -}}
{{- if and (dig "server" "tls" dict $.context.Values._state.config) (not .scheme) -}}
{{- $_ := set . "scheme" "HTTPS" -}}
{{- end -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end -}}
{{- end -}}

{{- define "bifrost.configKind" -}}
{{- $kind := default "auto" .Values.config.kind -}}
{{- if eq $kind "auto" -}}{{- ternary "Secret" "ConfigMap" .Values._state.holdsSecrets -}}{{- else -}}{{- $kind -}}{{- end -}}
{{- end -}}

{{- /*
What pods are restarted for: settings that take effect with the next start. All others are taken up by running gateways, since
config.json is mounted as a folder, which Kubernetes keeps current.
*/ -}}
{{- define "bifrost.restartsWith" -}}
{{- $picked := dict "kind" (include "bifrost.configKind" .) -}}
{{- range $path := .Values._state.shapes.restart -}}
{{- $at := $.Values._state.config -}}
{{- range $name := splitList "." $path -}}
{{- if kindIs "map" $at -}}{{- $at = get $at $name -}}{{- else -}}{{- $at = "" -}}{{- end -}}
{{- end -}}
{{- if $at -}}{{- $_ := set $picked $path $at -}}{{- end -}}
{{- end -}}
{{- toJson $picked -}}
{{- end -}}
