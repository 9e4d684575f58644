"""``/login?token=...``: a link that ``serve`` or ``course-tutor link`` printed becomes a session."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from tutor.api.callers import caller_of
from tutor.api.identity import Access
from tutor.api.pages import LINK_USED, page_response


def login_router(access: Access, *, home: str) -> APIRouter:
    """The login route.

    Args:
        access: Whose links and sessions.
        home: Where to go afterwards.
    """
    router = APIRouter(include_in_schema=False)

    @router.head("/login")
    async def preview() -> Response:
        """A mail client or chat that looks at links must not use this one up."""
        return Response()

    @router.get("/login")
    async def login(request: Request, token: str = "") -> Response:
        """Use the token up, start a session, and leave the token behind."""
        entering = RedirectResponse(request.scope.get("root_path", "") + home, status_code=303)
        if secret := await access.log_in(token, request.headers):
            cookie = access.session_cookie(secret, secure=request.url.scheme == "https")
            entering.headers.append("set-cookie", cookie)
            return entering
        return entering if caller_of(request.scope).kind == "session" else page_response(LINK_USED, status=403)

    return router
