#!/usr/bin/env python3
"""Compares what is in packaging/ with what Frontdesk has: metrics, variables, commands, the time that a stop takes.

deploy.py PROMTOOL HELM
"""
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
GUIDE = (ROOT / "docs/guide/operating.md").read_text()
# The schemas that manifests are compared with.
KUBERNETES = "1.33"
# What is not Frontdesk's, and there all the same.
OF_PROMETHEUS = {"up"}
LABELS_OF_PROMETHEUS = {"job", "instance"}

wrong = []


def expect(holds, what):
    if not holds:
        wrong.append(what)


def sources():
    return "\n".join(path.read_text() for path in sorted((ROOT / "crates").rglob("*.rs")))


def metrics(code):
    """Each metric with its labels, as the code counts it."""
    found = {}
    for call in re.finditer(r'(?:counter|gauge|histogram)!\(\s*"(frontdesk_\w+)"([^;]*?)\)\s*\.', code):
        labels = set(re.findall(r'"(\w+)"\s*=>', call[2]))
        found.setdefault(call[1], set()).update(labels)
    return found


def expressions(node):
    """Everything that stands under `expr` or `definition`."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("expr", "definition") and isinstance(value, str):
                yield value
            else:
                yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def check_expression(where, text, known):
    """Only metrics that there are, and of each only labels that it has."""
    named = set(re.findall(r"\b(frontdesk_\w+)", text))
    for name in named - known.keys():
        expect(False, f"{where}: there is no metric {name}")
    for name in set(re.findall(r"(\w+)\s*\{", text)) - named - OF_PROMETHEUS:
        expect(False, f"{where}: {name} is not Frontdesk's")
    allowed = LABELS_OF_PROMETHEUS.union(*(known.get(name, set()) for name in named))
    selected = re.findall(r"\{([^}]*)\}", text)
    labels = {label for group in selected for label in re.findall(r'(\w+)\s*[=!]~?"', group)}
    labels |= {label for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", text) for label in re.findall(r"\w+", group)}
    for label in labels - allowed:
        expect(False, f"{where}: no metric in it has the label {label}: {text}")


def check_monitoring(promtool, known):
    rules = yaml.safe_load((PACKAGING / "monitoring/alerts.yaml").read_text())
    tests = yaml.safe_load((PACKAGING / "monitoring/alerts_test.yaml").read_text())
    going_off, silent = set(), set()
    for case in (case for test in tests["tests"] for case in test["alert_rule_test"]):
        (going_off if case["exp_alerts"] else silent).add(case["alertname"])
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    for alert in alerts:
        name = alert["alert"]
        check_expression(f"alert {name}", alert["expr"], known)
        expect(alert["labels"]["severity"] in ("page", "ticket"), f"alert {name}: its severity")
        expect(set(alert["annotations"]) == {"summary", "action"}, f"alert {name}: a summary and what to do")
        expect(name in going_off and name in silent, f"alert {name}: an example of when it goes off, and of when not")
    expect(going_off | silent <= {alert["alert"] for alert in alerts}, "examples of alerts that there are not")

    dashboard = json.loads((PACKAGING / "monitoring/dashboard.json").read_text())
    shown = list(expressions(dashboard))
    expect(len(shown) > 10, "the dashboard shows nothing")
    for text in shown:
        check_expression("dashboard", text, known)
    named = set(re.findall(r"frontdesk_\w+", " ".join(shown)))
    expect(known.keys() == named, f"not on the dashboard: {sorted(known.keys() - named)}")
    ids = [panel["id"] for panel in dashboard["panels"]]
    expect(len(ids) == len(set(ids)), "panels of the dashboard with the same id")
    # promtool reads expressions only in rules; Grafana's own variables stand for something that it can read.
    readable = [text.replace("$__rate_interval", "5m").replace("$instance", ".+") for text in expressions(dashboard["panels"])]
    recorded = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(readable)]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}, file)
        file.flush()
        read = subprocess.run([promtool, "check", "rules", file.name], capture_output=True, text=True)
    expect(read.returncode == 0, f"dashboard: {read.stdout}{read.stderr}")


def check_variables():
    """Every variable of Frontdesk's that is set is one that it reads."""
    for path in sorted(PACKAGING.rglob("*")):
        if path.is_file():
            for name in set(re.findall(r"\bFRONTDESK_[A-Z_]+", path.read_text())):
                expect(f"`{name}`" in GUIDE, f"{path.relative_to(ROOT)}: Frontdesk does not read {name}")


def check_keys(where, table, prefix=""):
    """Every key of a configuration is in the guide, whose list a test compares with the code."""
    for key, value in table.items():
        if isinstance(value, dict):
            check_keys(where, value, f"{prefix}{key}.")
        else:
            expect(f"| `{prefix}{key}` |" in GUIDE, f"{where}: there is no key {prefix}{key}")


def stop_takes(code):
    """Seconds that a server takes at most until connections are closed, when it is asked to stop."""
    return int(re.search(r"shutdown_grace: Duration::from_secs\((\d+)\)", code)[1])


