"""Course packages made as Moodle, Canvas and publishers make them, with words in them that must never be read.

CANARY stands wherever no learner may look: hidden items, solutions, quizzes, people. A test finds it in no document.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import unquote

from hostile_archives import tar_of, zip_of

CANARY = "zanzibarcanary"
SAMPLES = Path(__file__).parents[2] / "shared" / "samples"

Files = dict[str, str | bytes]


def module_xml(kind: str, *, visible: int = 1, on_page: int = 1, availability: str = "$@NULL@$") -> str:
    """module.xml of an activity."""
    return (
        f"<module><modulename>{kind}</modulename><visible>{visible}</visible>"
        f"<visibleoncoursepage>{on_page}</visibleoncoursepage><availability>{escape(availability)}</availability>"
        "<showdescription>0</showdescription></module>"
    )


def activity_xml(kind: str, module_id: int, inner: str) -> str:
    """The XML file of an activity."""
    about = f'id="1" moduleid="{module_id}" contextid="{module_id + 100}"'
    return f'<activity {about}><{kind} id="1">{inner}</{kind}></activity>'


def page(name: str, content: str) -> str:
    """The inside of a page activity."""
    return (
        f"<name>{escape(name)}</name><intro></intro><introformat>1</introformat>"
        f"<content>{escape(content)}</content><contentformat>1</contentformat>"
    )


def moodle_files(
    activities: list[tuple[str, int, int, str, str]],
    *,
    sections: Mapping[int, str] | None = None,
    more: Files | None = None,
) -> Files:
    """The files of a backup.

    Args:
        activities: Kind, module id, section id, title, and inner XML of each.
        sections: The inner XML of each section by its id.
        more: Files that come besides, or instead.
    """
    sections = sections or {1: "<number>1</number><name>Cells</name><visible>1</visible>"}
    listed = "".join(
        f"<activity><moduleid>{module_id}</moduleid><sectionid>{section_id}</sectionid><modulename>{kind}</modulename>"
        f"<title>{escape(title)}</title><directory>../../../etc</directory></activity>"
        for kind, module_id, section_id, title, _ in activities
    )
    places = "".join(f"<section><sectionid>{number}</sectionid></section>" for number in sections)
    files: Files = {
        "moodle_backup.xml": (
            '<?xml version="1.0" encoding="UTF-8"?><moodle_backup><information>'
            "<original_wwwroot>https://moodle.example.org</original_wwwroot><original_course_id>7</original_course_id>"
            f"<contents><activities>{listed}</activities><sections>{places}</sections></contents>"
            "<settings><setting><activity>quiz_9</activity></setting></settings></information></moodle_backup>"
        ),
        "users.xml": f"<users><user><email>{CANARY}@example.org</email></user></users>",
        "questions.xml": f"<question_categories><questiontext>{CANARY}</questiontext></question_categories>",
        "gradebook.xml": f"<gradebook>{CANARY}</gradebook>",
    }
    for number, inner in sections.items():
        files[f"sections/section_{number}/section.xml"] = f'<section id="{number}">{inner}</section>'
    for kind, module_id, _, _, inner in activities:
        files[f"activities/{kind}_{module_id}/module.xml"] = module_xml(kind)
        files[f"activities/{kind}_{module_id}/{kind}.xml"] = activity_xml(kind, module_id, inner)
    return files | (more or {})


def moodle_backup(activities: list[tuple[str, int, int, str, str]], **parts: object) -> bytes:
    """A backup as Moodle makes it today: a gzipped tar."""
    return tar_of(moodle_files(activities, **parts))  # type: ignore[arg-type]


def cartridge_files(items: str, resources: str, more: Files) -> Files:
    """The files of a Common Cartridge with this outline and these resources."""
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"'
        ' xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/resource">'
        "<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.1.0</schemaversion></metadata>"
        f'<organizations><organization><item identifier="root">{items}</item></organization></organizations>'
        f"<resources>{resources}</resources></manifest>"
    )
    return {"imsmanifest.xml": manifest, **more}


def cartridge(items: str, resources: str, more: Files) -> bytes:
    """A Common Cartridge."""
    return zip_of(cartridge_files(items, resources, more))


def web_resource(identifier: str, path: str) -> str:
    """A resource that is one file."""
    return f'<resource identifier="{identifier}" type="webcontent" href="{path}"><file href="{path}"/></resource>'


def epub_files(pages: Mapping[str, str], *, nav: str = "", more: Files | None = None, spine_more: str = "") -> Files:
    """The files of an EPUB whose pages lie in OEBPS/text, in this order."""
    manifest = "".join(
        f'<item id="i{number}" href="text/{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(len(pages)))
    files: Files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
        ),
        "OEBPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>Biology</dc:title></metadata><manifest>{manifest}"
            '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
            f"<spine>{spine}{spine_more}</spine></package>"
        ),
        "OEBPS/nav.xhtml": (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
            f'<nav epub:type="toc"><ol>{nav}</ol></nav></body></html>'
        ),
    }
    for name, body in pages.items():
        files[f"OEBPS/text/{unquote(name)}"] = (
            f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>'
            f'<script src="a.js"/></head><body>{body}</body></html>'
        )
    return files | (more or {})


def epub(pages: Mapping[str, str], **parts: object) -> bytes:
    """An EPUB."""
    return zip_of(epub_files(pages, **parts))  # type: ignore[arg-type]
