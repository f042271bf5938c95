#!/usr/bin/env python3
"""How long `errcode explain` takes beside /bin/true, and how fast `errcode scan` reads a log.

Run after `cargo build --release`: python3 benches/errcode.py [MEGABYTES]
Start-up: pairs timed in turn, medians compared. Scan: the processor time of both its threads, so
that a slow disk or a busy machine does not count, and the highest memory while a log and a log
without a single line break are read.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, "target", "release", "wecheck")
HOME = tempfile.mkdtemp()
ENV = {"HOME": HOME, "LANG": "C.UTF-8", "WECHECK_LANG": "en"}

ORDINARY = (
    '203.0.113.9 - - [01/Jan/2026:00:00:00 +0800] "GET /api/user/list?page=3&size=20 HTTP/1.1" 200 5123 "-" '
    '"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0.47"\n'
)
ANSWER = '2026-01-01 00:00:00.123 INFO wechat response={"errcode":%d,"errmsg":"%s"} cost=31ms\n'


def start_up(rounds=100):
    commands = {
        "/bin/true": ["/bin/true"],
        "explain 40014": [BINARY, "errcode", "explain", "40014"],
        "explain, invalid signature": [BINARY, "errcode", "explain", "config:invalid signature"],
        "list": [BINARY, "errcode", "list"],
    }
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENV)
            times[name].append(time.perf_counter() - start)
    base = statistics.median(times["/bin/true"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name}: {median * 1000:.2f} ms, ratio {median / base:.2f}")


def scan(name, block, megabytes):
    path = os.path.join(HOME, "bench.log")
    with open(path, "wb") as file:
        piece = block.encode() * max(1, 1_000_000 // len(block))
        written = 0
        while written < megabytes * 1_000_000:
            written += file.write(piece)
    best = None
    for _ in range(3):
        start = time.perf_counter()
        child = subprocess.Popen([BINARY, "errcode", "scan", path, "--json"], stdout=subprocess.DEVNULL, env=ENV)
        _, _, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        cpu = usage.ru_utime + usage.ru_stime
        if best is None or cpu < best[0]:
            best = (cpu, wall, usage.ru_maxrss)
    cpu, wall, memory = best
    size = written / 1e6
    print(
        f"scan, {name}: {size / cpu:.0f} MB/s of one core, {size / wall:.0f} MB/s by the clock, "
        f"{memory / 1024:.1f} MiB at most"
    )
    os.remove(path)


if __name__ == "__main__":
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start_up()
    answers = "".join(ANSWER % pair for pair in [(0, "ok"), (40001, "invalid credential"), (45009, "quota")])
    scan("access log, an answer in a hundred lines", ORDINARY * 99 + answers, megabytes)
    scan("an answer in every line", answers, megabytes)
    scan("one line without an end", (ORDINARY * 9 + answers).replace("\n", " "), megabytes)
