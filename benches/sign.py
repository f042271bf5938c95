#!/usr/bin/env python3
"""How long `wecheck sign` takes beside /bin/true, and `sign --batch` beside a plain Python loop.

Run after `cargo build --release`: python3 benches/sign.py
Every pair is timed in turn on the same machine and the medians are compared, because single
figures of a busy machine say little.
"""

import hashlib
import json
import os
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, "target", "release", "wecheck")
TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
ENV = {"HOME": tempfile.mkdtemp(), "LANG": "C.UTF-8", "WECHECK_LANG": "en"}


def seconds(command, **options):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV, **options)
    return time.perf_counter() - start


def start_up(rounds=60):
    sign = [BINARY, "sign", "https://m.example.com/?a=b", "--ticket", TICKET, "--nonce", "Wm3WZYTPz0wzccnW",
            "--timestamp", "1414587457"]
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(seconds(["/bin/true"]))
        ours.append(seconds(sign))
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    print(f"sign: {ours * 1000:.2f} ms, /bin/true: {theirs * 1000:.2f} ms, ratio {ours / theirs:.2f} (at most 2.5)")


PYTHON_LOOP = """
import hashlib, json, sys
out = sys.stdout
for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    url = row["url"].split("#")[0]
    text = "jsapi_ticket=%s&noncestr=%s&timestamp=%s&url=%s" % (row["ticket"], row["nonce"], row["timestamp"], url)
    row["signature"] = hashlib.sha1(text.encode()).hexdigest()
    out.write(json.dumps(row) + "\\n")
"""


def batch(lines=300_000, rounds=3):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False, encoding="utf-8") as file:
        for number in range(lines):
            row = {"url": f"https://m.example.com/goods/{number}?from=list#top", "ticket": TICKET,
                   "nonce": f"nonce{number:011}", "timestamp": 1700000000 + number}
            file.write(json.dumps(row) + "\n")
    try:
        ours, theirs = [], []
        for _ in range(rounds):
            theirs.append(seconds(["python3", "-c", PYTHON_LOOP, file.name]))
            ours.append(seconds([BINARY, "sign", "--batch", file.name]))
        check = subprocess.run([BINARY, "sign", "--batch", file.name], capture_output=True, env=ENV, check=True)
        first = json.loads(check.stdout.splitlines()[0])
        text = f"jsapi_ticket={TICKET}&noncestr=nonce00000000000&timestamp=1700000000&url=https://m.example.com/goods/0?from=list"
        assert first["signature"] == hashlib.sha1(text.encode()).hexdigest(), first
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        print(f"batch of {lines}: {ours:.2f} s, python {theirs:.2f} s, ratio {theirs / ours:.1f} (at least 4)")
    finally:
        os.unlink(file.name)


if __name__ == "__main__":
    start_up()
    batch()
