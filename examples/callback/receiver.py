"""A WeChat and WeCom callback receiver on Python's own modules; encrypted kinds need cryptography."""
import base64
import hashlib
import hmac
import json
import os
import struct
import sys
import time
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = os.environ.get("WECHECK_CALLBACK_TOKEN", "")
KEY = os.environ.get("WECHECK_ENCODING_AES_KEY", "")
RECEIVE_ID = os.environ.get("WECHECK_APPID", "")


def sign(*values):
    return hashlib.sha1("".join(sorted(values)).encode()).hexdigest()


def holds(query, name, *more):
    right = sign(TOKEN, query.get("timestamp", ""), query.get("nonce", ""), *more)
    return hmac.compare_digest(right.encode(), query.get(name, "").encode())


def cipher():
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = base64.b64decode(KEY + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def through(context, data):
    return context.update(data) + context.finalize()


def decrypt(text):
    plain = through(cipher().decryptor(), base64.b64decode(text))
    content = plain[16 : -plain[-1]]  # PKCS#7 up to 32
    (length,) = struct.unpack(">I", content[:4])
    if content[4 + length :].decode() != RECEIVE_ID:
        raise ValueError("another receive id")
    return content[4 : 4 + length].decode()


def encrypt(message):
    text = message.encode()
    content = os.urandom(16) + struct.pack(">I", len(text)) + text + RECEIVE_ID.encode()
    pad = 32 - len(content) % 32
    return base64.b64encode(through(cipher().encryptor(), content + bytes([pad]) * pad)).decode()


def reply_to(message):
    if message.startswith("{"):
        return ""  # a bot: answer later through response_url
    fields = {child.tag: child.text or "" for child in ElementTree.fromstring(message)}
    if fields.get("MsgType") != "text":
        return "success"
    return (
        f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName>"
        f"<FromUserName><![CDATA[{fields['ToUserName']}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{fields['Content']}]]></Content></xml>"
    )


def protected(reply):
    if not reply.startswith("<"):
        return reply
    now, nonce, text = str(int(time.time())), os.urandom(8).hex(), encrypt(reply)
    return (
        f"<xml><Encrypt><![CDATA[{text}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{sign(TOKEN, now, nonce, text)}]]></MsgSignature>"
        f"<TimeStamp>{now}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


def answer(method, query, body):
    secure = "msg_signature" in query
    if method == "GET":
        echo = query.get("echostr", "")
        right = holds(query, "msg_signature", echo) if secure else holds(query, "signature")
        return (200, decrypt(echo) if secure else echo) if right else (403, "wrong signature")
    if not secure:
        return (200, reply_to(body)) if holds(query, "signature") else (403, "wrong signature")
    if body.startswith("{"):
        text = json.loads(body).get("encrypt", "")
    else:
        text = ElementTree.fromstring(body).findtext("Encrypt") or ""
    if not holds(query, "msg_signature", text):
        return 403, "wrong signature"
    return 200, protected(reply_to(decrypt(text)))


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        try:
            status, text = answer(self.command, query, body)
        except Exception as error:  # the reason belongs in the log, not in the answer
            print(repr(error), file=sys.stderr)
            status, text = 403, "refused"
        kind = "text/xml" if text.startswith("<") else "text/plain"
        self.send_response(status)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = handle_call

    def log_message(self, *arguments):
        pass  # the query holds signatures; log what you need instead


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Receiver).serve_forever()
