"""What wechat4u asks of WeChat, on loopback."""

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.adapters.wechaty.gateways import free_port


class LocalWechat:
    """What wechat4u asks of WeChat, on loopback. `session_is_valid`: whether the login it comes with still counts;
    `message`: what a contact says next."""

    USER, SLOT = "@ops", "PUPPET-WECHAT4U"
    CALLS = ("jsLogin", "login", "synccheck", "webwxinit", "webwxgetcontact", "webwxstatusnotify", "webwxsync",
             "webwxbatchgetcontact", "webwxlogout")  # fmt: skip

    def __init__(self) -> None:
        self.port = free_port()
        self.calls: list[str] = []
        self.session_is_valid = True
        self.message = ""
        self._server: ThreadingHTTPServer | None = None

    def session(self) -> str:
        """A session file of an account that logged in here once."""
        urls = {f"API_{name}": f"http://127.0.0.1:{self.port}/{name}" for name in self.CALLS}
        properties = {"uin": "1", "sid": "s", "skey": "k", "syncKey": {"List": []}}
        state = {"PROP": properties, "CONF": urls, "COOKIE": {}, "user": {"UserName": self.USER}}
        return json.dumps({self.SLOT: state})

    def answer(self, call: str) -> str | Mapping[str, object]:
        done: dict[str, Any] = {"BaseResponse": {"Ret": 0}}
        if call == "jsLogin":
            return 'window.QRLogin.code = 200; window.QRLogin.uuid = "4aJ78Mkc5g==";'
        if call == "login":
            return "window.code = 408;"
        if call == "synccheck":
            return f'window.synccheck = {{retcode: "0", selector: "{2 if self.message else 0}"}}'
        if call == "webwxsync":
            said, self.message = self.message, ""
            message = {"MsgId": "1", "MsgType": 1, "FromUserName": "@mallory", "ToUserName": self.USER, "Content": said}
            return {**done, "AddMsgCount": 1, "AddMsgList": [message], "SyncKey": {"List": []}, "ModContactCount": 0}
        if call == "webwxinit":
            user = {"UserName": self.USER, "NickName": "ops"}
            done["BaseResponse"]["Ret"] = 0 if self.session_is_valid else 1101
            return {**done, "User": user, "SyncKey": {"List": []}, "ContactList": []}
        return {**done, "MemberList": [], "ContactList": []}

    def start(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                call = self.path.partition("?")[0].strip("/")
                outer.calls.append(call)
                if call in ("synccheck", "login"):
                    threading.Event().wait(0.1)  # WeChat holds these for half a minute
                answer = outer.answer(call)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                text = answer if isinstance(answer, str) else json.dumps(answer)
                self.send_response(200)
                self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(text.encode())

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Not on the terminal of the tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
