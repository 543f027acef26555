#!/usr/bin/env bash
# Installs Debian's packages that the build and the suites need, if they are not there.
set -euo pipefail

missing=()
{ command -v cc && command -v c++; } > /dev/null || missing+=(build-essential)
command -v curl > /dev/null || missing+=(curl ca-certificates)
command -v git > /dev/null || missing+=(git)
command -v python3 > /dev/null || missing+=(python3)
python3 -c 'import ensurepip' 2> /dev/null || missing+=(python3-venv)
# The browser in which the pages are tested, with letters for all their languages: about 150 MB to load.
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
for fonts in fonts-noto-core fonts-noto-cjk; do
  dpkg -s "$fonts" > /dev/null 2>&1 || missing+=("$fonts")
done
# The suites start a server of their own in a temporary folder; the package must not start one.
ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || missing+=(postgresql)
[ -x /usr/sbin/pgbouncer ] || missing+=(pgbouncer)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update -q
as_root apt-get install -y -q --no-install-recommends "${missing[@]}"
