"""What Schemathesis does not know by itself: who sends a request, and names of things that there are."""

import atexit
import collections
import json
import os
import time
import zlib

import schemathesis
from schemathesis.generation.meta import TestPhase
from stage import CHANNEL, RENEW_AFTER, Stage

stage = Stage()
counted = collections.defaultdict(collections.Counter)

# The one who signs the requests in, and what everybody's credentials rest on: nothing may take them away.
KEPT = {
    "agents": {"901", "101"}, "apps": {"demo-app"}, "channels": {CHANNEL}, "tenants": {"demo"},
    "roles": {"administrator", "agent"}, "queues": {"support"}, "robots": {"shop-robot"},
}
KINDS = [
    "tenants", "apps", "queues", "robots", "channels", "agents", "canned-replies", "sla-policies", "roles",
    "identity-providers",
]
SHAPES = {
    "channels": {"name": "One"}, "queues": {"name": "One"}, "robots": {"nickname": "One"}, "apps": {"name": "One"},
    "canned-replies": {"shortcut": "one", "title": "One", "text": "One"},
    "sla-policies": {"name": "One", "first_reply": 60}, "roles": {"name": "One"}, "agents": {"nickname": "One"},
}
NAMES = {
    "agent": ["102"], "agentid": ["101"], "agentId": ["102"], "workno": ["101", "102"], "tenant": ["demo"],
    "base": ["shop"], "channel": [CHANNEL], "customer": stage.profiles, "ticket": stage.tickets,
    "group": stage.groups, "flag": ["true", "false"], "autoflag": ["true", "false"], "time": ["60"],
    "restcause": ["0"], "reason": ["1"],
}


def chance(value, of):
    """A number below another, the same for the same value."""
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode()) % of


def names(path, name, parameters):
    """What a part of a path can be, as far as it is known."""
    if name == "id" and "/conversations/" in path:
        return stage.conversations
    if name == "kind" and "/config/" in path:
        return KINDS
    if name == "id" and "/config/" in path:
        return ["one", *3 * sorted(KEPT.get(parameters.get("kind"), ()))]
    return NAMES.get(name)


def aim(case):
    """Three of four requests are about something that there is. Those of a chain are about what it came from."""
    if case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL:
        return
    path = case.operation.path
    # The kind first: what names there are follows from it.
    for name, value in sorted((case.path_parameters or {}).items(), reverse=True):
        known = names(path, name, case.path_parameters)
        what = [path, name, value, case.method, case.query, case.body]
        if known and chance(what, 4):
            case.path_parameters[name] = known[chance([name, *what], len(known))]


def customer_of(case):
    """The number of the customer in whose name a request is sent."""
    return chance([case.operation.path, case.query], len(stage.customers))


def examples(case):
    """The examples that the document has for the fields of a body."""
    content = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = case.operation.schema.raw_schema["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    fields = schema.get("properties", {}).items()
    return {name: field["example"] for name, field in fields if "example" in field}


def speak(case):
    """Three of four bodies name who and what there is, and one of three of those is an example."""
    what = [case.body, case.query, case.path_parameters]
    if not isinstance(case.body, dict) or not chance(what, 4):
        return
    if chance(what, 3) == 0:
        case.body.update(examples(case))
    customer = f"c-{customer_of(case)}"
    said = {
        "to": CHANNEL, "channelId": CHANNEL, "channelConfigId": CHANNEL, "channel": "WEB", "queue": "support",
        "agentId": "102", "from": customer, "userId": customer, "tenantId": "demo", "tenant": "demo",
    }
    for name, value in said.items():
        if isinstance(case.body.get(name), str):
            case.body[name] = value
    kind = (case.path_parameters or {}).get("kind")
    if kind in SHAPES and chance(what, 3) == 0:
        case.body = dict(SHAPES[kind])


def credentials(case):
    """Those that the operation asks for; mostly an administrator's, where the staff may call."""
    wanted = [set(one) for one in case.operation.definition.raw.get("security") or []]
    if {"guid"} in wanted:
        return stage.guid
    if {"accessToken", "appKey"} in wanted:
        return stage.app
    if any("messagingToken" in one for one in wanted):
        return stage.customers[customer_of(case)]
    if {"agentToken"} in wanted:
        # Agents do what is done with conversations; an administrator may do everything.
        by_agent = "/agent/" in case.operation.path and chance([case.path_parameters, case.query, case.body], 2)
        return stage.people["101" if by_agent else "901"]
    return {}


@schemathesis.serializer("application/toml")
def toml(context, value):
    """A tenant's file: what it is now with what was generated behind it as a comment, or that alone."""
    text = value.encode("utf-8", "replace") if isinstance(value, str) else json.dumps(value).encode()
    return stage.file + b"\n# " + text if chance(str(value), 2) else text


@schemathesis.hook
def before_call(context, case, kwargs):
    """Adds credentials, and keeps the run going."""
    path, parameters = case.operation.path, case.path_parameters or {}
    if time.monotonic() - stage.renewed > RENEW_AFTER:
        stage.renew()
    aim(case)
    speak(case)
    for name, value in credentials(case).items():
        case.headers[name] = value
    changes = case.method.upper() not in ("GET", "HEAD", "OPTIONS")
    if changes and "/config/" in path and parameters.get("id") in KEPT.get(parameters.get("kind"), ()):
        parameters["id"] = "one"
    if changes and parameters.get("agent") in ("901", "101"):
        parameters["agent"] = "102"
    if isinstance(case.query, dict):
        # What is held is held for a second at most.
        if "wait" in case.query and str(case.query["wait"]).isdigit():
            case.query["wait"] = min(int(case.query["wait"]), 1)
        # A file says what everything is to be, this run's administrator too.
        if path == "/api/v1/config-file" and changes:
            case.query["dryRun"] = "true"


@schemathesis.hook
def after_call(context, case, response):
    """Counts, and signs in again whom the run signed out."""
    if case.method.upper() == case.operation.method.upper():
        counted[f"{case.operation.method.upper()} {case.operation.path}"][response.status_code] += 1
    wanted = case.operation.definition.raw.get("security") or []
    if {"guid": []} in wanted and b'"100-006"' in (response.content or b""):
        stage.open_desk()
    if {"agentToken": []} in wanted and response.status_code == 401:
        for agent in stage.people:
            stage.sign_in(agent)


@atexit.register
def keep():
    """Writes down what was counted."""
    with open(os.environ["FRONTDESK_COUNTED"], "w", encoding="utf-8") as file:
        json.dump(counted, file)
