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

median() { # command…
  for _ in $(seq 21); do
    local from=$EPOCHREALTIME
    "$@"
    echo $(( (${EPOCHREALTIME/./} - ${from/./}) ))
  done | sort -n | sed -n 11p
}
report() { printf '%-8s bare %6.1f ms, with the package %6.1f ms, added %5.1f ms\n' "$1" \
  "$(bc -l <<<"$2/1000")" "$(bc -l <<<"$3/1000")" "$(bc -l <<<"($3-$2)/1000")"; }

export PYTHONPATH="$out/python"
report Python "$(median target/venv/bin/python -c '')" "$(median target/venv/bin/python -c 'import ecs_rollout')"
report Node "$(median node -e '')" "$(median node -e "require('$out/node')")"
ls -l "$out"/python/ecs_rollout/*.so "$out"/node/*.node | awk '{printf "%.1f MB %s\n", $5/1e6, $9}'
