"""A learning platform as LTI 1.3 describes one, small, real over HTTP, and able to misbehave on purpose."""

import html
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

from tutor.lti import claims as names
from tutor.lti.signing_keys import SigningKey
from tutor.lti.types import Platform

CLIENT_ID = "tutor-client"
DEPLOYMENT_ID = "1"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


@dataclass
class LearningPlatform:
    """The platform's side: its key, its people, what it was sent, and what it does wrong.

    ``faults`` names what to do wrong: "silent_keys", "redirect_keys", "big_keys", "no_json", "no_token",
    "roster_elsewhere", "foreign_jwks", "asks_first" (before it goes on from signing in).
    """

    origin: str = "http://127.0.0.1"
    key: SigningKey = field(default_factory=SigningKey.new)
    members: list[dict[str, Any]] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    tool_keys: dict[str, Any] = field(default_factory=dict)  # the tool's JWKS, to check its assertions with
    requests: list[tuple[str, str]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    registrations: list[dict[str, Any]] = field(default_factory=list)
    roles: tuple[str, ...] = (LEARNER,)  # of the person who opens its course page
    launch_claims: dict[str, Any] = field(default_factory=dict)

    def as_registered(self, **changes: Any) -> Platform:
        """How the tool knows this platform."""
        about = {
            "platform_id": "p1", "name": "Test platform", "issuer": self.origin, "client_id": CLIENT_ID,
            "auth_url": f"{self.origin}/auth", "token_url": f"{self.origin}/token",
            "jwks_url": f"{self.origin}/jwks", "token_audience": f"{self.origin}/token",
        }  # fmt: skip
        return Platform(**{**about, **changes})

    def claims(self, *, nonce: str, target: str, roles: tuple[str, ...] = (LEARNER,), **changes: Any) -> dict[str, Any]:
        """The claims of a good launch; ``changes`` replace some, and None takes one away."""
        now = datetime.now(UTC)
        good: dict[str, Any] = {
            "iss": self.origin, "aud": CLIENT_ID, "sub": "3", "iat": now, "exp": now + timedelta(seconds=60),
            "nonce": nonce, names.VERSION: "1.3.0", names.MESSAGE_TYPE: "LtiResourceLinkRequest",
            names.DEPLOYMENT_ID: DEPLOYMENT_ID, names.TARGET_LINK_URI: target, names.ROLES: list(roles),
            names.RESOURCE_LINK: {"id": "link-1", "title": "Tutor"}, names.CONTEXT: {"id": "2", "title": "Bio 101"},
            names.LAUNCH_PRESENTATION: {"return_url": f"{self.origin}/course"},
            names.MEMBERSHIPS: {"context_memberships_url": f"{self.origin}/members?page=1"},
            names.GRADES: {"lineitem": f"{self.origin}/items/7/lineitem?type_id=1", "scope": [names.SCORE_SCOPE]},
        }  # fmt: skip
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(self, claims: dict[str, Any], *, key: SigningKey | None = None, **header: Any) -> str:
        """A token, by default with the platform's own key."""
        key = key or self.key
        return jwt.encode(claims, key.private_pem, algorithm="RS256", headers={"kid": key.key_id, **header})

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes, token: str) -> tuple[int, Any]:
        """What the platform says to one request: status and JSON, or a redirect's address."""
        said: tuple[int, Any] = 404, {"error": "no"}
        match (method, path):
            case ("GET", "/jwks"):
                said = self._keys()
            case ("POST", "/token"):
                said = self._token(body)
            case ("GET", "/course"):
                said = 200, self._course_page(query)
            case ("GET", "/auth"):
                said = 200, self._authorise(query)
            case ("GET", "/configuration"):
                said = 200, self._configuration()
            case ("POST", "/register"):
                self.registrations.append(json.loads(body))
                tool = "https://purl.imsglobal.org/spec/lti-tool-configuration"
                said = 200, {"client_id": "registered-client", tool: {"deployment_id": "9"}}
            case _ if token != "good-token":
                said = 401, {"error": "no token"}
            case ("GET", "/members"):
                said = 200, {"members": self.members[:2] if query["page"] == ["1"] else self.members[2:]}
            case ("POST", "/items/7/lineitem/scores") if query == {"type_id": ["1"]}:
                self.scores.append(json.loads(body))
                said = 200, None
        return said

    def _course_page(self, query: dict[str, list[str]]) -> bytes:
        """A course with the tutor in a frame; it keeps data for the frame, as LTI platform storage says."""
        tool = query["tool"][0]
        login = {
            "iss": self.origin, "client_id": CLIENT_ID, "login_hint": "3", "target_link_uri": f"{tool}/lti/launch",
            **({"lti_storage_target": "_parent"} if "storage" in query else {}),
        }  # fmt: skip
        source = html.escape(f"{tool}/lti/login?{urlencode(login)}")
        return f"""<!doctype html><title>LMS</title><h1>Bio 101</h1>
        <script>
        const kept = {{}}; window.heard = [];
        addEventListener("message", (event) => {{
          const {{ subject, key, value, message_id }} = event.data ?? {{}};
          if (!subject?.startsWith("lti.")) return;
          heard.push(subject);
          if (subject === "lti.put_data") kept[key] = value;
          const reply = {{ subject: subject + ".response", message_id, key, value: kept[key] }};
          event.source.postMessage(reply, event.origin);
        }});
        </script>
        <iframe src="{source}" width="1000" height="700" title="Course tutor"></iframe>""".encode()

    def _authorise(self, query: dict[str, list[str]]) -> bytes:
        """The person is signed in here, so the browser goes straight on with a token."""
        target = query["redirect_uri"][0]
        claims = self.claims(nonce=query["nonce"][0], target=target, roles=self.roles, **self.launch_claims)
        fields = {"state": query["state"][0], "id_token": self.sign(claims)}
        hidden = "".join(f'<input name="{name}" value="{html.escape(value)}">' for name, value in fields.items())
        form = f'<form method="post" action="{html.escape(target)}">{hidden}<button>Continue</button></form>'
        if "asks_first" in self.faults:
            return f"<!doctype html>{form}".encode()
        return f"<!doctype html>{form}<script>document.forms[0].submit()</script>".encode()

    def _keys(self) -> tuple[int, Any]:
        if "redirect_keys" in self.faults:
            return 302, f"{self.origin}/jwks2"
        if "big_keys" in self.faults:
            return 200, {"keys": [], "padding": "x" * 2_000_000}
        if "no_json" in self.faults:
            return 200, b"<html>"
        if "silent_keys" in self.faults:
            return 500, {"error": "down"}
        return 200, {"keys": [{"kty": "EC", "kid": "other"}, {"kid": "broken", "kty": "RSA"}, self.key.public_jwk()]}

    def _token(self, body: bytes) -> tuple[int, Any]:
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        assertion = fields["client_assertion"]
        tool_key = next(k for k in self.tool_keys["keys"] if k["kid"] == jwt.get_unverified_header(assertion)["kid"])
        claims = jwt.decode(assertion, jwt.PyJWK(tool_key), algorithms=["RS256"], audience=f"{self.origin}/token")
        assert claims["iss"] == claims["sub"] == CLIENT_ID
        assert claims["jti"]
        if "no_token" in self.faults:
            return 200, {"token_type": "bearer"}
        return 200, {"access_token": "good-token", "expires_in": 3600, "scope": fields["scope"]}

    def _configuration(self) -> dict[str, Any]:
        elsewhere = "http://localhost" if "foreign_jwks" in self.faults else self.origin
        return {
            "issuer": self.origin, "authorization_endpoint": f"{self.origin}/auth",
            "token_endpoint": f"{self.origin}/token", "jwks_uri": f"{elsewhere}/jwks",
            "registration_endpoint": f"{self.origin}/register", "scopes_supported": [names.SCORE_SCOPE],
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {"product_family_code": "moodle"},
        }  # fmt: skip


@contextmanager
def serving(platform: LearningPlatform) -> Iterator[LearningPlatform]:
    """Serve the platform on this machine; its origin is set to where it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            token = self.headers.get("authorization", "").removeprefix("Bearer ")
            platform.requests.append((self.command, parts.path))
            status, said = platform.answer(self.command, parts.path, parse_qs(parts.query), body, token)
            content = said if isinstance(said, bytes) else json.dumps(said).encode() if said is not None else b""
            self.send_response(status)
            if status == 302:
                self.send_header("location", str(said))
            if parts.path == "/members" and parse_qs(parts.query)["page"] == ["1"] and len(platform.members) > 2:
                elsewhere = "http://localhost:1" if "roster_elsewhere" in platform.faults else platform.origin
                self.send_header("link", f'<{elsewhere}/members?page=2&Case=Kept>; rel="next"')
            self.send_header("content-type", "text/html" if isinstance(said, bytes) else "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        platform.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield platform
        server.shutdown()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now
