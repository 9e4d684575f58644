"""One small file of every format that packages have, and XML that reaches for files, hosts and memory."""

from collections.abc import Callable
from html import escape

from hostile_archives import tar_of, zip_of
from package_samples import Files, cartridge_files, epub_files, moodle_files, page, web_resource

PLACE = "PAYLOADPLACE"  # where an entity is named
GLOSSARY = (
    "<GLOSSARY><INFO><NAME>Terms</NAME><ENTRIES><ENTRY><CONCEPT>Osmosis</CONCEPT>"
    f"<DEFINITION>Water moves. {PLACE}</DEFINITION><FORMAT>1</FORMAT>"
    "<ALIASES><ALIAS><NAME>OSM</NAME></ALIAS></ALIASES></ENTRY></ENTRIES></INFO></GLOSSARY>"
)
_CHAPTERS = "".join(
    f'<chapter id="{number}"><pagenum>{number}</pagenum><subchapter>{number - 1}</subchapter>'
    f"<title>Part {number}</title>"
    f"<content>{escape('<h2>DNA</h2><p>It is long.</p><ul><li>one</li></ul>')}</content></chapter>"
    for number in (1, 2)
)
HTML = (
    "<!DOCTYPE html><html><head><title>Cells</title></head><body><h1>Cells</h1><p>A <b>cell</b> lives.</p>"
    "<ol start=3><li>one<ul><li>two</li></ul></li></ol><dl><dt>Core<dd>middle</dl><table><tr><th>a<th>b<tr><td>1<td>2"
    r"</table><pre>x = 1</pre><math alttext='x'><mi>x</mi></math> \(y\) <p hidden>no</p></body></html>"
)


def moodle_sample() -> Files:
    """The files of a backup with a page, a book, a glossary, a label and a file."""
    entry = "<entry><concept>Osmosis</concept><definition>Water moves.</definition><approved>1</approved></entry>"
    listed = (
        f"<file><contenthash>{'a' * 40}</contenthash><contextid>104</contextid><component>mod_resource</component>"
        "<filearea>content</filearea><filepath>/</filepath><filename>notes.md</filename></file>"
    )
    return moodle_files(
        [
            ("page", 1, 1, "Cells", page("Cells", f"<h3>Core</h3><p>It is small.</p>{PLACE}")),
            ("book", 2, 1, "Genes", f"<chapters>{_CHAPTERS}</chapters>"),
            ("glossary", 3, 1, "Terms", f"<entries>{entry}</entries>"),
            ("resource", 4, 1, "File", "<name>File</name>"),
            ("label", 5, 1, "Label", "<intro>Words.</intro><introformat>0</introformat>"),
        ],
        more={"files.xml": f"<files>{listed}</files>", f"files/aa/{'a' * 40}": "# Notes\n\nA note."},
    )


def cartridge_sample() -> Files:
    """The files of a Canvas-like cartridge with a page, a topic, a link and settings."""
    return cartridge_files(
        '<item identifier="i1"><title>Week 1</title>'
        '<item identifier="i2" identifierref="r1"><title>Cells</title></item>'
        '<item identifier="i3" identifierref="r2"><title>Talk</title></item></item>',
        web_resource("r1", "wiki_content/cells.html")
        + '<resource identifier="r2" type="imsdt_xmlv1p1"><file href="t.xml"/></resource>'
        + web_resource("r3", "notes.md"),
        {
            "wiki_content/cells.html": HTML,
            "t.xml": f'<topic><title>Talk</title><text texttype="text/html">What lives? {PLACE}</text></topic>',
            "notes.md": "# Notes\n\nA note.",
            "course_settings/module_meta.xml": "<modules><module identifier='i1'><title>Week 1</title>"
            "<workflow_state>active</workflow_state></module></modules>",
        },
    )


