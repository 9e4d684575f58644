"""``course-tutor link``: a link that lets one browser in to the running server, with a role, for some courses."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from tutor.bootstrap import open_database
from tutor.cli.console import err, errors_end_the_command
from tutor.cli.moments import moment
from tutor.errors import TutorError
from tutor.permissions import Role
from tutor.settings import Settings
from tutor.state import audit, login_links
from tutor.state.courses import all_courses
from tutor.state.server_lock import running_server


class NoServer(TutorError):
    """No server runs on the data directory."""

    def __init__(self) -> None:
        super().__init__("no server runs on this data directory, so there is nowhere to go: course-tutor serve")


def link(
    role: Annotated[Role, typer.Option(help="What the browser may do.")] = "student",
    course: Annotated[
        list[str] | None, typer.Option(help="Course id it may see; may be given again; default: all.")
    ] = None,
    expires: Annotated[str, typer.Option(help="How long it can be opened: '24h', '7d' or a date.")] = "24h",
    url: Annotated[str, typer.Option(help="Where people reach the server, if not where this machine does.")] = "",
) -> None:
    """Print a link that lets one browser in, once, to the server that runs on this data directory."""
    until = moment(expires)
    with errors_end_the_command():
        settings = Settings.from_environment()
        server = running_server(settings.data_dir)
        if server is None or not server.origin:
            raise NoServer
        database = open_database(settings)
        now = datetime.now(UTC)
        lifetime = login_links.LIFETIME if until is None else until - now
        courses = tuple(course or ())
        with database.writing() as connection:
            absent = sorted(set(courses) - {each.course_id for each in all_courses(connection)})
            token = login_links.create(connection, role, courses, now=now, lifetime=lifetime)
            audit.record(
                connection, audit.INSTALLATION, "cli", "link.create", role, {"role": role, "courses": list(courses)}
            )
        database.close()
    typer.echo(f"{(url or server.origin).rstrip('/')}/login?token={token}")
    where = ", ".join(courses) or "all courses"
    err.print(f"It lets one browser in, once, as {role} of {where}.", highlight=False, markup=False, soft_wrap=True)
    if absent:
        err.print(
            f"There is no course {', '.join(absent)} here yet: course-tutor courses", style="yellow", highlight=False
        )
