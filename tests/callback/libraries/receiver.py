"""Receivers on libraries of PyPI, for tests: python receiver.py LIBRARY"""
import importlib
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

TOKEN, KEY, ID = (
    os.environ[name] for name in ("WECHECK_CALLBACK_TOKEN", "WECHECK_ENCODING_AES_KEY", "WECHECK_APPID")
)
PORT = int(os.environ["PORT"])


def serve(answer):
    class Receiver(BaseHTTPRequestHandler):
        def call(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(urlsplit(self.path).query))
            try:
                status, text = 200, answer(self.command, query, body)
            except Exception as error:
                status, text = 403, type(error).__name__
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = call

        def log_message(self, *arguments):
            pass

    ThreadingHTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()


def wechatpy_mp(method, query, body):
    from wechatpy import create_reply, parse_message
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.utils import check_signature

    signature, timestamp, nonce = query["signature"], query["timestamp"], query["nonce"]
    check_signature(TOKEN, signature, timestamp, nonce)
    if method == "GET":
        return query["echostr"]
    if "msg_signature" not in query:
        message = parse_message(body)
        print(json.dumps(message.type), flush=True)
        return create_reply("hello", message).render() if message.type == "text" else "success"
    crypto = WeChatCrypto(TOKEN, KEY, ID)
    message = parse_message(crypto.decrypt_message(body, query["msg_signature"], timestamp, nonce))
    if message.type != "text":
        return "success"
    return crypto.encrypt_message(create_reply("hello", message).render(), nonce, timestamp)


def wechatpy_enterprise(method, query, body):
    from wechatpy.enterprise import create_reply, parse_message
    from wechatpy.enterprise.crypto import WeChatCrypto

    crypto = WeChatCrypto(TOKEN, KEY, ID)
    signature, timestamp, nonce = query["msg_signature"], query["timestamp"], query["nonce"]
    if method == "GET":
        return crypto.check_signature(signature, timestamp, nonce, query["echostr"])
    message = parse_message(crypto.decrypt_message(body, signature, timestamp, nonce))
    print(json.dumps(message.type), flush=True)
    if message.type != "text":
        return "success"
    return crypto.encrypt_message(create_reply("hello", message).render(), nonce, timestamp)


def wechatpy_component(method, query, body):
    import xmltodict
    from wechatpy.component import COMPONENT_MESSAGE_TYPES
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.utils import to_text

    # Its own `parse_message` asks the API about an authorization.
    crypto = WeChatCrypto(TOKEN, KEY, ID)
    text = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    message = xmltodict.parse(to_text(text))["xml"]
    parsed = COMPONENT_MESSAGE_TYPES.get(message["InfoType"].lower())
    if parsed is not None:
        # Reads every field that the class declares.
        repr([getattr(parsed(message), name) for name in parsed._fields])
    return "success"


def werobot():
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from werobot import WeRoBot

    robot = WeRoBot(token=TOKEN, encoding_aes_key=KEY, app_id=ID, enable_session=False)

    @robot.handler
    def hello(message):
        return "hello"

    WSGIRequestHandler.log_message = lambda *arguments: None
    make_server("127.0.0.1", PORT, robot.wsgi).serve_forever()


if __name__ == "__main__":
    library = sys.argv[1]
    if library == "werobot":
        werobot()
    else:
        # Now, so that the first request does not wait for it.
        importlib.import_module("wechatpy.component" if "component" in library else library + ".crypto")
        serve(
            {
                "wechatpy": wechatpy_mp,
                "wechatpy.enterprise": wechatpy_enterprise,
                "wechatpy.component": wechatpy_component,
            }[library]
        )
