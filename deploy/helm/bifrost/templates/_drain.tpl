{{- /*
How a pod goes down. Kubernetes begins to count at once, runs preStop, sends SIGTERM, and kills at the end:

  terminationGracePeriodSeconds >= preStop + drain delay + drain timeout + 10

The ten seconds are for writing the journal out. What is not given follows from the others.
*/ -}}
{{- define "bifrost.drain" -}}
{{- $state := .Values._state -}}
{{- $rest := 10 -}}
{{- $drain := .Values.drain -}}
{{- $preStop := include "bifrost.preStopSeconds" . | int -}}
{{- $delay := 5 -}}
{{- if not (kindIs "invalid" $drain.delaySeconds) -}}{{- $delay = int $drain.delaySeconds -}}{{- end -}}
{{- $timeout := 300 -}}
{{- $grace := 0 -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- with $drain.timeoutSeconds -}}{{- $timeout = int . -}}{{- end -}}
{{- $grace = add $preStop $delay $timeout $rest | int -}}
{{- else -}}
{{- $grace = int .Values.terminationGracePeriodSeconds -}}
{{- $timeout = sub $grace (add $preStop $delay $rest) | int -}}
{{- with $drain.timeoutSeconds -}}{{- $timeout = int . -}}{{- end -}}
{{- $needed := add $preStop $delay (max $timeout 1) $rest | int -}}
{{- if lt $grace $needed -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "terminationGracePeriodSeconds: %d is too short: preStop takes %d s, drain.delaySeconds is %d, %s, and writing out takes %d s. Give at least %d, or leave it out" $grace $preStop $delay (ternary (printf "drain.timeoutSeconds is %d" $timeout) "streams need a second" (not (empty $drain.timeoutSeconds))) $rest $needed)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $state "preStop" $preStop -}}
{{- $_ := set $state "drainDelay" $delay -}}
{{- $_ := set $state "drainTimeout" $timeout -}}
{{- $_ := set $state "grace" $grace -}}
{{- end -}}

{{- /* What preStop takes: drain.preStopSeconds, or the sleep in the hook, or 15 for a hook that is something else. */ -}}
{{- define "bifrost.preStopSeconds" -}}
{{- $hook := dig "preStop" dict (default dict .Values.lifecycle) -}}
{{- $sleeps := list -}}
{{- with dig "exec" "command" list (default dict $hook) -}}
{{- $sleeps = regexFindAll "sleep +[0-9]+" (join " " .) -1 -}}
{{- end -}}
{{- if not (kindIs "invalid" .Values.drain.preStopSeconds) -}}
{{- int .Values.drain.preStopSeconds -}}
{{- else if not $hook -}}
0
{{- else if dig "sleep" "seconds" 0 $hook -}}
{{- int $hook.sleep.seconds -}}
{{- else if $sleeps -}}
{{- $sum := 0 -}}
{{- range $sleeps -}}{{- $sum = add $sum (int (replace "sleep" "" . | trim)) -}}{{- end -}}
{{- $sum -}}
{{- else -}}
15
{{- end -}}
{{- end -}}
