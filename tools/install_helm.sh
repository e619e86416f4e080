#!/usr/bin/env bash
# Builds Helm, which Debian has no package of, from its Go module: build/tools/helm. Nothing happens when it is there.
#
# usage: tools/install_helm.sh
#
# Takes the `go` of the machine when it is new enough. Debian's is not, but it can fetch the one that is: Go's toolchains are modules
# too. What is fetched is checked by go.sum and by the sum below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/helm"

out=$PWD/../../build/tools/helm
stamp=$(sha256sum go.mod go.sum ../install_helm.sh | sha256sum)
[[ ! -x $out || $(cat "$out.stamp" 2>/dev/null) != "$stamp" ]] || exit 0

toolchain=go1.24.9
platform= sum=
case $(uname -m) in
  x86_64) platform=linux-amd64 sum='h1:XCaHFxbYbAFzirf0FlQ6XUJ3WM+yR7FdDHZvREoPVDI=' ;;
esac

new_enough() { # a go command that knows `go 1.24` in go.mod
  local minor
  minor=$("$1" env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
  [[ -n $minor ]] && ((minor >= 24))
}

go=
for candidate in "$(command -v go || true)" /usr/lib/go-1.19/bin/go; do
  [[ -n $candidate && -x $candidate ]] || continue
  if new_enough "$candidate"; then go=$candidate; break; fi
  # What is not known by its sum is not fetched.
  [[ -n $sum ]] || {
    echo "install_helm.sh: $candidate is older than Go 1.24, and no sum of a newer one is known for $(uname -m); install Go 1.24 or later (https://go.dev/dl) and put it first on the path" >&2
    exit 1
  }
  found=$(cd / && "$candidate" mod download -json "golang.org/toolchain@v0.0.1-$toolchain.$platform")
  [[ $found == *"\"$sum\""* ]] || { echo "install_helm.sh: golang.org/toolchain is not what it was: $found" >&2; exit 1; }
  dir=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$found")
  # Modules come without the right to be run.
  mkdir -p "$(dirname "$out")/go" && cp -r --no-preserve=mode "$dir/." "$(dirname "$out")/go"
  find "$(dirname "$out")/go/bin" "$(dirname "$out")/go/pkg/tool" -type f -exec chmod +x {} +
  go=$(dirname "$out")/go/bin/go
  break
done
[[ -n $go ]] || { echo "install_helm.sh: no go; ./dev setup chart installs it" >&2; exit 1; }

# The cluster that `helm template` takes for granted.
flags="-s -w"
for package in chartutil lint/rules; do
  flags+=" -X helm.sh/helm/v3/pkg/$package.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/$package.k8sVersionMinor=30"
done
mkdir -p "$(dirname "$out")"
env -u GOFLAGS GOTOOLCHAIN=local CGO_ENABLED=0 "$go" build -buildvcs=false -mod=readonly -trimpath -ldflags "$flags" -o "$out" helm.sh/helm/v3/cmd/helm
echo "$stamp" >"$out.stamp"
