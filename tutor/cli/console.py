"""What every subcommand shares: where output goes, and how an error ends the command.

Answers and tables go to standard output, progress and notices to standard error, so that pipes stay clean.
Exit codes: 0 done; 1 the command worked and found something wrong; 2 it could not do what was asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from corpus.errors import CorpusError
from index.errors import IndexingError
from index.protocols import Progress as ReportProgress
from tutor.errors import TutorError

out = Console()
err = Console(stderr=True)

FOUND_WRONG = 1
CANNOT = 2


@contextmanager
def errors_end_the_command() -> Iterator[None]:
    """Print our own errors as one calm line and exit with 2; anything else is a defect and keeps its traceback."""
    try:
        yield
    except (CorpusError, IndexingError, TutorError, OSError) as error:
        err.print(Text.assemble(("course-tutor: ", "bold red"), str(error)), soft_wrap=True)
        raise typer.Exit(CANNOT) from error


@contextmanager
def progress_bar() -> Iterator[ReportProgress]:
    """A progress bar on standard error for work that reports (stage, done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage.capitalize(), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield report
