#!/usr/bin/env bash
# Installs the identity provider that the sign-in tests talk to. Quick when nothing has changed. Needs Node 20.19 or later.
set -euo pipefail
cd "$(dirname "$0")/../tests/oidc"

command -v npm > /dev/null || { echo "no npm; install Node 20.19 or later" >&2; exit 1; }
installed=node_modules/.frontdesk-installed
now=$( (node --version; cat package-lock.json) | sha256sum)
if [ "$(cat "$installed" 2> /dev/null)" != "$now" ]; then
  npm ci --no-audit --no-fund
  echo "$now" > "$installed"
fi
