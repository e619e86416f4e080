#!/usr/bin/env bash
# Sums up the coverage that the tests of the coverage preset left behind: a table, and pages in build/coverage/html/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build/coverage
llvm-profdata-19 merge -sparse -o "$build/all.profdata" "$build"/profiles/*.profraw
objects=()
for binary in "$build"/bin/* "$build/bifrost"; do
  [[ ! -x $binary || -d $binary ]] || objects+=(-object "$binary")
done
options=("${objects[@]:1}" -instr-profile="$build/all.profdata" -ignore-filename-regex='_test\.cc$|/(tests|fuzz)/|^/usr/')
llvm-cov-19 show "${options[@]}" -format=html -output-dir="$build/html" >/dev/null
llvm-cov-19 report "${options[@]}"
