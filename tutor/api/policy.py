"""What may be reached, by whom: a table of paths. What is not in it does not exist for anybody.

Rules match the whole of ``scope["path"]``, which the server decoded, and nothing else: not the URL, not the Host
header, not what a router later makes of it.
"""

import re
from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from tutor.permissions import Permission

Audience = Literal["anyone", "readers", "browsers", "monitors"]

GET = frozenset({"GET", "HEAD"})
POST = frozenset({"POST"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of path.

    Args:
        pattern: Regular expression for the whole path.
        audience: ``anyone``; ``readers``: keys, sessions, visitors; ``browsers``: sessions and visitors only;
            ``monitors``: keys that administer everything, and what ``monitors.py`` recognises.
        methods: Refused with 405 otherwise; None leaves that to the route.
        queues: Whether it is a question, which waits in the queue of those that are worked on.
        streams: Whether replies are endless, never, always or when the caller asks for server-sent events.
        cross_origin: Whether pages of the allowed origins may call it.
        cacheable: Whether a browser may keep the reply; only for files that are the same for everybody.
        needs: The permission that readers and browsers need; for which course is the route's business.
        large_body: Whether it takes files, which pass through with a limit of their own instead of being held.
        page: Whether people open it in a browser, so that a refusal should be a page too.
        foreign_forms: Whether other sites' pages may send a browser here with a form; the route itself finds out
            whether it was meant.
    """

    pattern: str
    audience: Audience
    methods: frozenset[str] | None = None
    queues: bool = False
    streams: Literal["never", "always", "on_request"] = "never"
    cross_origin: bool = False
    cacheable: bool = False
    needs: Permission = "read"
    large_body: bool = False
    page: bool = False
    foreign_forms: bool = False

    @property
    def template(self) -> str:
        """The pattern as people write such paths."""
        return re.sub(r"\[\^/\][+*]|\.[+*]", "{}", self.pattern).replace("\\", "")

    def matches(self, path: str) -> bool:
        """Whether the rule is about this path."""
        return re.fullmatch(self.pattern, path, re.DOTALL) is not None


_COURSE = "/api/v1/courses/[^/]+"

_LTI_RULES: tuple[Rule, ...] = (
    Rule("/lti/login", "anyone", frozenset({"GET", "POST"}), foreign_forms=True),
    Rule("/lti/launch", "anyone", POST, foreign_forms=True),
    Rule("/lti/jwks\\.json", "anyone", GET),
    Rule("/lti/register", "anyone", GET),
    Rule("/lti/deep-link", "anyone", POST),
)

API_RULES: tuple[Rule, ...] = (
    Rule("/livez", "anyone"),
    Rule("/readyz", "anyone"),
    Rule("/metrics", "monitors", GET),
    Rule("/login", "anyone", GET, page=True),
    Rule("/oauth/token", "anyone", POST),
    Rule("/embed", "anyone", GET),
    Rule("/api/v1/embed-tokens", "readers", POST, needs="ask"),
    Rule("/api/v1/webhooks", "readers", needs="administer"),
    Rule("/api/v1/webhooks/[^/]+(/deliveries|/deliveries/[^/]+/replay)?", "readers", needs="administer"),
    Rule("/openapi\\.json", "readers", cross_origin=True),
    Rule("/api/v1/me", "readers", cross_origin=True),
    Rule("/api/v1/me/export", "readers", GET),
    Rule("/api/v1/people/[^/]+", "readers", needs="administer"),
    Rule("/api/v1/people/[^/]+/export", "readers", GET, needs="administer"),
    Rule("/api/v1/courses", "readers", cross_origin=True),
    Rule(_COURSE, "readers", cross_origin=True),
    Rule(f"{_COURSE}/ask", "readers", needs="ask", queues=True, streams="on_request", cross_origin=True),
    Rule(f"{_COURSE}/search", "readers", queues=True, cross_origin=True),
    Rule(f"{_COURSE}/glossary", "readers", cross_origin=True),
    Rule(f"{_COURSE}/glossary/export", "readers", cross_origin=True),
    Rule(f"{_COURSE}/verified/export", "readers", needs="instruct"),
    Rule(f"{_COURSE}/practice", "readers", cross_origin=True),
    Rule(f"{_COURSE}/roster", "readers"),
    Rule(f"{_COURSE}/documents", "readers", cross_origin=True),
    Rule(f"{_COURSE}/documents/.+", "readers", cross_origin=True),
    Rule(f"{_COURSE}/citations/[^/]+", "readers", cross_origin=True),
    Rule(f"{_COURSE}/sources", "readers", cross_origin=True, large_body=True),
    Rule(f"{_COURSE}/sources/[^/]+(/retry|/file)?", "readers", cross_origin=True),
    Rule(f"{_COURSE}/jobs", "readers", cross_origin=True),
    Rule(f"{_COURSE}/jobs/[^/]+", "readers", streams="on_request", cross_origin=True),
    Rule(f"{_COURSE}/generations", "readers", needs="instruct", cross_origin=True),
    Rule(f"{_COURSE}/generations/[^/]+/(accept|discard|restore)", "readers", needs="instruct", cross_origin=True),
    Rule(f"{_COURSE}/answers/[^/]+/feedback", "readers", needs="ask", cross_origin=True),
    Rule(f"{_COURSE}/answers/[^/]+/(receipt|replay|resolve)", "readers", needs="instruct", cross_origin=True),
    Rule(
        f"{_COURSE}/(questions|gaps|coverage|usage|glossary/usage|checks)",
        "readers",
        needs="instruct",
        cross_origin=True,
    ),
    Rule(f"{_COURSE}/(verified|hidden|aliases|notes)(/[^/]+)?", "readers", needs="instruct", cross_origin=True),
    Rule("/v1/chat/completions", "readers", needs="ask", queues=True, cross_origin=True),
    Rule("/v1/models", "readers", cross_origin=True),
    Rule("/v1/models/.+", "readers", cross_origin=True),
    *_LTI_RULES,
    Rule("/mcp", "readers", POST, needs="ask"),
)


@dataclass(frozen=True)
class Policy:
    """What one service offers: to whom, under which names, to pages of which other sites.

    Args:
        rules: The paths; the first that matches counts.
        hosts: Host names to answer to, besides the loopback ones.
        origins: Other sites' origins whose pages may call, as browsers send them: ``https://lms.example.edu``.
    """

    rules: tuple[Rule, ...]
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def rule(self, path: str) -> Rule | None:
        """The rule about this path, if there is one."""
        return next((rule for rule in self.rules if rule.matches(path)), None)


def rule_of(scope: Scope) -> Rule | None:
    """The rule about a request's path, as the first wall that needs it left it in the scope; None without one."""
    rule = scope["state"].get("rule")
    return rule if isinstance(rule, Rule) else None


def names_in(setting: str) -> frozenset[str]:
    """The names in a comma-separated setting, as hosts and origins are compared: lower case, no trailing slash."""
    return frozenset(name.strip().rstrip("/").lower() for name in setting.split(",") if name.strip())
