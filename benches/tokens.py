#!/usr/bin/env python3
"""The token cache under load: warm reads beside /bin/true, cold starts, kills, a dead server.

Run after `cargo build --release`: python3 benches/tokens.py [rounds]
A server in this process stands in for WeChat and counts what reaches it. The rounds of the cold
start show the slowest of all processes; the kills are 1,000 unless KILLS says otherwise.
"""

import http.server
import json
import os
import random
import signal
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, "target", "release", "wecheck")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Counts calls, and how many it had at once."""
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, delay, first_fail=0):
        super().__init__(("127.0.0.1", 0), Answer)
        self.delay, self.first_fail = delay, first_fail
        self.lock, self.tokens, self.tickets, self.flying, self.most = threading.Lock(), 0, 0, 0, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass


class Answer(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server, ticket = self.server, "ticket" in self.path
        with server.lock:
            server.flying += 1
            server.most = max(server.most, server.flying)
            number = server.tokens + server.tickets
            if ticket:
                server.tickets += 1
            else:
                server.tokens += 1
        time.sleep(server.delay)
        if number < server.first_fail:
            body = {"errcode": -1, "errmsg": "system error"}
        elif ticket:
            body = {"errcode": 0, "ticket": f"TICKET-{number}", "expires_in": 7200}
        else:
            body = {"access_token": f"TOKEN-{number}", "expires_in": 7200}
        with server.lock:
            server.flying -= 1
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def environment(server):
    return {"HOME": tempfile.mkdtemp(), "LANG": "C.UTF-8", "WECHECK_PLATFORM": "mp", "WECHECK_APPID": "wx0123456789abcdef",
            "WECHECK_SECRET": "s", "WECHECK_API_BASE": f"http://127.0.0.1:{server.server_address[1]}"}


def start(command, env):
    return subprocess.Popen([BINARY, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def cold(count, rounds, first_fail=0):
    slowest, calls, most, wrong = [], set(), 0, 0
    for _ in range(rounds):
        server = Server(0.2, first_fail)
        env = environment(server)
        began = time.perf_counter()
        running = [start(["ticket"], env) for _ in range(count)]
        answers = [child.communicate()[0] for child in running]
        slowest.append(time.perf_counter() - began)
        wrong += sum(child.returncode != 0 for child in running) + (len(set(answers)) != 1)
        calls.add((server.tokens, server.tickets))
        most = max(most, server.most)
        server.shutdown()
    print(f"{count} cold, first {first_fail} fail, {rounds} rounds: calls {sorted(calls)}, at once {most}, "
          f"wrong {wrong}, all done after {statistics.median(slowest):.2f} s (longest {max(slowest):.2f} s)")


def warm(rounds=100):
    server = Server(0)
    env = environment(server)
    subprocess.run([BINARY, "ticket"], env=env, check=True, stdout=subprocess.DEVNULL)
    ours, theirs = [], []
    for _ in range(rounds):
        for command, times in ((["/bin/true"], theirs), ([BINARY, "ticket"], ours)):
            began = time.perf_counter()
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    print(f"warm: {ours * 1000:.2f} ms, /bin/true {theirs * 1000:.2f} ms, ratio {ours / theirs:.2f} (at most 3)")


def kills(count):
    server = Server(0.03)
    env = environment(server)
    running = [start(["ticket", "--refresh"], env) for _ in range(16)]
    for _ in range(count):
        time.sleep(random.uniform(0, 0.02))
        child = running.pop(random.randrange(len(running)))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        running.append(start(["ticket", "--refresh"], env))
    for child in running:
        child.communicate()
    began = time.perf_counter()
    last = subprocess.run([BINARY, "ticket"], env=env, capture_output=True, text=True)
    took = time.perf_counter() - began
    listed = json.loads(subprocess.run([BINARY, "cache", "list", "--json"], env=env, capture_output=True).stdout)
    print(f"{count} kills: exit {last.returncode} after {took * 1000:.0f} ms, stderr {last.stderr!r}, "
          f"{len(listed['entries'])} entries, {server.tokens} token and {server.tickets} ticket calls")


if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    warm()
    cold(500, rounds)
    cold(100, rounds, first_fail=1)
    kills(int(os.environ.get("KILLS", "1000")))
