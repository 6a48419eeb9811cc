# Installs the files beside it into an empty place, as a user does, and runs a program there.
#   sh install.sh python | node
set -eu
files=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
cd "$place"
case $1 in
  python)
    python3 -m venv venv 2>/dev/null || python -m venv venv
    bin=venv/bin
    [ -d "$bin" ] || bin=venv/Scripts
    # pip takes the wheel that fits; without an index it can take no other.
    "$bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "$files" ecs-rollout
    "$bin/python" "$files/installed.py"
    ;;
  node)
    platform=$(node -p 'const musl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime
      const suffix = { linux: musl ? "-musl" : "-gnu", win32: "-msvc" }[process.platform] ?? ""
      process.platform + "-" + process.arch + suffix')
    printf '{"private":true}' > package.json
    npm install --offline --no-audit --no-fund --silent --omit=optional "$files"/ecs-rollout-[0-9]*.tgz "$files"/ecs-rollout-"$platform"-[0-9]*.tgz
    cp "$files/installed.mjs" .
    node installed.mjs
    ;;
  *)
    echo "python or node" >&2
    exit 2
    ;;
esac
