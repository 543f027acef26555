#!/usr/bin/env bash
# Installs the S3-compatible storage that the tests of files talk to (Moto), into target. Quick when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

needed=$PWD/tests/object_storage/requirements.txt
tools=$PWD/target/object-storage
now=$( (python3 --version; cat "$needed") | sha256sum)
[ "$(cat "$tools/installed" 2> /dev/null)" = "$now" ] && exit 0
rm -rf "$tools"
mkdir -p "$tools"
python3 -m venv "$tools/venv"
"$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$needed"
echo "$now" > "$tools/installed"
