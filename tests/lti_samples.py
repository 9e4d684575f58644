"""A service that a learning platform is registered with, and a browser's steps between the two, over plain HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from lti_platform import DEPLOYMENT_ID, LEARNER, LearningPlatform, serving
from service_samples import ORIGIN, Sample, make_parts, make_sample

from tutor.api.lti.office import now
from tutor.lti.types import Platform
from tutor.state import lti

LAUNCH = f"{ORIGIN}/lti/launch"


@dataclass
class Launching:
    """A browser between a platform and the tutor."""

    sample: Sample
    platform: LearningPlatform
    registered: Platform
    cookies: dict[str, str] = field(default_factory=dict)

    def login(self, **fields: str) -> httpx.Response:
        """What a browser brings when the platform initiates the login."""
        sent = {"iss": self.registered.issuer, "login_hint": "3", "target_link_uri": LAUNCH, **fields}
        return self._send("POST", "/lti/login", sent)

    def authorised(self, reply: httpx.Response) -> dict[str, str]:
        """The query with which the tutor sent the browser to the platform."""
        return dict(parse_qsl(urlsplit(reply.headers["location"]).query))

    def launch(self, *, origin: str = "", **fields: str) -> httpx.Response:
        """Post a launch, from the platform's page unless another origin is given."""
        return self._send("POST", "/lti/launch", fields, origin=origin)

    def launched(self, *, roles: tuple[str, ...] = (LEARNER,), **changes: Any) -> httpx.Response:
        """Login and launch, as a well-behaved platform does it."""
        query = self.authorised(self.login())
        token = self.platform.sign(self.platform.claims(nonce=query["nonce"], target=LAUNCH, roles=roles, **changes))
        return self.launch(state=query["state"], id_token=token)

    def get(self, path: str) -> httpx.Response:
        """GET with the browser's cookies."""
        return self._send("GET", path, {})

    def post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """POST a form of our own page."""
        return self._send("POST", path, fields, origin=ORIGIN)

    def post_json(self, path: str, body: Any) -> httpx.Response:
        """POST JSON, as our own page does."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.sample.ask(
            lambda http: http.post(path, json=body, headers={"cookie": cookie, "origin": ORIGIN}), key=None
        )

    def _send(self, method: str, path: str, fields: dict[str, str], *, origin: str = "") -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": cookie} if cookie else {}
        if method == "POST":
            headers["origin"] = origin or self.platform.origin
        reply = self.sample.ask(
            lambda http: http.request(method, path, data=fields if method == "POST" else None, headers=headers),
            key=None,
        )
        for header in reply.headers.get_list("set-cookie"):
            name, _, rest = header.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return reply


@contextmanager
def launching(folder: Path, *, courses_folder: Path | None = None, **registered: Any) -> Iterator[Launching]:
    """A platform that is registered with a service, over the two small courses or over another one."""
    with serving(LearningPlatform()) as platform:
        sample = make_sample(folder, parts=make_parts(folder, bundled=courses_folder and [courses_folder]))
        about = platform.as_registered(**registered)
        with sample.access.database.writing() as connection:
            lti.add_platform(connection, about, now())
            lti.add_deployment(connection, about.platform_id, DEPLOYMENT_ID, approved=True, now=now())
        # The service reads its keys over the real network, its own requests go in process.
        keys = sample.get("/lti/jwks.json", key=None).json()
        platform.tool_keys = keys
        yield Launching(sample, platform, about)
