"""The demonstration shop, as seen by an integrator's back end, a customer and an agent."""

import http.client
import json
import re
import subprocess
import time

CHANNEL = "1011577355744904195"
MESSAGING = "/apiaccess/ccmessaging"


class Shop:
    """Typed calls on one kept connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.access = self.access_token()

    def call(self, method, path, body=None, headers=None):
        """The JSON of the answer; anything but 2xx ends the program."""
        self.connection.request(method, path, None if body is None else json.dumps(body), headers or {})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status // 100 != 2:
            raise SystemExit(f"{method} {path}: {answer.status} {content.decode()}")
        return json.loads(content) if content else None

    def access_token(self):
        credentials = {"app_key": "demo-app", "app_secret": "demo-secret"}
        path = "/apigovernance/api/oauth/tokenByAkSk"
        return self.call("POST", path, credentials, {"X-Token-Expire": "3600"})["AccessToken"]

    def headers(self, token=None):
        headers = {"x-app-key": "demo-app", "Authorization": f"Bearer {self.access}"}
        return headers | {"ccmessaging-token": token} if token else headers

    def token(self, user, locale="en"):
        """The token of a customer, who is made if need be."""
        asked = {"userId": user, "userName": user, "channelId": CHANNEL, "locale": locale}
        return self.call("POST", f"{MESSAGING}/applyToken", asked, self.headers())["token"]

    def customer(self, user, locale="en"):
        """The token of a customer who has connected and has received the welcome."""
        token = self.token(user, locale)
        self.send(user, token, "CONNECT")
        self.drain(token)
        return token

    def send(self, user, token, control, content=""):
        body = uplink(user, control, content)
        return self.call("POST", f"{MESSAGING}/send", body, self.headers(token))["resultDesc"]

    def drain(self, token):
        while self.call("GET", f"{MESSAGING}/poll?wait=0", None, self.headers(token))["downlinkMessages"]:
            pass

    def agent(self, agent, password):
        """The headers with which an agent who has signed in calls."""
        signed_in = {"tenant": "demo", "agentId": agent, "password": password}
        token = self.call("POST", "/api/v1/agent/login", signed_in)["token"]
        return {"Authorization": f"Bearer {token}"}

    def agent_online(self, agent, password):
        self.call("PUT", "/api/v1/agent/status", {"status": "online"}, self.agent(agent, password))


def uplink(user, control, content):
    return {
        "channel": "WEB", "from": user, "to": CHANNEL, "sourceType": "CUSTOMER", "mediaType": "TEXT",
        "controlType": control, "content": content,
    }


class Server:
    """A server under test; `stop` ends it and waits."""

    def __init__(self, *command):
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        first = self.process.stdout.readline()
        self.port = int(re.search(r":(\d+)\s*$", first).group(1))

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


def frontdesk(binary, data):
    return Server(binary, "serve", "--demo", "--listen", "127.0.0.1:0", "--internal-listen", "off", "--data-dir", data)


def pss(pid):
    """Bytes of memory of a process and its children, shared pages counted by share."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        kib = int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1))
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    return kib * 1024 + sum(pss(child) for child in children)
