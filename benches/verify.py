#!/usr/bin/env python3
"""How long `verify --from` takes on a right signature in the middle of a long text, in ten forms.

Run on an idle machine after `cargo build --release`: python3 benches/verify.py [BINARY [MEGABYTES ...]]
Of 100 KB the best and the median of 15 runs of the whole process; limit: 10 ms. Of each number of megabytes
one run: the time grows with the size. A text of which only a part was read is `incomplete`; the words are random, and in
the largest texts some are names of ours, so that a verdict says nothing there.
"""

import hashlib
import json
import os
import random
import statistics
import string
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "target", "release", "wecheck")
FOLDER = tempfile.TemporaryDirectory()
ENV = {"HOME": FOLDER.name, "LANG": "C.UTF-8", "WECHECK_LANG": "en"}
TICKET = "kgt8ON7yVITDhtdwci0qedV5qlnWY_iGUTxOIEkCiK8xL3rbeNa1i7Brc2rd4MS9GfuTMe6fjqJQHqioan2h8Q"
NONCE, TIME, URL = "qz7TgYw2", "1764230400", "https://shop.example.cn/item?id=3"
STRING1 = f"jsapi_ticket={TICKET}&noncestr={NONCE}&timestamp={TIME}&url={URL}"
SIGNATURE = hashlib.sha1(STRING1.encode()).hexdigest()
CONFIG = f"wx.config({{ appId: 'wx0a1b2c3d4e5f6a7b', timestamp: {TIME}, nonceStr: '{NONCE}', signature: '{SIGNATURE}' }})"
RANDOM = random.Random(5)


def word():
    return "".join(RANDOM.choice(string.ascii_lowercase) for _ in range(RANDOM.randint(2, 9)))


VALUES = {"jsapi_ticket": TICKET, "noncestr": NONCE, "timestamp": TIME, "url": URL, "signature": SIGNATURE}


def pairs(line):
    return "\n".join(line.format(name=name, value=value) for name, value in VALUES.items())


# Of each form: the lines around, and what is signed.
FORMS = {
    "javascript": (
        lambda i: f"  const {word()}{i} = await fetch('https://api.{word()}.cn/v{i}?id={i}', {{ {word()}: '{word()}' }});",
        f"const jsapi_ticket = '{TICKET}';\nconst url = '{URL}';\n{CONFIG};",
    ),
    "log": (
        lambda i: f"2026-01-01 10:00:{i % 60:02} INFO [http-{i % 8}] {word()} - GET https://api.{word()}.cn/?id={i} {i}ms",
        f"2026-01-01 10:00:00 DEBUG sign: {STRING1}\n2026-01-01 10:00:00 DEBUG signature={SIGNATURE}",
    ),
    "dump": (lambda i: f"    [{word()}{i}] => {word()} {word()}", pairs("    [{name}] => {value}")),
    "html": (
        lambda i: f'<tr><td><a href="https://www.{word()}.com/{i}">{word()} {word()}</a></td><td>{word()}</td></tr>',
        f"<script>{CONFIG}</script><p>jsapi_ticket: {TICKET}</p><p>url: {URL}</p>",
    ),
    "sql": (
        lambda i: f"INSERT INTO {word()} (id, {word()}, url) VALUES ({i}, '{word()}', 'https://www.{word()}.com/?a={i}');",
        pairs("-- {name}={value}"),
    ),
    "php": (
        lambda i: f"${word()}{i} = ${word()}->get('{word()}', ['url' => 'https://www.{word()}.com/{i}', 'n' => {i}]);",
        f"$jsapiTicket = '{TICKET}';\n$nonceStr = '{NONCE}';\n$timestamp = {TIME};\n$url = '{URL}';\n// signature: {SIGNATURE}",
    ),
    "prose": (
        lambda _: f"{' '.join(word() for _ in range(14))}, see https://www.{word()}.com/ and {word()}.",
        pairs("{name}: {value}"),
    ),
    "yaml": (lambda i: f"  {word()}{i}: {word()}\n  {word()}_url{i}: https://www.{word()}.com/{i}", pairs("  {name}: {value}")),
    "xml": (
        lambda i: f"<entry><id>{i}</id><link>https://www.{word()}.com/{i}</link><b>{word()}</b></entry>",
        f"<sign>{pairs('<{name}>{value}</{name}>')}</sign>",
    ),
    "json": (
        lambda i: json.dumps({"i": i, "url": f"https://www.{word()}.com/{i}", "d": {word(): word()}}) + ",",
        json.dumps(VALUES) + ",",
    ),
}


def write(form, size):
    line, signed = FORMS[form]
    half = []
    length = 0
    while length < size / 2:
        half.append(line(len(half)))
        length += len(half[-1]) + 1
    text = "\n".join([*half, signed, *half])
    if form == "json":
        text = f"[{text.rstrip(',')}]"
    path = os.path.join(FOLDER.name, f"{form}.txt")
    with open(path, "w") as file:
        file.write(text)
    return path


def run(path):
    start = time.perf_counter()
    child = subprocess.run([BINARY, "verify", "--from", path, "--json"], env=ENV, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    return seconds, json.loads(child.stdout)["verdict"]


if __name__ == "__main__":
    for form in FORMS:
        path = write(form, 100_000)
        times = [run(path) for _ in range(15)]
        verdicts = {verdict for _, verdict in times}
        assert verdicts == {"fits"}, (form, verdicts)
        seconds = [one for one, _ in times]
        print(f"{form}, 100 KB: best {min(seconds) * 1000:.1f} ms, median {statistics.median(seconds) * 1000:.1f} ms")
    for megabytes in map(float, sys.argv[2:]):
        for form in FORMS:
            seconds, verdict = run(write(form, megabytes * 1_000_000))
            print(f"{form}, {megabytes:g} MB: {seconds * 1000:.0f} ms ({verdict})")