def epub_sample() -> Files:
    """The files of a book of two pages."""
    files = epub_files(
        {"a.xhtml": f"<h1>Cells</h1><p>They live. {PLACE}</p>", "b.xhtml": "<p>More.</p>"},
        nav='<li><a href="text/a.xhtml">Cells</a></li>',
    )
    return files | {"META-INF/encryption.xml": "<encryption/>"}


def zip_sample() -> Files:
    """Loose files."""
    return {"week-1/a.html": HTML, "week-2/b.md": "# B\n\nwords", "c.txt": "Words of the course.", "d.png": b"\x89PNG"}


# Format: its file's name, its parts, and what packs them.
PACKAGES: dict[str, tuple[str, Callable[[], Files], Callable[[Files], bytes]]] = {
    "moodle backup": ("course.mbz", moodle_sample, tar_of),
    "old moodle backup": ("course.mbz", moodle_sample, zip_of),
    "cartridge": ("course.imscc", cartridge_sample, zip_of),
    "epub": ("book.epub", epub_sample, zip_of),
    "zip": ("course.zip", zip_sample, zip_of),
}
SINGLE_FILES: dict[str, tuple[str, bytes]] = {
    "html": ("page.html", HTML.encode()),
    "moodle glossary": ("terms.xml", GLOSSARY.encode()),
}
# Every XML file of every format, by format and path.
XML_PLACES: list[tuple[str, str]] = [
    ("moodle backup", "moodle_backup.xml"),
    ("moodle backup", "files.xml"),
    ("moodle backup", "sections/section_1/section.xml"),
    ("moodle backup", "activities/page_1/page.xml"),
    ("moodle backup", "activities/page_1/module.xml"),
    ("moodle backup", "activities/glossary_3/glossary.xml"),
    ("cartridge", "imsmanifest.xml"),
    ("cartridge", "t.xml"),
    ("cartridge", "wiki_content/cells.html"),
    ("cartridge", "course_settings/module_meta.xml"),
    ("epub", "META-INF/container.xml"),
    ("epub", "META-INF/encryption.xml"),
    ("epub", "OEBPS/book.opf"),
    ("epub", "OEBPS/nav.xhtml"),
    ("epub", "OEBPS/text/a.xhtml"),
]


def xml_attacks(secret_path: str, port: int) -> dict[str, Callable[[str], bytes]]:
    """Twelve ways to make XML read a file, call a host or fill memory; each rewrites a plain XML text."""
    host = f"http://127.0.0.1:{port}"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

    def with_dtd(dtd: str, reference: str = "&x;") -> Callable[[str], bytes]:
        return lambda text: f'<?xml version="1.0" encoding="UTF-8"?>{dtd}{text.replace(PLACE, reference)}'.encode()

    utf16 = with_dtd(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret_path}">]>')
    return {
        "a file": with_dtd(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret_path}">]>'),
        "a host": with_dtd(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{host}/x">]>'),
        "a parameter entity": with_dtd(f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{host}/p"> %p;]>', ""),
        "an external DTD": with_dtd(f'<!DOCTYPE a SYSTEM "{host}/a.dtd">', ""),
        "a public DTD": with_dtd(f'<!DOCTYPE a PUBLIC "-//A//B//EN" "{host}/a.dtd">', ""),
        "billion laughs": with_dtd(f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]>', "&l9;"),
        "one large entity": with_dtd(f'<!DOCTYPE a [<!ENTITY x "{"a" * 50_000}">]>', "&x;" * 50_000),
        "after a comment": with_dtd(f'<!-- a --><?pi b?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret_path}">]>'),
        "XInclude": lambda text: text.replace(
            PLACE,
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret_path}" parse="text"/>',
        ).encode(),
        "a stylesheet": lambda text: f'<?xml-stylesheet type="text/xsl" href="{host}/s.xsl"?>{text}'.encode(),
        "in UTF-16": lambda text: utf16(text).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "in UTF-7": lambda text: (
            b'<?xml version="1.0" encoding="UTF-7"?>'
            + f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret_path}">]>'.encode("utf-7")
            + text.replace(PLACE, "&x;").encode()
        ),
    }
