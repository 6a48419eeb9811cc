"""Lists the crates that are linked into the wheel and the add-on, with their licences.

    python3 .github/third-party.py            prints the list
    python3 .github/third-party.py --texts    and the licence texts, each once, for what is published
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PACKAGED = ["ecs-rollout-python", "ecs-rollout-node"]
NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE")


def main() -> None:
    metadata = json.loads(subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--locked"]))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    pending = [package["id"] for package in packages.values() if package["name"] in PACKAGED]
    seen: set[str] = set()
    while pending:
        one = pending.pop()
        if one not in seen:
            seen.add(one)
            # Not what only builds or tests need.
            pending += [dep["pkg"] for dep in nodes[one]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
    linked = sorted((packages[one] for one in seen if packages[one]["source"]), key=lambda package: (package["name"], package["version"]))
    print("# Third-party notices\n\nThe wheel and the add-on of ecs-rollout contain these crates. Printed by `.github/third-party.py`.\n")
    print("| crate | version | licence |\n|---|---|---|")
    for package in linked:
        print(f"| [{package['name']}](https://crates.io/crates/{package['name']}) | {package['version']} | {package['license'] or 'see its files'} |")
    if "--texts" in sys.argv:
        print_texts(linked)


def print_texts(linked: list[dict[str, str]]) -> None:
    texts: dict[str, list[str]] = {}
    for package in linked:
        for file in sorted(Path(package["manifest_path"]).parent.iterdir()):
            if file.is_file() and file.name.upper().startswith(NAMES):
                text = file.read_text(errors="replace").strip()
                texts.setdefault(text, []).append(f"{package['name']} {package['version']}")
    for text, owners in sorted(texts.items(), key=lambda entry: entry[1]):
        print(f"\n## {', '.join(owners)}\n\n```text\n{text}\n```")


if __name__ == "__main__":
    main()
