"""Whom requests are sent for: people, customers and an app of the demonstration, with what they have."""

import json
import os
import time
import urllib.error
import urllib.request

URL = os.environ["FRONTDESK_URL"]
CHANNEL = "1011577355744904195"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
# Tokens of apps live for an hour at most.
RENEW_AFTER = 1_500
# Customers who talk to an agent. What one request ends, others still have.
CUSTOMERS = 24


def ask(method, path, body=None, headers=None):
    """Sends a request; gives the status, the JSON of the answer, and its headers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers or {}, method=method)
    if data is not None:
        request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, text, got = answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as answer:
        status, text, got = answer.code, answer.read(), answer.headers
    try:
        return status, json.loads(text), got
    except ValueError:
        return status, None, got


def fine(answer):
    """The JSON of an answer that must be one of success."""
    status, found, _ = answer
    if status >= 300:
        raise SystemExit(f"the stage cannot be set: {status} {found}")
    return found


class Stage:
    """Credentials, and names of what there is."""

    def __init__(self):
        self.people = {}
        for agent in ("901", "101"):
            self.sign_in(agent)
        administrator = self.people["901"]
        for agent in ("101", "102"):
            path = f"/api/v1/config/agents/{agent}"
            fine(ask("PATCH", path, {"capacity": 10_000}, administrator))
        fine(ask("PUT", "/api/v1/agent/status", {"status": "online"}, self.people["101"]))
        self.guid = None
        self.open_desk()
        self.renew()
        self.begin()
        listed = fine(ask("GET", "/api/v1/agent/conversations?scope=all", None, administrator))
        self.conversations = [one["id"] for one in listed["conversations"]]
        self.tickets = [one["id"] for one in fine(ask("GET", "/api/v1/agent/tickets", None, administrator))["tickets"]]
        self.profiles = [one["id"] for one in fine(ask("GET", "/api/v1/customers", None, administrator))["customers"]]
        push = {"base_url": "https://nobody.invalid", "paused": True}
        push["verification"] = {"signature": {"push_key": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"}}
        fine(ask("PATCH", f"/api/v1/config/channels/{CHANNEL}", {"push": push}, administrator))
        with urllib.request.urlopen(urllib.request.Request(URL + "/api/v1/config-file", headers=administrator)) as file:
            self.file = file.read()
        groups = fine(ask("GET", "/api/v1/knowledge/shop/groups", None, administrator))
        self.groups = [one["id"] for one in groups["groups"]]

    def sign_in(self, agent):
        """Signs somebody of the staff in."""
        login = {"tenant": "demo", "agentId": agent, "password": f"demo-{agent}"}
        token = fine(ask("POST", "/api/v1/agent/login", login))["token"]
        self.people[agent] = {"authorization": f"Bearer {token}"}

    def open_desk(self):
        """Opens the desk of agent 101 over the agent gateway, whoever has it."""
        path = "/agentgateway/resource/onlineagent/101/forcelogin"
        _, found, headers = ask("PUT", path, {"password": "demo-101"})
        cookie = headers.get("Set-GUID") or ""
        if not cookie:
            raise SystemExit(f"no desk: {found}")
        self.guid = {"guid": cookie.removeprefix("JSESSIONID=").split(";")[0]}

    def renew(self):
        """Gets tokens of the app and of the customers."""
        self.renewed = time.monotonic()
        app = {"app_key": "demo-app", "app_secret": "demo-secret"}
        path = "/apigovernance/api/oauth/tokenByAkSk"
        token = fine(ask("POST", path, app, {"X-Token-Expire": "3600"}))["AccessToken"]
        self.app = {"x-app-key": "demo-app", "authorization": f"Bearer {token}"}
        self.customers = []
        for number in range(CUSTOMERS):
            who = {"userId": f"c-{number}", "userName": f"c-{number}", "channelId": CHANNEL, "locale": "en"}
            found = fine(ask("POST", "/apiaccess/ccmessaging/applyToken", who, self.app))
            self.customers.append(self.app | {"ccmessaging-token": found["token"]})

    def begin(self):
        """The customers ask for an agent, and leave something behind."""
        for number, customer in enumerate(self.customers):
            for control in ("CONNECT", "TRANS2AGENT", "CHAT"):
                said = {
                    "controlType": control, "mediaType": "TEXT", "content": "hello", "from": f"c-{number}",
                    "to": CHANNEL, "channel": "WEB", "timestamp": int(time.time() * 1000),
                    "sourceType": "CUSTOMER",
                }
                fine(ask("POST", "/apiaccess/ccmessaging/send", said, customer))
            left = {"callId": f"c-{number}", "caller": "1", "leaveMessage": "call me", "channel": "WEB"}
            fine(ask("POST", "/apiaccess/ccmessaging/doLeaveMessage", left, customer))
        upload = {"fileType": "png", "fileStream": PNG, "channel": "WEB"}
        fine(ask("POST", "/apiaccess/ccmessaging/uploadFileStream", upload, self.customers[0]))
