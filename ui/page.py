"""The chat's page: skeleton, styles and scripts from ``assets/``, joined the way Gradio wants them.

Nothing here is built from a course's or a learner's words: Gradio compiles the skeleton as a template.
"""

from importlib.resources import files

# In this order: later files build on earlier ones.
_STYLES = (
    *("tokens", "frame", "welcome", "composer", "answer", "answer_sources"),
    *("source", "viewer", "practice", "phone"),
)
_SCRIPTS = (
    "page",
    "conversation",
    "markers",
    "source_panel",
    "viewer",
    "feedback",
    "composer",
    "keeping",
    "chapter",
    "practice",
    "courses",
    "start",
)
_INSTRUCTOR_STYLES = (
    *("tokens", "frame"),
    *(f"instructor/{name}" for name in ("layout", "parts", "tables", "forms", "cards")),
    *(f"instructor/{name}" for name in ("files", "log", "correcting", "insight")),  # each of one page or two
)
_INSTRUCTOR_SCRIPTS = tuple(
    f"instructor/{name}" for name in ("page", "navigation", "actions", "editor", "uploads", "jobs", "start")
)


def skeleton() -> str:
    """The page's fixed elements, empty."""
    return _read("chat.html")


def styles() -> str:
    """All styles, as one ``<style>`` element for the document's head."""
    return f"<style>\n{''.join(_read(f'css/{name}.css') for name in _STYLES)}</style>"


def script() -> str:
    """The chat's program, a function body; Gradio gives ``element``, ``trigger``, ``props``, ``server``, ``watch``."""
    return '"use strict";\n' + "".join(_read(f"js/{name}.js") for name in _SCRIPTS)


def instructor_skeleton() -> str:
    """The fixed elements of the instructor's pages, empty."""
    return _read("instructor.html")


def instructor_styles() -> str:
    """All styles of the instructor's pages."""
    return f"<style>\n{''.join(_read(f'css/{name}.css') for name in _INSTRUCTOR_STYLES)}</style>"


def instructor_script() -> str:
    """The program of the instructor's pages, a function body as in ``script``."""
    return '"use strict";\n' + "".join(_read(f"js/{name}.js") for name in _INSTRUCTOR_SCRIPTS)


def storage_guard() -> str:
    """A script that must run first in the document, before any of Gradio's.

    In an iframe whose storage the browser blocks, touching ``localStorage`` throws and Gradio shows a blank page; the
    guard puts a store in memory in its place. It has no closing-tag sequence, so it can stand inline in ``<script>``.
    """
    return _read("storage_guard.js")


def _read(name: str) -> str:
    return files("ui").joinpath("assets", name).read_text("utf-8")
