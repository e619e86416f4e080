{{- /*
How a pod goes down. Kubernetes begins to count at once, runs preStop, sends SIGTERM, and kills at the end:

  terminationGracePeriodSeconds >= preStop + drain delay + drain timeout + 10

The ten seconds are for writing the journal out. What is not given follows from the others. The gateway's own settings below
`bifrost.server` say the same as `drain`, and count as it does.
*/ -}}
{{- define "bifrost.drain" -}}
{{- $state := .Values._state -}}
{{- $rest := 10 -}}
{{- $drain := .Values.drain -}}
{{- $preStop := include "bifrost.preStopSeconds" . | int -}}
{{- $delay := 5 -}}
{{- $delayName := "drain.delaySeconds" -}}
{{- if not (kindIs "invalid" $drain.delaySeconds) -}}{{- $delay = int $drain.delaySeconds -}}{{- end -}}
{{- with include "bifrost.ofServer" (dict "context" . "name" "drain_delay_in_seconds") -}}
{{- $delay = int . -}}
{{- $delayName = "bifrost.server.drainDelayInSeconds" -}}
{{- end -}}
{{- $asked := "" -}}
{{- $askedName := "drain.timeoutSeconds" -}}
{{- with $drain.timeoutSeconds -}}{{- $asked = toString . -}}{{- end -}}
{{- with include "bifrost.ofServer" (dict "context" . "name" "drain_timeout_in_seconds") -}}
{{- if $asked -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" "drain.timeoutSeconds: bifrost.server.drainTimeoutInSeconds is given too; keep one") -}}
{{- end -}}
{{- $asked = . -}}
{{- $askedName = "bifrost.server.drainTimeoutInSeconds" -}}
{{- end -}}
{{- $timeout := 300 -}}
{{- $grace := 0 -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- with $asked -}}{{- $timeout = int . -}}{{- end -}}
{{- $grace = add $preStop $delay $timeout $rest | int -}}
{{- else -}}
{{- $grace = int .Values.terminationGracePeriodSeconds -}}
{{- $timeout = sub $grace (add $preStop $delay $rest) | int -}}
{{- with $asked -}}{{- $timeout = int . -}}{{- end -}}
{{- $needed := add $preStop $delay (max $timeout 1) $rest | int -}}
{{- if lt $grace $needed -}}
{{- include "bifrost.note" (dict "state" $state "list" "errors" "line" (printf "terminationGracePeriodSeconds: %d is too short: preStop takes %d s, %s is %d, %s, and writing out takes %d s. Give at least %d, or leave it out" $grace $preStop $delayName $delay (ternary "streams need a second" (printf "%s is %d" $askedName $timeout) (empty $asked)) $rest $needed)) -}}
{{- end -}}
{{- end -}}
{{- with .Values.config.existingSecret -}}
{{- include "bifrost.note" (dict "state" $state "list" "hints" "line" (printf "config.existingSecret: Kubernetes kills a pod after %d s, which must be %d more than server.drain_delay_in_seconds and server.drain_timeout_in_seconds of the Secret %s together" $grace (add $preStop $rest) .)) -}}
{{- end -}}
{{- $_ := set $state "preStop" $preStop -}}
{{- $_ := set $state "drainDelay" $delay -}}
{{- $_ := set $state "drainTimeout" $timeout -}}
{{- $_ := set $state "grace" $grace -}}
{{- end -}}

{{- /* How long a setting of `bifrost.server` is, in whole seconds; empty when it is not given. context, name as config.json has it. */ -}}
{{- define "bifrost.ofServer" -}}
{{- $server := .context.Values.bifrost.server -}}
{{- range list .name (camelcase .name | untitle) -}}
{{- $given := get $server . -}}
{{- if not (or (kindIs "invalid" $given) (eq "" (toString $given))) -}}{{- include "bifrost.seconds" $given -}}{{- end -}}
{{- end -}}
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
