#!/usr/bin/env python3
"""How long `page` takes on a healthy local page, and how much time and memory `verify page.har` takes.

Run on an idle machine after `cargo build --release`: python3 benches/page.py [BINARY [MEGABYTES]]
The page signs as it ought to and configures with a stand-in for the client library that calls the bridge as
weixin-js-sdk does. Limits: one client 3 s, all of them 6 s; the HAR file three times its size.
"""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "target", "release", "wecheck")
MEGABYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 200
FOLDER = tempfile.TemporaryDirectory()
HOME = FOLDER.name
ENV = {"HOME": HOME, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "WECHECK_LANG": "en"}
TICKET = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q"
PAGE = """<!doctype html><script>
const start = async () => {
  const url = encodeURIComponent(location.href.split('#')[0]);
  const s = await (await fetch('/api/sign?url=' + url)).json();
  WeixinJSBridge.invoke('preVerifyJSAPI', { verifyJsApiList: ['chooseImage'], verifyAppId: s.appId,
    verifyTimestamp: s.timestamp, verifyNonceStr: s.nonceStr, verifySignature: s.signature }, () => {});
};
document.addEventListener('WeixinJSBridgeReady', start);
</script>"""


def signed(url):
    now = str(int(time.time()))
    text = f"jsapi_ticket={TICKET}&noncestr=Wm3WZYTPz0wzccnW&timestamp={now}&url={url}"
    signature = hashlib.sha1(text.encode()).hexdigest()
    return {"appId": "wx0123456789abcdef", "timestamp": now, "nonceStr": "Wm3WZYTPz0wzccnW", "signature": signature}


class Site(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        kind, body = "text/html", PAGE
        if parts.path == "/api/sign":
            kind, body = "application/json", json.dumps(signed(urllib.parse.parse_qs(parts.query)["url"][0]))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def page():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/goods?a=1&b=2"
    for name, clients, limit in [("one client", "ios", 3), ("all clients", "all", 6)]:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run([BINARY, "page", url, "--as", clients, "--ticket", TICKET], check=True, env=ENV,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
        times.sort()
        verdict = "ok" if times[1] < limit else f"over {limit} s"
        print(f"page, {name}: {times[1]:.2f} s (of {times[0]:.2f} to {times[2]:.2f}): {verdict}")


def har():
    def entry(url, kind, body):
        request = {"method": "GET", "url": url, "headers": [{"name": "Referer", "value": "https://m.example.com/"}]}
        content = {"mimeType": kind, "text": body}
        return json.dumps({"request": request, "response": {"status": 200, "content": content}})

    goods = json.dumps([{"url": f"https://img.example.com/{at}.png", "timestamp": at, "title": "x" * 40} for at in range(800)])
    bodies = [
        ("application/json", goods),
        ("text/html", '<p class="a">text (with) "quotes" = 1</p>\n' * 1200),
        ("application/javascript", "function f(a){return {url:a,nonceStr:'x'}}\n" * 1200),
        ("image/png", "iVBORw0KGgo" * 5000),
    ]
    others = [entry("https://m.example.com/x", kind, body) for kind, body in bodies]
    path = os.path.join(HOME, "page.har")
    with open(path, "w") as file:
        written = file.write('{"log":{"entries":[' + entry("https://m.example.com/", "text/html", "<p>"))
        while written < MEGABYTES * 1_000_000:
            written += sum(file.write("," + other) for other in others)
        file.write("," + entry("https://m.example.com/sign", "application/json", json.dumps(signed("http://m.example.com/"))))
        file.write("]}}")
    start = time.perf_counter()
    child = subprocess.Popen([BINARY, "--json", "verify", path, "--ticket", TICKET], stdout=subprocess.PIPE, env=ENV)
    mistakes = [mistake["id"] for mistake in json.loads(child.stdout.read())["mistakes"]]
    _, _, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    size = os.path.getsize(path)
    print(f"har, {size / 1e6:.0f} MB: {wall:.2f} s, {usage.ru_maxrss * 1024 / size:.2f} times its size in memory, {mistakes}")


page()
har()
