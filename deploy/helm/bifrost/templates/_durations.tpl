{{- /* Durations as values have them. Templates of old Helms compute with whole numbers only. */ -}}

{{- /* The milliseconds of a text such as 1m30s or 1.5h; a part of one counts as whole. */ -}}
{{- define "bifrost.milliseconds" -}}
{{- $units := dict "ns" 1 "us" 1000 "µs" 1000 "ms" 1000000 "s" 1000000000 "m" 60000000000 "h" 3600000000000 "d" 86400000000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]*\\.?[0-9]*(ns|us|µs|ms|[smhd])" (toString .) -1 -}}
{{- $unit := get $units (regexFind "[a-zµ]+" .) -}}
{{- $sum = add $sum (mul (regexReplaceAll "^0+" (regexFind "^[0-9]*" .) "" | default "0" | int64) $unit) -}}
{{- /* Digits behind the point, as many as leave the product in 64 bits. */ -}}
{{- range $at, $digit := regexFind "\\.[0-9]{1,4}" . | trimPrefix "." | splitList "" -}}
{{- if $digit -}}
{{- $tenths := index (list 10 100 1000 10000) $at -}}
{{- $sum = add $sum (div (mul (int64 $digit) $unit) $tenths) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- div (add $sum 999999) 1000000 -}}
{{- end -}}

{{- /* The whole seconds of a number of seconds or of a text; a part of one counts as whole. */ -}}
{{- define "bifrost.seconds" -}}
{{- if kindIs "string" . -}}
{{- div (add (include "bifrost.milliseconds" . | int64) 999) 1000 -}}
{{- else -}}
{{- ceil . | int64 -}}
{{- end -}}
{{- end -}}
