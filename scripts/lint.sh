#!/usr/bin/env bash
# Formatting, lints, which crate uses which, and what others' packages may be used.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings
cargo clippy -p frontdesk-fuzz --features guided --locked -- -D warnings

# Who may use whom: see ARCHITECTURE.md. Development dependencies do not count.
allowed() {
  case "$1" in
    frontdesk-api | frontdesk-core) echo "" ;;
    frontdesk-store) echo "frontdesk-core" ;;
    frontdesk-server) echo "frontdesk-api frontdesk-core" ;;
    frontdesk-client) echo "frontdesk-api" ;;
    *) echo "any" ;;
  esac
}
cargo metadata --format-version 1 --no-deps --locked |
  python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    uses = sorted({d["name"] for d in package["dependencies"] if d["kind"] is None and d["name"].startswith("frontdesk-")})
    print(package["name"], *uses)
' | while read -r package uses; do
  may=$(allowed "$package")
  [ "$may" = any ] && continue
  for used in $uses; do
    case " $may " in
      *" $used "*) ;;
      *) echo "$package must not use $used" >&2; exit 1 ;;
    esac
  done
done
# Licences, what is banned, and where packages come from.
command -v cargo-deny > /dev/null || cargo install --quiet --locked --debug cargo-deny
cargo deny --locked check licenses bans sources
if grep -rInE --exclude-dir={.git,target,node_modules} '^(<{7}|>{7}) ' .; then
  echo "a merge was not finished" >&2
  exit 1
fi
echo "lint: fine"