def check_unit(grace):
    unit = (PACKAGING / "systemd/frontdesk.service").read_text()
    settings = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    for name, value in {
        "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "Restart": "on-failure",
        "User": "frontdesk", "KillSignal": "SIGTERM", "CapabilityBoundingSet": "", "StateDirectoryMode": "0700",
    }.items():  # fmt: skip
        expect(settings.get(name) == value, f"systemd unit: {name} should be {value!r}")
    expect(int(settings["TimeoutStopSec"]) >= 3 * grace, "systemd unit: it is killed while it stops")
    expect(int(settings["LimitNOFILE"]) >= 21_000, "systemd unit: fewer open files than connections")
    config = tomllib.loads((PACKAGING / "systemd/frontdesk.toml").read_text())
    check_keys("frontdesk.toml", config)
    expect(config["data_dir"] == f"/var/lib/{settings['StateDirectory'].split()[0]}", "systemd unit: where data is")
    expect("--config /etc/frontdesk/frontdesk.toml" in settings["ExecStart"], "systemd unit: its configuration")


def check_image(code):
    image = (PACKAGING / "docker/Dockerfile").read_text()
    for base in re.findall(r"^FROM (\S+)", image, re.M):
        expect(re.search(r":\d+\.\d+", base), f"Dockerfile: the version of {base} is not pinned")
        expect("/" not in base, f"Dockerfile: {base} names a host")
    rust = re.search(r'rust-version = "([\d.]+)"', (ROOT / "Cargo.toml").read_text())[1]
    expect(re.search(rf"^FROM rust:{re.escape(rust)}\.", image, re.M), f"Dockerfile: not Rust {rust}")
    for path in re.findall(r"^COPY (?!--from)(.+) \S+$", image, re.M):
        for name in path.split():
            expect((ROOT / name).exists(), f"Dockerfile: there is no {name}")
    expect(re.search(r"^USER 10001:10001$", image, re.M), "Dockerfile: it runs as root")
    route = re.search(r"GET (/\w+)", image)[1]
    expect(f'"{route}"' in code, f"Dockerfile: there is no {route} to ask for health")
    # What the code includes from outside its crates must be in the image's build.
    for included in re.findall(r'include_(?:str|bytes)!\("((?:\.\./){3,}web/[^"]+)/', code):
        folder = included.lstrip("./")
        expect(f"COPY {folder} " in image, f"Dockerfile: the build needs {folder}")


def check_compose(grace):
    compose = yaml.safe_load((PACKAGING / "docker/compose.yaml").read_text())
    services, volumes = compose["services"], compose["volumes"]
    nodes = {name: service for name, service in services.items() if service["image"] == "frontdesk"}
    expect(len(nodes) == 2, "compose: two nodes")
    proxy = (PACKAGING / "docker/nginx.conf").read_text()
    own = []
    for name, service in services.items():
        expect("/" not in service["image"], f"compose: {service['image']} names a host")
        if name not in nodes:
            expect(re.search(r":\d+\.\d+", service["image"]), f"compose: the version of {service['image']} is not pinned")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            there = (PACKAGING / "docker" / source).exists() if source.startswith(".") else source in volumes
            expect(there, f"compose: there is no {source}")
        for other in service.get("depends_on", {}):
            expect(other in services, f"compose: there is no service {other}")
    for name, node in nodes.items():
        expect(int(node["stop_grace_period"].rstrip("s")) >= 3 * grace, f"compose: {name} is killed while it stops")
        expect(f"server {name}:8080 " in proxy, f"nginx.conf: nobody goes to {name}")
        own += [volume for volume in node["volumes"] if volume.endswith(":/var/lib/frontdesk")]
        files = [volume for volume in node["volumes"] if volume.endswith(node["environment"]["FRONTDESK_STORE_FILES"])]
        expect(files == ["files:/var/lib/frontdesk-files"], f"compose: {name} has no folder of files")
        subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
        expect(node["environment"]["FRONTDESK_LIMITS_TRUSTED_PROXIES"] == subnet, f"compose: {name} does not believe the proxy")
    expect(len(set(own)) == len(nodes), "compose: nodes that share a data directory")
    expect("proxy_buffering off" in proxy and "Upgrade" in proxy, "nginx.conf: streams and WebSocket")
    expect(int(re.search(r"proxy_read_timeout (\d+)s", proxy)[1]) > 55, "nginx.conf: held polls are given up")


DATABASE = ["--set", "postgresql.url=postgres://me:secret@db/desk"]
EVERYTHING = [
    *DATABASE, "--set", "postgresql.listenUrl=postgres://me:secret@direct/desk", "--set", "ingress.enabled=true",
    "--set", "ingress.hosts[0].host=chat.example", "--set", "ingress.hosts[0].tlsSecret=chat",
    "--set", "serviceMonitor.enabled=true", "--set", "nodes=3", "--set", "env[0].name=FRONTDESK_LOG_FILTER",
    "--set", "env[0].value=debug",
]  # fmt: skip


