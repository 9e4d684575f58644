"""Moments to come, as people type them: ``90d``, ``12h``, a date or ``never``."""

import re
from datetime import UTC, datetime, timedelta

import typer


def moment(text: str) -> datetime | None:
    """``90d``, ``12h``, a date or ``never`` as a moment to come; None for never.

    Raises:
        typer.BadParameter: It is none of these, or lies in the past.
    """
    if text == "never":
        return None
    now = datetime.now(UTC)
    try:
        if duration := re.fullmatch(r"(\d{1,5})([dh])", text):
            amount = int(duration[1])
            found = now + (timedelta(days=amount) if duration[2] == "d" else timedelta(hours=amount))
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is not like '90d', '12h', '2027-09-30' or 'never'") from error
    if found <= now:
        raise typer.BadParameter(f"{text!r} is over already")
    return found
