"""``course-tutor keys``: keys for programs that call the API."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from tutor.cli.console import err, errors_end_the_command, out
from tutor.keys import KeyFile
from tutor.settings import Settings

keys_app = typer.Typer(help="Make, list and revoke API keys; a running server follows within seconds.")


@keys_app.callback(invoke_without_command=True)
def _without_a_subcommand(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Option(help="What the key is for, so that you know it again.")] = "",
    course: Annotated[
        list[str] | None, typer.Option(help="Course id the key is bound to; may be given again; default: all.")
    ] = None,
    expires: Annotated[str, typer.Option(help="When it ends: '90d', '12h', '2027-09-30' or 'never'.")] = "365d",
) -> None:
    """Make a key and print it, this once; only its hash is kept."""
    expires_at = _moment(expires)
    with errors_end_the_command():
        key, secret = _key_file().create(name, courses=course or (), expires_at=expires_at)
    typer.echo(secret)
    until = f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "until it is revoked"
    where = ", ".join(key.courses) or "all courses"
    err.print(
        f"key {key.key_id} for {where}, good {until}; it is not shown again. Send it as: Authorization: Bearer <key>",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@keys_app.command("list")
def list_keys() -> None:
    """List the keys, never the secrets."""
    with errors_end_the_command():
        keys = _key_file().all()
    if not keys:
        err.print("there is no key yet; make one: course-tutor keys create", highlight=False)
        return
    table = Table("Id", "Name", "Courses", "Made", "Ends", box=None, pad_edge=False)
    now = datetime.now(UTC)
    for key in keys:
        ends = "never" if key.expires_at is None else f"{key.expires_at:%Y-%m-%d}"
        courses = ", ".join(key.courses) or "all"
        made = f"{key.created_at:%Y-%m-%d}"
        table.add_row(key.key_id, key.name, courses, made, f"{ends} (over)" if key.expired(now) else ends)
    out.print(table, markup=False)


@keys_app.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id, as 'keys list' shows it.")]) -> None:
    """Make a key worthless, at once."""
    with errors_end_the_command():
        key = _key_file().revoke(key_id)
    err.print(f"key {key.key_id} is revoked", highlight=False)


def _key_file() -> KeyFile:
    return KeyFile(Settings.from_environment().data_dir / "keys.json")


def _moment(text: str) -> datetime | None:
    """``90d``, ``12h``, a date or ``never`` as a moment to come.

    Raises:
        typer.BadParameter: It is none of these, or lies in the past.
    """
    if text == "never":
        return None
    now = datetime.now(UTC)
    try:
        if duration := re.fullmatch(r"(\d{1,5})([dh])", text):
            amount = int(duration[1])
            moment = now + (timedelta(days=amount) if duration[2] == "d" else timedelta(hours=amount))
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is not like '90d', '12h', '2027-09-30' or 'never'") from error
    if moment <= now:
        raise typer.BadParameter(f"{text!r} is over already")
    return moment
