"""``course-tutor keys``: keys for programs that call the API."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from tutor.api.client_assertions import UnusablePublicKey, checked_public_jwk
from tutor.cli.console import err, errors_end_the_command, out
from tutor.cli.moments import moment
from tutor.cli.state import writing_state
from tutor.permissions import PERMISSIONS, Permission
from tutor.state import audit, keys

keys_app = typer.Typer(help="Make, list and revoke API keys; a running server follows at the next request.")


@keys_app.callback(invoke_without_command=True)
def _without_a_subcommand(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Option(help="What the key is for, so that you know it again.")] = "",
    permission: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(PERMISSIONS)}; may be given again; default: read and ask."),
    ] = None,
    course: Annotated[
        list[str] | None, typer.Option(help="Course id the key is bound to; may be given again; default: all.")
    ] = None,
    public_jwk: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A file with the client's public JWK: it then signs (private_key_jwt), and no key is printed.",
        ),
    ] = None,
    expires: Annotated[str, typer.Option(help="When it ends: '90d', '12h', '2027-09-30' or 'never'.")] = "365d",
) -> None:
    """Make a key and print it, this once; only its hash is kept. With --public-jwk its id is printed instead."""
    expires_at = moment(expires)
    permissions = _permissions(permission or ["ask"])
    with errors_end_the_command(), writing_state() as connection:
        jwk = _read_jwk(public_jwk) if public_jwk else None
        key, secret = keys.create(
            connection, name, permissions=permissions, courses=course or (), expires_at=expires_at, public_jwk=jwk
        )
        detail = {"permissions": sorted(permissions), "courses": list(key.courses)}
        audit.record(connection, audit.INSTALLATION, "cli", "key.create", key.key_id, detail)
    typer.echo(key.key_id if jwk else secret)
    until = f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "until it is revoked"
    where = ", ".join(key.courses) or "all courses"
    use = (
        "Its id is the client_id at /oauth/token"
        if jwk
        else "It is not shown again. Send it as: Authorization: Bearer <key>"
    )
    err.print(
        f"key {key.key_id} may {', '.join(sorted(permissions))} in {where}, good {until}. {use}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@keys_app.command("list")
def list_keys() -> None:
    """List the keys, never the secrets."""
    with errors_end_the_command(), writing_state() as connection:
        found = [key for key in keys.all_keys(connection) if key.revoked_at is None]
    if not found:
        err.print("there is no key yet; make one: course-tutor keys create", highlight=False)
        return
    table = Table("Id", "Name", "May", "Courses", "Made", "Ends", box=None, pad_edge=False)
    now = datetime.now(UTC)
    for key in found:
        ends = "never" if key.expires_at is None else f"{key.expires_at:%Y-%m-%d}"
        table.add_row(
            key.key_id,
            key.name,
            ", ".join(sorted(key.permissions)),
            ", ".join(key.courses) or "all",
            f"{key.created_at:%Y-%m-%d}",
            ends if key.good(now) else f"{ends} (over)",
        )
    out.print(table, markup=False)


@keys_app.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id, as 'keys list' shows it.")]) -> None:
    """Make a key worthless, at once."""
    with errors_end_the_command(), writing_state() as connection:
        key = keys.revoke(connection, key_id)
        audit.record(connection, audit.INSTALLATION, "cli", "key.revoke", key.key_id)
    err.print(f"key {key.key_id} is revoked", highlight=False)


def _read_jwk(path: Path) -> dict[str, Any]:
    try:
        return checked_public_jwk(json.loads(path.read_text("utf-8")))
    except ValueError as error:
        raise UnusablePublicKey("the file holds no JSON") from error


def _permissions(wanted: list[str]) -> frozenset[Permission]:
    if unknown := sorted(set(wanted) - set(PERMISSIONS)):
        raise typer.BadParameter(f"{', '.join(unknown)} is none of {', '.join(PERMISSIONS)}")
    # None is of any use without reading.
    return frozenset(permission for permission in PERMISSIONS if permission in wanted or permission == "read")
