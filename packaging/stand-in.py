#!/usr/bin/env python3
"""What `packaging/check` has in place of the world, inside a network of its own.

In: a folder with the npm packages. Serves, on loopback: a name server on port 53 that knows
api.wecheck.test alone; WeChat's token and ticket on port 80; an npm registry of the folder's
packages on port 4873. Prints `ready`, then what it is asked for, one line each.
"""

import base64
import hashlib
import json
import pathlib
import socket
import struct
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "api.wecheck.test"


def names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=answer_names, args=(server,), daemon=True).start()


def answer_names(server):
    while True:
        query, sender = server.recvfrom(512)
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += query[at] + 1
        asked = ".".join(labels)
        (kind,) = struct.unpack(">H", query[at + 1 : at + 3])
        question = query[12 : at + 5]
        known = asked.lower() == NAME
        found = known and kind == 1
        print(f"name {asked}", flush=True)
        flags = 0x8180 if known else 0x8183
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1]) if found else b""
        server.sendto(query[:2] + struct.pack(">HHHHH", flags, 1, int(found), 0, 0) + question + answer, sender)


class Wechat(BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        print(f"wechat {path}", flush=True)
        document = {"errcode": 0, "errmsg": "ok", "expires_in": 7200}
        if path.endswith(("token", "gettoken")):
            document["access_token"] = "TOKEN-OF-THE-STAND-IN"
        else:
            document["ticket"] = "TICKET-OF-THE-STAND-IN"
        send(self, "application/json", json.dumps(document).encode())

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Registry(BaseHTTPRequestHandler):
    packages = {}

    def do_GET(self):
        path = self.path.split("?")[0].replace("%2f", "/").replace("%2F", "/").lstrip("/")
        if path.endswith(".tgz"):
            return send(self, "application/octet-stream", self.packages[path[:-4]][1])
        if path not in self.packages:
            return send(self, "application/json", b"{}", 404)
        manifest, archive = self.packages[path]
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
        manifest = manifest | {"dist": {"tarball": f"http://127.0.0.1:4873/{path}.tgz", "integrity": integrity}}
        version = manifest["version"]
        document = {"name": path, "dist-tags": {"latest": version}, "versions": {version: manifest}}
        return send(self, "application/json", json.dumps(document).encode())

    def log_message(self, *_):
        pass


def send(handler, kind, body, status=200):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def serve(port, handler):
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    for path in pathlib.Path(sys.argv[1]).glob("*.tgz"):
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile("package/package.json"))
        Registry.packages[manifest["name"]] = (manifest, path.read_bytes())
    names()
    serve(80, Wechat)
    serve(4873, Registry)
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
