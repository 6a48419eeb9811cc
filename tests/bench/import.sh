#!/usr/bin/env bash
# What loading the package adds to a bare interpreter: the median of 21 runs of each, in milliseconds.
# Takes an optimised build: tests/bench/import.sh [profile, default release]
set -euo pipefail
cd "$(dirname "$0")/../.."
profile=${1:-release}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

target/venv/bin/maturin build --quiet --profile "$profile" --manifest-path bindings-python/Cargo.toml --out "$out"
target/venv/bin/pip install --quiet --disable-pip-version-check --target "$out/python" --no-deps "$out"/*.whl
# The package's own build command writes its add-on beside index.js: that one is measured.
(cd bindings-node && npx napi build --platform --no-js --dts native.d.ts $([ "$profile" = dev ] || echo --profile "$profile") >/dev/null 2>&1)
mkdir "$out/node"
cp bindings-node/*.node "$out/node"
cp bindings-node/*.js bindings-node/package.json "$out/node"

run() { local from=$EPOCHREALTIME; "$@"; echo $((${EPOCHREALTIME/./} - ${from/./})); }
# Bare and loaded take turns, so that a machine that slows down slows both: the median of each, and of the differences.
report() { # name, interpreter, its flag, the load
  for _ in $(seq 21); do echo "$(run "$2" "$3" '') $(run "$2" "$3" "$4")"; done |
    awk '{ print $1, $2, $2 - $1 }' >"$out/times"
  median() { cut -d' ' -f"$1" "$out/times" | sort -n | sed -n 11p; }
  awk -v name="$1" -v bare="$(median 1)" -v full="$(median 2)" -v added="$(median 3)" \
    'BEGIN { printf "%-7s bare %6.1f ms, with the package %6.1f ms, added %5.1f ms\n", name, bare/1e3, full/1e3, added/1e3 }'
}

export PYTHONPATH="$out/python"
report Python target/venv/bin/python -c 'import ecs_rollout'
report Node node -e "require('$out/node')"
ls -l "$out"/python/ecs_rollout/*.so "$out"/node/*.node | awk '{printf "%.1f MB %s\n", $5/1e6, $9}'
