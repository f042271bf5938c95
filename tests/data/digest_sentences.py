#!/usr/bin/env python3
"""Digests of the sentences of the official documents that the catalogue was written from.

The catalogue states their facts in sentences of its own; tests/it/catalogue.rs fails when one of
its sentences is one of theirs. Their texts are not ours to ship, so only the first 8 bytes of the
SHA-256 of each normalised sentence are (hex, sorted, one a line).

    python3 tests/data/digest_sentences.py FOLDER > tests/data/source-sentences.txt

FOLDER holds the collected documents: work-errcodes.json, work-errcodes-outside-the-table.json,
mp-errcodes.csv, faq.json and the notes (*.md). Official labels and error texts may stand in the
catalogue and are left out. A sentence ends at 。；！？ or a line break, and at . ! ? ; before a
blank, so that host names stay whole; list marks are cut off; normalised: letters and digits only, lower case; more than
five characters.
"""
import csv
import hashlib
import json
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])


def sentences(text):
    for part in re.split(r"[。；！？\n|]|[.!?;](?=\s|$)", text):
        part = re.sub(r"^\s*(?:[-*#]+|\d+[）)、.])\s*", "", part)
        normalised = "".join(c for c in part if c.isalnum()).lower()
        if len(normalised) > 5:
            yield normalised


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)


def rows(name):
    with open(folder / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


written, allowed = set(), set()
for row in json.loads((folder / "work-errcodes.json").read_text("utf-8")):
    allowed.update(sentences(row["label"]))
    for text in strings([row["remedy"], row["detail"]]):
        written.update(sentences(text))
outside = json.loads((folder / "work-errcodes-outside-the-table.json").read_text("utf-8"))
for entry in outside["hardware"]:
    written.update(sentences(entry["advice"]))
    allowed.update(sentences(entry["errmsg"]))
    allowed.update(sentences(entry["table_label"] or ""))
for text in strings(outside["45028"]):
    written.update(sentences(text))
faq = json.loads((folder / "faq.json").read_text("utf-8"))
for item in faq["items"]:
    for text in strings([item["title"], item["steps"], item["note"]]):
        written.update(sentences(text))
    for text in strings([item["error_message"], item["error_messages"]]):
        allowed.update(sentences(text))
for row in rows("mp-errcodes.csv"):
    # What follows the first sentence of a label is advice.
    first, *advice = re.split(r"[。；]|，(?=请)", row["label_zh"])
    allowed.update(sentences(first))
    allowed.update(sentences(row["label_en"] or ""))
    for text in advice:
        written.update(sentences(text))
for row in rows("work-errcodes-newer.csv"):
    allowed.update(sentences(row["label_zh"]))
for row in rows("server-errmsg.csv"):
    allowed.update(sentences(row["errmsg"]))
for row in rows("jssdk-errmsg.csv"):
    allowed.update(sentences(row["errMsg"]))
for note in sorted(folder.glob("*.md")):
    written.update(sentences(note.read_text("utf-8")))

for digest in sorted({hashlib.sha256(one.encode()).hexdigest()[:16] for one in written - allowed}):
    print(digest)
