"""``course-tutor ask``: one question, one cited answer, in the terminal or as JSON."""

from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from tutor.api.wire import answer_on_wire
from tutor.bootstrap import BUNDLED_COURSE, open_asking, open_parts
from tutor.cli.console import errors_end_the_command, out, progress_bar
from tutor.errors import TutorError
from tutor.library import Library
from tutor.records.asking import Asker
from tutor.settings import Settings
from tutor.types import Answer

_GROUPS = {"definition": "Definition", "takeaway": "Key takeaways", "passage": "From the course"}


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know, in your own words.")],
    course: Annotated[
        str | None, typer.Option(help="Course id; default: the only course, else the bundled one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Ask a course a question; the first time, the bundled course is indexed."""
    with errors_end_the_command():
        settings = Settings.from_environment()
        parts = open_parts(settings)
        asking = open_asking(settings, parts.database)
        with progress_bar() as report:
            parts.library.load(progress=report)
        tutor = parts.library.tutor(course or _default_course(parts.library))
        answer = asking.ask(tutor, question, (), Asker("", "cli"))
        asking.close()
    if as_json:
        typer.echo(answer_on_wire(answer).model_dump_json(indent=2))
    else:
        _show(answer)


def _default_course(library: Library) -> str:
    ready = [info.course_id for info in library.courses() if info.ready]
    if len(ready) == 1:
        return ready[0]
    if BUNDLED_COURSE in ready:
        return BUNDLED_COURSE
    if not ready:
        raise TutorError("; ".join(library.problems()))
    raise TutorError(f"there are several courses; choose one with --course: {', '.join(ready)}")


def _show(answer: Answer) -> None:
    if answer.query.used.casefold() != answer.query.asked.strip().casefold() and answer.query.used:
        out.print(Text(f"Read as: {answer.query.used}", style="dim"))
    if answer.message:
        out.print(Text(answer.message), soft_wrap=True)
    group = ""
    for statement in answer.statements:
        if statement.kind != group:
            group = statement.kind
            out.print(Text(f"\n{_GROUPS[group]}", style="bold"))
        markers = "".join(f"[{marker}]" for marker in statement.citations)
        out.print(Padding(Text.assemble(statement.text, " ", (markers, "cyan")), (0, 0, 0, 2)))
    if answer.citations:
        out.print(Text("\nSources", style="bold"))
    for citation in answer.citations:
        where = " › ".join(citation.heading_path) or citation.document_title
        span = f"{citation.document_id}:{citation.char_start}-{citation.char_end}"
        out.print(Padding(Text.assemble((f"[{citation.marker}] ", "cyan"), where, (f"  {span}", "dim")), (0, 0, 0, 2)))
    if answer.nearest:
        out.print(Text("\nRead on" if answer.statements else "\nNearest sections", style="bold"))
        for section in answer.nearest:
            out.print(Padding(Text(" › ".join(section.heading_path)), (0, 0, 0, 2)))
