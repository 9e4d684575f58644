"""Rules of ours that no linter has, read from the syntax: each forbids a kind of mistake that others made.

In one line each: one door for outgoing calls, nothing unpacked or unpickled unseen, statements without
formatted values, durations on a clock that does not jump, decisions on the decoded path, no index written in place.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
    for package in ("corpus", "index", "tutor", "ui")
    for path in sorted((ROOT / package).rglob("*.py"))
}

Rule = Callable[[ast.AST], bool]

_HTTPX = re.compile(
    r"httpx\.(?:get|post|put|patch|delete|head|options|request|stream|(?:Async)?(?:Client|HTTPTransport))"
)


def _called(node: ast.AST) -> str:
    """The dotted name of what is called; empty for anything else."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _imports(node: ast.AST) -> Sequence[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [node.module.partition(".")[0]] if isinstance(node, ast.ImportFrom) and node.module else []


def _given(node: ast.AST, name: str) -> object:
    """The constant given for a keyword of a call; None where there is none."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return next((k.value.value for k in keywords if k.arg == name and isinstance(k.value, ast.Constant)), None)


def _formatted(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return isinstance(node.left, ast.Constant | ast.JoinedStr) and isinstance(getattr(node.left, "value", ""), str)
    return _called(node).endswith(".format")


def calls_out(node: ast.AST) -> bool:
    others = {"requests", "urllib3", "aiohttp"} & set(_imports(node))
    return bool(others) or _called(node).endswith("urlopen") or bool(_HTTPX.fullmatch(_called(node)))


def unpacks_an_archive(node: ast.AST) -> bool:
    return _called(node).endswith((".extractall", ".unpack_archive"))


def unpickles(node: ast.AST) -> bool:
    names = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
    return bool(names & set(_imports(node))) or _given(node, "allow_pickle") is True


def loads_code(node: ast.AST) -> bool:
    unsafe = _called(node) in ("yaml.load", "torch.load", "eval", "exec")
    return unsafe or _given(node, "trust_remote_code") is True or _given(node, "shell") is True


def reads_entities(node: ast.AST) -> bool:
    return any(_given(node, name) is True for name in ("resolve_entities", "load_dtd", "huge_tree"))


def tells_wall_time(node: ast.AST) -> bool:
    return _called(node) == "time.time"


def formats_a_statement(node: ast.AST) -> bool:
    statement = _called(node).rpartition(".")[2] in ("execute", "exec_driver_sql", "text", "executescript")
    return statement and bool(node.args) and _formatted(node.args[0])  # type: ignore[attr-defined]


def trusts_the_url(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node).endswith("request.url.path")


def writes_an_index_in_place(node: ast.AST) -> bool:
    return _called(node).rpartition(".")[2] in ("write_index", "write_index_binary")


def leaves_a_page_unsanitised(node: ast.AST) -> bool:
    return _given(node, "sanitize_html") is False


# Each rule, and where it does not hold, with the reason.
RULES: dict[Rule, dict[str, str]] = {
    calls_out: {
        "tutor/outbound.py": "the door for calls to other services: public addresses, no redirects",
        "tutor/api/siblings.py": "another process of this service, by a socket of the file system",
        "tutor/evaluation/bench_serving.py": "the service that whoever measures it names, from the command line only",
        "tutor/webhooks/public_only.py": "the transport behind that door",
        "ui/api_client.py": "the chat's calls to its own service over loopback",
    },
    unpacks_an_archive: {},
    unpickles: {},
    loads_code: {},
    reads_entities: {"corpus/html_parsing.py": "HTML declares no entities; the file's size is limited before"},
    tells_wall_time: {
        "tutor/api/openai/completions.py": "the moment of an answer, as OpenAI's API sends it",
        "tutor/checkup/files.py": "compared with the times of files",
        "tutor/exports/formats.py": "the moment of an export",
        "tutor/state/folder_blobs.py": "compared with the times of files",
    },
    formats_a_statement: {"tutor/state/database.py": "settings of a connection, from numbers and words of ours"},
    trusts_the_url: {"tutor/api/reading.py": "written into a link, nothing is decided by it"},
    writes_an_index_in_place: {},
    leaves_a_page_unsanitised: {},
}


def broken_by(rule: Rule) -> Iterator[tuple[str, int]]:
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            if rule(node):
                yield path, getattr(node, "lineno", 0)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_holds_everywhere_but_where_there_is_a_reason(rule: Rule) -> None:
    found = list(broken_by(rule))

    assert [(path, line) for path, line in found if path not in RULES[rule]] == []
    assert set(RULES[rule]) - {path for path, _ in found} == set(), "reasons for what is not there any more"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (calls_out, "httpx.get(url)"),
        (calls_out, "client = httpx.AsyncClient()"),
        (calls_out, "from requests import get"),
        (calls_out, "urllib.request.urlopen(url)"),
        (unpacks_an_archive, "archive.extractall(folder)"),
        (unpickles, "import pickle"),
        (unpickles, "np.load(path, allow_pickle=True)"),
        (loads_code, "AutoModel.from_pretrained(name, trust_remote_code=True)"),
        (loads_code, "torch.load(path)"),
        (loads_code, "subprocess.run(line, shell=True)"),
        (reads_entities, "etree.XMLParser(resolve_entities=True)"),
        (tells_wall_time, "started = time.time()"),
        (formats_a_statement, 'connection.execute(text(f"select {name}"))'),
        (formats_a_statement, 'connection.exec_driver_sql("select %s" % name)'),
        (formats_a_statement, 'connection.exec_driver_sql("select " + name)'),
        (formats_a_statement, 'connection.exec_driver_sql("select {}".format(name))'),
        (trusts_the_url, 'if request.url.path.startswith("/admin"): pass'),
        (writes_an_index_in_place, "faiss.write_index(index, path)"),
        (leaves_a_page_unsanitised, "gr.HTML(sanitize_html=False)"),
    ],
)
def test_a_rule_sees_what_it_forbids(rule: Rule, code: str) -> None:
    assert any(rule(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("code", ['connection.execute(text("select 1"))', "connection.execute(select(jobs))", "n % 2"])
def test_a_statement_without_formatting_is_fine(code: str) -> None:
    assert not any(formats_a_statement(node) for node in ast.walk(ast.parse(code)))
