#!/usr/bin/env bash
# Installs the program of $VERSION from its release, after a comparison with a checksum: $SHA256, or the release's SHA256SUMS.
# Nothing is built, and no package index is asked.
set -euo pipefail

fail() {
  echo "::error title=ecs-rollout is not installed::$1"
  exit 1
}

[[ "$VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "the input version is no version such as 0.1.0"
[[ -z "$SHA256" || "$SHA256" =~ ^[0-9a-f]{64}$ ]] || fail "the input sha256 is no SHA-256 in lower-case hexadecimal"

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) platform='manylinux.*_x86_64' ;;
  Linux-ARM64) platform='manylinux.*_aarch64' ;;
  macOS-X64) platform='macosx.*_x86_64' ;;
  macOS-ARM64) platform='macosx.*_arm64' ;;
  Windows-X64) platform='win_amd64' ;;
  Windows-ARM64) platform='win_arm64' ;;
  *) fail "there is no program for $RUNNER_OS on $RUNNER_ARCH" ;;
esac

releases="${ECS_ROLLOUT_RELEASES:-https://github.com/ecs-rollout/ecs-rollout/releases/download}"
folder="$RUNNER_TEMP/ecs-rollout-$VERSION"
mkdir -p "$folder"
cd "$folder"

get() {
  curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" || fail "$1 cannot be read"
}

get "$releases/v$VERSION/SHA256SUMS" SHA256SUMS
# `abi3` is for CPython 3.11 and newer.
line=$(grep -E "^[0-9a-f]{64}  ecs_rollout-$VERSION-cp311-abi3-[a-z0-9_.]*$platform\.whl$" SHA256SUMS | head -n 1) ||
  fail "the release v$VERSION has no program for $RUNNER_OS on $RUNNER_ARCH"
wheel="${line#*  }"
get "$releases/v$VERSION/$wheel" "$wheel"

expected="${SHA256:-${line%%  *}}"
found=$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$wheel")
[[ "$found" == "$expected" ]] || fail "$wheel has the SHA-256 $found, and $expected is expected"

python3 -m venv program
if [[ -d program/Scripts ]]; then bin=program/Scripts; else bin=program/bin; fi
"$bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps "./$wheel"
echo "$folder/$bin" >> "$GITHUB_PATH"
