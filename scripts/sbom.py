#!/usr/bin/env python3
"""Writes what Frontdesk is made of: a bill of materials in CycloneDX 1.5 of what is in the binary, with the pages embedded
in it.

    sbom.py FILE
"""
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def metadata(*arguments):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", *arguments]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def checksums():
    lock = (ROOT / "Cargo.lock").read_text()
    blocks = re.findall(r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"', lock)
    return {(name, version): checksum for name, version, checksum in blocks}


def host():
    lines = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return next(line.removeprefix("host: ") for line in lines if line.startswith("host: "))


def crates_of_binary(data):
    """The packages that the binary is compiled from, on this platform: no test needs them alone."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    start = next(package["id"] for package in data["packages"] if package["name"] == "frontdesk")
    found, left = {}, [start]
    while left:
        current = left.pop()
        if current in found:
            continue
        uses = [
            dependency["pkg"]
            for dependency in nodes[current]["deps"]
            if any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"])
        ]
        found[current] = uses
        left.extend(uses)
    return start, found


def crate(package, hashes):
    reference = f"pkg:cargo/{package['name']}@{package['version']}"
    component = {"type": "library", "bom-ref": reference, "purl": reference}
    component |= {"name": package["name"], "version": package["version"]}
    if package["license"]:
        component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if checksum := hashes.get((package["name"], package["version"])):
        component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return component


def pages():
    """What the pages embedded in the binary are bundled from."""
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    for path, package in sorted(packages.items()):
        if not path.startswith("node_modules/") or package.get("dev") or package.get("link"):
            continue
        name = path.rpartition("node_modules/")[2]
        reference = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        component = {"type": "library", "bom-ref": reference, "purl": reference, "name": name}
        component["version"] = package["version"]
        if licence := package.get("license"):
            component["licenses"] = [{"expression": licence}]
        yield component


def sbom(target):
    data = metadata("--filter-platform", host())
    packages = {package["id"]: package for package in data["packages"]}
    start, found = crates_of_binary(data)
    hashes = checksums()
    parts = {identity: crate(packages[identity], hashes) for identity in found}
    main = parts[start] | {"type": "application"}
    components = sorted((part for identity, part in parts.items() if identity != start), key=lambda part: part["bom-ref"])
    bundled = list(pages())
    edges = {parts[one]["bom-ref"]: sorted({parts[other]["bom-ref"] for other in uses}) for one, uses in found.items()}
    edges[main["bom-ref"]] = sorted(set(edges[main["bom-ref"]]) | {part["bom-ref"] for part in bundled})
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": main},
        "components": components + bundled,
        "dependencies": [{"ref": one, "dependsOn": uses} for one, uses in sorted(edges.items())],
    }
    text = json.dumps(bill, indent=1) + "\n"
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(text)
    print(f"{target}: {len(bill['components'])} components, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [target]:
            sbom(target)
        case _:
            sys.exit(__doc__)
