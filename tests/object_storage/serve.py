"""S3-compatible storage in memory (Moto), on any free port of this machine, until standard input ends.

The first line of standard output says where it is. With a number as its argument, only so many requests are let in without
credentials that it has given out itself.
"""

import os
import sys
import threading

if len(sys.argv) > 1:
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = sys.argv[1]

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Speaks HTTP/1.1, so that connections are used again, and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, kind, message, *arguments):
        pass


def end_with_whoever_started():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_whoever_started, daemon=True).start()
application = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