def rendered(helm, arguments):
    command = [helm, "template", "desk", str(PACKAGING / "helm/frontdesk"), "--namespace", "desk", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def manifests(helm, arguments):
    done = rendered(helm, arguments)
    expect(done.returncode == 0, f"chart {arguments}: {done.stderr}")
    found = {}
    for manifest in filter(None, yaml.safe_load_all(done.stdout)):
        found[(manifest["kind"], manifest["metadata"]["name"])] = manifest
        # What an operator of its own brings is in no schema of Kubernetes.
        if manifest["apiVersion"].startswith("monitoring.coreos.com/"):
            continue
        try:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            expect(False, f"chart {arguments}: {manifest['kind']}: {error.message}")
    return found


def check_chart(helm, grace):
    version = re.search(r'^version = "([^"]+)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    chart = yaml.safe_load((PACKAGING / "helm/frontdesk/Chart.yaml").read_text())
    expect(chart["version"] == chart["appVersion"] == version, f"chart: not of version {version}")

    alone = manifests(helm, [])
    kinds = sorted(kind for kind, _ in alone)
    expect(kinds == ["ConfigMap", "Service", "Service", "StatefulSet"], f"chart without a database: {kinds}")
    expect(alone[("StatefulSet", "desk-frontdesk")]["spec"]["replicas"] == 1, "chart: two nodes on one file")

    several = manifests(helm, EVERYTHING)
    kinds = sorted(kind for kind, _ in several)
    wanted = ["ConfigMap", "Deployment", "Ingress", "PersistentVolumeClaim", "PodDisruptionBudget", "Secret", "Service",
              "Service", "ServiceMonitor"]  # fmt: skip
    expect(kinds == wanted, f"chart with everything: {kinds}")
    deployment = several[("Deployment", "desk-frontdesk")]
    expect(deployment["spec"]["replicas"] == 3, "chart: as many nodes as asked for")
    pod = deployment["spec"]["template"]["spec"]
    container = pod["containers"][0]
    secrets = [line["valueFrom"]["secretKeyRef"]["key"] for line in container["env"] if "valueFrom" in line]
    expect(secrets == ["url", "listen-url"], f"chart: URLs from the secret: {secrets}")
    without_secret = {key: value for key, value in several.items() if key[0] != "Secret"}
    expect("secret@" not in str(without_secret), "chart: a password outside of the secret")
    for pod in (pod, alone[("StatefulSet", "desk-frontdesk")]["spec"]["template"]["spec"]):
        mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        there = {volume["name"] for volume in pod["volumes"]} | ({"data"} if "data" not in str(pod["volumes"]) else set())
        expect(mounted == there, f"chart: mounted are {mounted}, there are {there}")
        expect(pod["terminationGracePeriodSeconds"] >= 3 * grace, "chart: it is killed while it stops")
        for probe, path in {"startupProbe": "/readyz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}.items():
            expect(pod["containers"][0][probe]["httpGet"]["path"] == path, f"chart: {probe}")

    existing = manifests(helm, ["--set", "postgresql.existingSecret=mine", "--set", "files.existingClaim=shared"])
    kinds = sorted({kind for kind, _ in existing})
    expect("Secret" not in kinds and "PersistentVolumeClaim" not in kinds, f"chart with what is there: {kinds}")
    bucket = manifests(helm, [*DATABASE, "--set", "files.url=s3://company/desk"])
    expect("PersistentVolumeClaim" not in {kind for kind, _ in bucket}, "chart with a bucket: a folder that nodes share")
    env = bucket[("Deployment", "desk-frontdesk")]["spec"]["template"]["spec"]["containers"][0]["env"]
    expect({"name": "FRONTDESK_FILES_URL", "value": "s3://company/desk"} in env, "chart with a bucket: nobody knows of it")
    for values in (["--set", "nodse=3"], ["--set", "postgresql.url=mysql://db"], [*DATABASE, "--set", "postgresql.existingSecret=mine"]):
        expect(rendered(helm, values).returncode != 0, f"chart: takes {values}")
    config = yaml.safe_load((PACKAGING / "helm/frontdesk/values.yaml").read_text())["config"]
    check_keys("values.yaml", tomllib.loads(config))


def main(promtool, helm):
    code = sources()
    known = metrics(code)
    for name in known:
        expect(f"`{name}" in GUIDE, f"the metric {name} is not in the guide")
    grace = stop_takes((ROOT / "crates/server/src/listen/limits.rs").read_text())
    for check, arguments in [
        (check_monitoring, (promtool, known)),
        (check_variables, ()),
        (check_unit, (grace,)),
        (check_image, (code,)),
        (check_compose, (grace,)),
        (check_chart, (helm, grace)),
    ]:
        try:
            check(*arguments)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            expect(False, f"{check.__name__}: what it looks for is not there: {error!r}")
    for what in wrong:
        print(f"Error: {what}", file=sys.stderr)
    print(f"{len(known)} metrics, {len(wrong)} things wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
