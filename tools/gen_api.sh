#!/usr/bin/env bash
# Writes the files that are derived from the program itself, under api/ and docs/reference/. Never edit those by hand.
#
# usage: tools/gen_api.sh [--check] [path of bifrost, default build/dev/bifrost]
#
# --check writes nothing; it fails, with the difference, when a committed file is not what the program prints.
set -euo pipefail

check=false
if [[ ${1:-} == --check ]]; then
  check=true
  shift
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bifrost=${1:-build/dev/bifrost}
[[ -x $bifrost ]] || { echo "gen_api.sh: $bifrost is not built" >&2; exit 1; }

# What `bifrost schema` is asked for, and the file that keeps the answer.
outputs=(
  "config       api/config.schema.json"
  "openapi      api/openapi.json"
  "config-docs  docs/reference/config.md"
  "metrics      docs/reference/metrics.md"
  "errors       docs/reference/errors.md"
  "providers    docs/reference/providers.md"
  "routes       docs/reference/routes.md"
  "cli          docs/reference/cli.md"
)

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
status=0
for output in "${outputs[@]}"; do
  read -r what file <<<"$output"
  "$bifrost" schema "$what" >"$fresh/$what" || { echo "gen_api.sh: bifrost schema $what failed" >&2; exit 1; }
  if $check; then
    diff -u --label "$file (committed)" --label "$file (as bifrost prints it)" "$file" "$fresh/$what" || status=1
  elif ! cmp -s "$fresh/$what" "$file"; then
    mkdir -p "$(dirname "$file")"
    cp "$fresh/$what" "$file"
    echo "wrote $file"
  fi
done
if ((status)); then
  echo "gen_api.sh: committed files are not up to date; run ./dev gen" >&2
fi
exit $status
