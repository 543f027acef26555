#!/usr/bin/env python3
"""What Frontdesk is made of: checks licences and sources, or writes a bill of materials.

    dependencies.py check          every package may be used and comes from where it should
    dependencies.py sbom FILE      CycloneDX 1.5 of what is in the binary, with the pages embedded in it

Needs nothing but Cargo and Python. `cargo deny` does the first as well, but was not compiled after ten minutes on two busy
cores; what it does beyond this, comparing with the database of known vulnerabilities, needs a network at every run.
"""
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What may stand in a product under Apache-2.0 that is given away as a binary.
LICENCES = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "OpenSSL", "Unicode-3.0", "Unlicense", "Zlib",
}  # fmt: skip
# What must not come in by the back door, and why.
BANNED = {
    "openssl-sys": "TLS is rustls; OpenSSL would be a second one, and needs a system library",
    "native-tls": "TLS is rustls",
}
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def metadata(*arguments):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", *arguments]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def allowed(expression):
    """Whether one of the alternatives of an SPDX expression consists of what may be used."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    # `A WITH B` is one licence.
    while "WITH" in tokens:
        at = tokens.index("WITH")
        tokens[at - 1 : at + 2] = [" ".join(tokens[at - 1 : at + 2])]

    def alternatives():
        result = every()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            result = every() or result
        return result

    def every():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = one() and result
        return result

    def one():
        token = tokens.pop(0)
        if token != "(":
            return token in LICENCES
        result = alternatives()
        tokens.pop(0)
        return result

    return alternatives()


def check():
    wrong = []
    packages = metadata()["packages"]
    for package in packages:
        name, source = package["name"], package["source"]
        if source is None:
            if not Path(package["manifest_path"]).is_relative_to(ROOT):
                wrong.append(f"{name}: lies outside of the repository")
            continue
        if source != REGISTRY:
            wrong.append(f"{name}: comes from {source}, not from the public registry")
        licence = package["license"]
        if not (licence and allowed(licence)):
            wrong.append(f"{name} {package['version']}: licence {licence or 'not named'}")
        if name in BANNED:
            wrong.append(f"{name}: {BANNED[name]}")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"dependencies: {len(packages)} packages, all fine")


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
        case ["check"]:
            check()
        case ["sbom", target]:
            sbom(target)
        case _:
            sys.exit(__doc__)
