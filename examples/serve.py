#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""serve.py COMMAND [ARGUMENT ...]: run a command beside a web server on this machine, and end with its code.

The server's address is the command's last argument. /missing is missing, /busy is so twice, /slow says
nothing until all is over; anything else is there. It listens on loopback alone and ends with the command.
"""
import itertools
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked_busy = itertools.count()
over = threading.Event()


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        if name == "slow":
            over.wait()
        body = b"x" * 100000 if name == "data" else f"this is the page {name}\n".encode()
        code = {"missing": 404, "busy": 503 if name == "busy" and next(asked_busy) < 2 else 200}.get(name, 200)
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if code == 200 else 0))
        self.end_headers()
        if code == 200:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    code = subprocess.run(sys.argv[1:] + [address], env=dict(os.environ, no_proxy="*")).returncode
    over.set()
    return code


if __name__ == "__main__":
    sys.exit(main())
