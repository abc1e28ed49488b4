"""A small identity provider of the tests' own, on loopback: OpenID Connect as docscan uses it, and as liars do."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "docscan at post 7", "s3cret: with/odd chars"


@dataclass
class Provider:
    """What it says is for a test to change."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "0042", "preferred_username": "Erika", "roles": []})
    in_userinfo: frozenset[str] = frozenset()  # claims that are not in the token
    changes: dict[str, Any] = field(default_factory=dict)  # to the id_token's claims
    sign: Callable[["Provider", dict[str, Any]], str] | None = None
    published: dict[str, Any] = field(default_factory=dict)  # changes to what it publishes
    userinfo: dict[str, Any] = field(default_factory=dict)  # changes to what userinfo says
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.published,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the person, who says yes to everything, is sent back to."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form["code"], None)  # good once
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        named = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        if (
            asked is None
            or challenge.rstrip("=") != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
            or [unquote(part) for part in named] != [CLIENT, SECRET]
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {name: value for name, value in self.person.items() if name not in self.in_userinfo}
        claims = {name: value for name, value in (claims | self.changes).items() if value is not None}
        sign = self.sign or _signed
        return {"access_token": "access", "token_type": "Bearer", "id_token": sign(self, claims)}


def _signed(provider: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, provider.key)


@contextmanager
def running() -> Iterator[Provider]:
    """Serve a provider on a free port of the loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/authorize":
                self.send_response(303)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
                return
            said = {
                "/.well-known/openid-configuration": provider.configuration,
                "/keys": lambda: {"keys": [provider.key.as_dict(private=False)]},
                "/userinfo": lambda: {**provider.person, **provider.userinfo},
            }[address.path]()
            self._say(said)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            given = provider.token(form, self.headers.get("Authorization", ""))
            self._say(given or {"error": "invalid_grant"}, 200 if given else 400)

        def _say(self, said: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True  # browsers open connections on which they say nothing
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
