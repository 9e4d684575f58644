"""``course-tutor lti``: the learning platforms that may launch the tutor."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from tutor.cli.console import err, errors_end_the_command, out
from tutor.cli.state import writing_state
from tutor.errors import TutorError
from tutor.lti.types import Platform
from tutor.outbound import allowed_host
from tutor.state import audit, lti
from tutor.state.ids import new_id

lti_app = typer.Typer(help="Register learning platforms (LTI 1.3); a running server follows at the next launch.")


def _own_address(url: str) -> str:
    """Platforms launch over https only; an address without it would be found out at the first launch."""
    if not url.startswith("https://"):
        raise typer.BadParameter(f"{url} does not begin with https://, and platforms open nothing else")
    return url.rstrip("/")


_PlatformId = Annotated[str, typer.Argument(help="As course-tutor lti platforms shows it.")]
_Courses = Annotated[
    list[str] | None, typer.Option("--course", help="Course id it may open; may be given again; default: all.")
]


@lti_app.callback(invoke_without_command=True)
def _without_a_subcommand(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@lti_app.command("addresses")
def addresses(
    url: Annotated[
        str,
        typer.Argument(help="Where people reach the tutor, such as https://tutor.example.edu", callback=_own_address),
    ],
) -> None:
    """Print what a platform's administrator has to enter there."""
    table = Table("What platforms call it", "Address", box=None, pad_edge=False)
    for name, path in (
        ("Tool URL, target link URI", "/lti/launch"),
        ("Initiate login URL, OIDC login", "/lti/login"),
        ("Redirection URI(s)", "/lti/launch"),
        ("Content selection URL, deep linking", "/lti/launch"),
        ("Public keyset URL, JWKS", "/lti/jwks.json"),
    ):
        table.add_row(name, url + path)
    out.print(table)


@lti_app.command("add-platform")
def add_platform(  # noqa: PLR0913, PLR0917  (a registration has this many parts)
    issuer: Annotated[str, typer.Option(help="Issuer, or platform id: https://moodle.example.edu")],
    client_id: Annotated[str, typer.Option(help="The client id that the platform gave the tutor.")],
    auth_url: Annotated[str, typer.Option(help="Authentication request URL.")],
    token_url: Annotated[str, typer.Option(help="Access token URL.")],
    jwks_url: Annotated[str, typer.Option(help="Public keyset URL of the platform.")],
    deployment: Annotated[list[str] | None, typer.Option(help="Deployment id; may be given again.")] = None,
    name: Annotated[str, typer.Option(help="What you call it.")] = "",
    course: _Courses = None,
    token_audience: Annotated[str, typer.Option(help="Audience of access token requests, if not the token URL.")] = "",
    distrust_instructors: Annotated[
        bool, typer.Option("--distrust-instructors", help="Its teachers are students here.")
    ] = False,
) -> None:
    """Register a platform by hand."""
    platform = Platform(
        platform_id=new_id()[-12:],
        name=name or issuer,
        issuer=issuer,
        client_id=client_id,
        auth_url=auth_url,
        token_url=token_url,
        jwks_url=jwks_url,
        token_audience=token_audience or token_url,
        courses=tuple(course or ()),
        trusts_instructors=not distrust_instructors,
    )
    with errors_end_the_command():
        for address in (auth_url, token_url, jwks_url):
            allowed_host(address)
        with writing_state() as connection:
            if any((p.issuer, p.client_id) == (issuer, client_id) for p in lti.platforms(connection)):
                raise TutorError(
                    f"{issuer} with client id {client_id} is registered already: course-tutor lti platforms"
                )
            lti.add_platform(connection, platform, _now())
            for each in deployment or ():
                lti.add_deployment(connection, platform.platform_id, each, approved=True, now=_now())
            audit.record(connection, audit.INSTALLATION, "cli", "lti.add", platform.platform_id)
    typer.echo(platform.platform_id)
    if not deployment:
        err.print("Its first launch will ask you to approve the deployment: course-tutor lti approve", highlight=False)


@lti_app.command("platforms")
def platforms() -> None:
    """List the platforms and their deployments."""
    table = Table("Id", "Name", "Client id", "Courses", "Deployments", box=None, pad_edge=False)
    with errors_end_the_command(), writing_state() as connection:
        found = lti.platforms(connection)
        for platform in found:
            deployments = lti.deployments(connection, platform.platform_id)
            shown = ", ".join(f"{each}{'' if ok else ' (waits for approval)'}" for each, ok in deployments.items())
            courses = ", ".join(platform.courses) or "all"
            table.add_row(platform.platform_id, platform.name, platform.client_id, courses, shown)
    if found:
        out.print(table)
    else:
        err.print("no platform is registered: course-tutor lti invite, or lti add-platform", highlight=False)


@lti_app.command("invite")
def invite(
    host: Annotated[list[str], typer.Argument(help="The platform's host names, such as moodle.example.edu")],
    url: Annotated[
        str, typer.Option(help="Where people reach the tutor, such as https://tutor.example.edu", callback=_own_address)
    ],
    course: _Courses = None,
) -> None:
    """Print a registration link for a platform's administrator: the two sides set up the rest. Good once."""
    with errors_end_the_command(), writing_state() as connection:
        code = lti.make_invite(connection, host, course or (), _now())
        audit.record(connection, audit.INSTALLATION, "cli", "lti.invite", " ".join(host))
    typer.echo(f"{url}/lti/register?code={code}")


@lti_app.command("approve")
def approve(
    platform_id: _PlatformId, deployment_id: Annotated[str, typer.Argument(help="As the launch showed it.")]
) -> None:
    """Let the launches of a deployment in."""
    with errors_end_the_command(), writing_state() as connection:
        lti.platform_by_id(connection, platform_id)
        lti.add_deployment(connection, platform_id, deployment_id, approved=True, now=_now())
        audit.record(connection, audit.INSTALLATION, "cli", "lti.approve", platform_id, {"deployment": deployment_id})


@lti_app.command("assign")
def assign(
    platform_id: _PlatformId,
    context_id: Annotated[str, typer.Argument(help="The platform's own id of its course.")],
    course_id: Annotated[str, typer.Argument(help="The course to open.")],
) -> None:
    """Say which course a platform's course opens where its links name none."""
    with errors_end_the_command(), writing_state() as connection:
        platform = lti.platform_by_id(connection, platform_id)
        if not platform.may_open(course_id):
            raise TutorError(f"{platform.name} may not open {course_id!r}, only {', '.join(platform.courses)}")
        lti.link_context(connection, platform_id, context_id, course_id, _now())
        audit.record(connection, course_id, "cli", "lti.assign", platform_id, {"context": context_id})


@lti_app.command("remove-platform")
def remove_platform(platform_id: _PlatformId) -> None:
    """Forget a platform; its links open the tutor no more."""
    with errors_end_the_command(), writing_state() as connection:
        lti.remove_platform(connection, platform_id)
        audit.record(connection, audit.INSTALLATION, "cli", "lti.remove", platform_id)


@lti_app.command("rotate-key")
def rotate_key() -> None:
    """Sign with a new key from now on; the one before stays published for a day."""
    with errors_end_the_command(), writing_state() as connection:
        key = lti.rotate_signing_key(connection, _now())
        audit.record(connection, audit.INSTALLATION, "cli", "lti.rotate-key", key.key_id)
    typer.echo(key.key_id)


def _now() -> datetime:
    return datetime.now(UTC)
