#!/usr/bin/env bash
# Pushing 500 MB in 20 layers that do not compress to the CNCF's registry on this machine, against `skopeo copy` of the same layout:
# wall time, CPU time and peak memory of the client, in pairs, and what a second push of the same costs in requests.
# Wants docker-registry, skopeo and GNU time: tests/bench/push.sh [pairs, default 3]
set -euo pipefail
cd "$(dirname "$0")/../.."
pairs=${1:-3}
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --locked --release -p ecs-rollout --example push
out=$(mktemp -d)
trap 'kill "$registry" 2>/dev/null; rm -rf "$out"' EXIT

python3 - "$out/layout" <<'PYTHON'
import gzip, hashlib, json, os, pathlib, sys
folder = pathlib.Path(sys.argv[1])
blobs = folder / "blobs/sha256"
blobs.mkdir(parents=True)
def put(media, content):
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"mediaType": f"application/vnd.oci.image.{media}", "digest": f"sha256:{digest}", "size": len(content)}
# Compressed for real: skopeo would compress what is not, and so be measured at something else.
layers = [put("layer.v1.tar+gzip", gzip.compress(os.urandom(25_000_000), 1)) for _ in range(20)]
config = put("config.v1+json", json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers",
    "diff_ids": [layer["digest"] for layer in layers]}}).encode())
root = put("manifest.v1+json", json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": config, "layers": layers}).encode())
(folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [root]}))
(folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
PYTHON

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$out/registry.yml" <<YAML
version: 0.1
log: {level: error, accesslog: {disabled: false}}
storage: {filesystem: {rootdirectory: $out/storage}}
http: {addr: "127.0.0.1:$port"}
YAML
docker-registry serve "$out/registry.yml" >"$out/access" 2>/dev/null &
registry=$!
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done

measure() { # name, then the command
  rm -rf "$out/storage"
  sync
  # elapsed, user, system, peak in kB
  /usr/bin/time --format '%e %U %S %M' --output "$out/time" "${@:2}" >/dev/null 2>&1
  awk -v name="$1" '{ printf "%-12s wall %5.2f s, CPU %5.2f s, peak %5.1f MB\n", name, $1, $2 + $3, $4 / 1024 }' "$out/time"
  awk '{ print $1 }' "$out/time" >>"$out/$1"
}
# One each to warm the page cache.
for round in $(seq 0 "$pairs"); do
  [ "$round" = 0 ] && echo "(warming up)"
  measure ecs-rollout "$target/release/examples/push" "$out/layout" "127.0.0.1:$port/bench:v$round"
  measure skopeo skopeo copy --quiet --dest-tls-verify=false "oci:$out/layout" "docker://127.0.0.1:$port/bench:v$round"
done
paste "$out/ecs-rollout" "$out/skopeo" | tail -n +2 | awk '{ printf "pair %d: wall %.2f of skopeo\n", NR, $1 / $2 }'

# What was measured last is skopeo's: the same blobs, or the two did not do the same.
again() { "$target/release/examples/push" "$out/layout" "127.0.0.1:$port/bench:v$pairs" 2>&1 >/dev/null | tail -1; }
again
before=$(wc -l <"$out/access")
again
sleep 0.5
echo "requests of a second push:"
tail -n +$((before + 1)) "$out/access" | grep -oE '"(GET|HEAD|POST|PUT|PATCH) /v2/bench/[a-z]*' | sort | uniq -c
