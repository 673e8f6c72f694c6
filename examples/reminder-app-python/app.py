"""A small web application that reads its credentials once, from its environment.

    keyturn exec --secret reminder-app/production --previous -- python3 app.py

`keyturn exec` puts the keys of the secret there, and with `--previous` those of the version before
as NAME_PREVIOUS. Python's standard library is all it needs.
"""

import base64
import hashlib
import hmac
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

SESSION_SECONDS = 7 * 24 * 3600
LONGEST_BODY = 20_000


def setting(name):
    """A setting that it cannot run without."""
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set. Start this by keyturn exec, as the README says.")
    return value


def known(*values):
    """Those that are there, each once, in their order."""
    return list(dict.fromkeys(value for value in values if value))


def earlier_keys():
    """Keys that signed before the current one, newest first.

    Where the secret lists them, those alone count: one that leaked is taken off the list.
    """
    listed = os.environ.get("SECRET_KEY_FALLBACKS")
    return json.loads(listed) if listed else [os.environ.get("SECRET_KEY_PREVIOUS")]


# The first signs; each of them verifies.
SIGNING_KEYS = known(setting("SECRET_KEY"), *earlier_keys())
# Twilio signs with the superseded token until the grace of a rotation ends.
TWILIO_TOKENS = known(
    setting("TWILIO_AUTH_TOKEN"), os.environ.get("TWILIO_AUTH_TOKEN_PREVIOUS")
)
# For your database driver: psycopg.connect(password=DB_PASSWORD) and the like.
DB_PASSWORD = setting("DB_PASSWORD")
# How the world reaches this, where something is in front of it.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")


def signature(key, text):
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def new_session(name):
    """A cookie's value that says who is logged in, and until when."""
    content = json.dumps({"name": name, "until": int(time.time()) + SESSION_SECONDS})
    text = base64.urlsafe_b64encode(content.encode()).decode()
    return f"{text}.{signature(SIGNING_KEYS[0], text)}"


def user_of(session):
    """Who is logged in; None where the cookie is missing, forged or too old."""
    text, _, signed = session.partition(".")
    # As bytes: compare_digest takes no text outside of ASCII.
    given = signed.encode()
    if not any(
        hmac.compare_digest(given, signature(key, text).encode()) for key in SIGNING_KEYS
    ):
        return None
    content = json.loads(base64.urlsafe_b64decode(text))
    return content["name"] if content["until"] > time.time() else None


def is_from_twilio(url, fields, given):
    """Whether Twilio signed it: https://www.twilio.com/docs/usage/security."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    digests = (hmac.digest(token.encode(), text.encode(), "sha1") for token in TWILIO_TOKENS)
    return any(
        hmac.compare_digest(given.encode(), base64.b64encode(digest)) for digest in digests
    )


class Handler(BaseHTTPRequestHandler):
    server_version = "reminder-app"
    sys_version = ""
    timeout = 10

    def do_GET(self):
        if self.route() == "/healthz":
            return self.answer(200, {"status": "ok"})
        if self.route() == "/me":
            name = user_of(self.cookie("session"))
            return self.answer(*((200, {"name": name}) if name else (401, error("Log in first."))))
        return self.answer(404, error("There is nothing here."))

    def do_POST(self):
        body = self.body()
        if body is None:
            return self.answer(413, error("The body is too large."))
        if self.route() == "/login":
            return self.log_in(body)
        if self.route() == "/sms":
            return self.take_message(body)
        return self.answer(404, error("There is nothing here."))

    def log_in(self, body):
        name = name_in(body)
        if name is None:
            return self.answer(400, error("Send a JSON object with a name of 1 to 64 characters."))
        cookie = f"session={new_session(name)}; Path=/; HttpOnly; SameSite=Lax"
        if PUBLIC_URL.startswith("https:"):
            cookie += "; Secure"
        return self.answer(200, {"name": name}, {"Set-Cookie": cookie})

    def take_message(self, body):
        url = (PUBLIC_URL or f"http://{self.headers.get('Host', '')}") + self.path
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        if not is_from_twilio(url, fields, self.headers.get("X-Twilio-Signature", "")):
            return self.answer(403, error("This was not signed by Twilio."))
        return self.answer(200, {"received": dict(fields).get("Body", "")})

    def route(self):
        return urlsplit(self.path).path

    def body(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def cookie(self, wanted):
        for part in self.headers.get("Cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == wanted:
                return value
        return ""

    def answer(self, status, content, headers=None):
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing of single requests."""


def error(message):
    return {"error": message}


def name_in(body):
    try:
        name = json.loads(body)["name"].strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return name if 1 <= len(name) <= 64 else None


def main():
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "3000")))
    server = ThreadingHTTPServer(address, Handler)
    # Requests under way are answered before it ends.
    server.daemon_threads = False
    for ending in (signal.SIGTERM, signal.SIGINT):
        # Shutting down waits for the loop that this handler interrupts.
        signal.signal(ending, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on http://{server.server_address[0]}:{server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


main()
