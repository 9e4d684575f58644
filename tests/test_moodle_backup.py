"""A Moodle backup becomes documents of what learners see, with the titles and addresses of the course page."""

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from hostile_archives import zip_of
from package_samples import (
    CANARY,
    SAMPLES,
    module_xml,
    moodle_backup,
    moodle_files,
    page,
)

from corpus.errors import UnreadableFile
from corpus.moodle_backup import read_moodle_backup
from corpus.source_reading import read_source
from corpus.types import Document, SourceReading

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def read(data: bytes) -> SourceReading:
    nested = partial(read_source)
    return read_moodle_backup(data, "bio.mbz", course_id="c", document_id="bio", read_item=nested, now=NOW)


def by_id(reading: SourceReading) -> dict[str, Document]:
    return {document.document_id: document for document in reading.documents}


def reasons(reading: SourceReading) -> dict[str, str]:
    return {item.name: item.reason for item in reading.items}


def all_text(reading: SourceReading) -> str:
    return "\n".join(
        part
        for document in reading.documents
        for part in (document.text, document.title, *(" ".join(section.heading_path) for section in document.sections))
    )


def test_a_page_is_a_document_under_its_section_with_its_address() -> None:
    reading = read(
        moodle_backup([("page", 5, 1, "Structure", page("Structure", "<h3>Core</h3><p>A cell has one.</p>"))])
    )

    (document,) = reading.documents
    assert document.document_id == "bio--page-5"
    assert (document.title, document.activity) == ("Structure", "page")
    assert document.link == "https://moodle.example.org/mod/page/view.php?id=5"
    assert [section.heading_path for section in document.sections] == [
        ("Cells", "Structure"),
        ("Cells", "Structure", "Core"),
    ]
    assert document.text == "Core\n\nA cell has one."


def test_chapters_come_by_their_page_numbers_and_hidden_ones_do_not() -> None:
    def chapter(number: int, title: str, *, sub: int = 0, hidden: int = 0) -> str:
        return (
            f'<chapter id="{number * 10}"><pagenum>{number}</pagenum><subchapter>{sub}</subchapter>'
            f"<title>{title}</title><content>&lt;p&gt;About {title}.&lt;/p&gt;</content>"
            f"<contentformat>1</contentformat><hidden>{hidden}</hidden></chapter>"
        )

    chapters = [
        chapter(3, CANARY, hidden=1),
        chapter(4, f"{CANARY} below", sub=1),
        chapter(2, "RNA", sub=1),
        chapter(1, "DNA"),
    ]
    reading = read(moodle_backup([("book", 2, 1, "Genetics", f"<chapters>{''.join(chapters)}</chapters>")]))

    assert [document.document_id for document in reading.documents] == [
        "bio--book-2-chapter-10",
        "bio--book-2-chapter-20",
    ]
    assert reading.documents[1].sections[0].heading_path == ("Cells", "Genetics", "DNA", "RNA")
    assert reading.documents[1].link.endswith("/mod/book/view.php?id=2&chapterid=20")
    assert CANARY not in all_text(reading)
    assert list(reasons(reading).values()).count("a hidden chapter") == 2


DATE = {"type": "date", "d": ">=", "t": int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())}
PAST = {"type": "date", "d": ">=", "t": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())}
CLOSED = {"type": "date", "d": "<", "t": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())}


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (module_xml("page", visible=0), "hidden"),
        (module_xml("page", on_page=0), "not shown on the course page"),
        (module_xml("page", availability=json.dumps({"op": "&", "c": [DATE]})), "not open before 2027-01-01"),
        (module_xml("page", availability=json.dumps({"op": "&", "c": [CLOSED]})), "closed since 2026-01-01"),
        (module_xml("page", availability=json.dumps({"op": "|", "c": [DATE, CLOSED]})), "not open before"),
        (module_xml("page", availability=json.dumps({"op": "&", "c": [{"type": "group", "id": 3}]})), "by group"),
        (module_xml("page", availability=json.dumps({"op": "!&", "c": [PAST]})), "some learners"),
        (module_xml("page", availability=json.dumps({"op": "&", "c": [{"op": "&", "c": [DATE]}]})), "not open before"),
        (module_xml("page", availability="{not json"), "cannot be understood"),
        (module_xml("page", availability="[" * 5_000), "cannot be understood"),
        (module_xml("page", availability=json.dumps({"op": "&", "c": [{"type": "date", "t": 10**40}]})), "understood"),
    ],
)
def test_what_learners_do_not_see_is_left_out_and_reported(module: str, reason: str) -> None:
    more = {"activities/page_5/module.xml": module}
    reading = read(moodle_backup([("page", 5, 1, "Secret", page("Secret", f"<p>{CANARY}</p>"))], more=more))

    assert reading.documents == ()
    assert reason in reasons(reading)["Cells > Secret"]


@pytest.mark.parametrize(
    "conditions", [{"op": "&", "c": [PAST]}, {"op": "&", "c": []}, {"op": "|", "c": [CLOSED, PAST]}]
)
def test_a_date_that_has_passed_restricts_nobody(conditions: dict[str, object]) -> None:
    more = {"activities/page_5/module.xml": module_xml("page", availability=json.dumps(conditions))}

    assert read(moodle_backup([("page", 5, 1, "Open", page("Open", "<p>seen</p>"))], more=more)).documents


def test_nothing_in_a_hidden_section_or_below_it_is_read() -> None:
    sections = {
        1: f"<number>1</number><name>{CANARY}</name><visible>0</visible><summary>{CANARY}</summary>",
        2: "<number>2</number><name>Open</name><visible>1</visible><summary>Welcome</summary>"
        "<summaryformat>1</summaryformat>",
    }
    data = moodle_backup(
        [("page", 5, 1, "Secret", page("Secret", CANARY)), ("page", 6, 2, "Seen", page("Seen", "<p>seen</p>"))],
        sections=sections,
    )

    reading = read(data)

    assert set(by_id(reading)) == {"bio--page-6", "bio--section-2"}
    assert CANARY not in all_text(reading)


def test_an_activity_in_a_subsection_stands_under_both_titles() -> None:
    files = moodle_files(
        [("subsection", 3, 1, "Parts", ""), ("page", 5, 2, "Core", page("Core", "<p>seen</p>"))],
        sections={1: "<number>1</number><name>Cells</name>", 2: "<number>9</number><name>Parts</name>"},
    )
    outline = str(files["moodle_backup.xml"]).replace(
        "<sectionid>2</sectionid></section>", "<sectionid>2</sectionid><parentcmid>3</parentcmid></section>"
    )

    (document,) = read(zip_of({**files, "moodle_backup.xml": outline})).documents

    assert document.sections[0].heading_path == ("Cells", "Parts", "Core")


@pytest.mark.parametrize(
    "kind", ["quiz", "lesson", "choice", "feedback", "workshop", "scorm", "h5pactivity", "lti", "chat"]
)
def test_questions_answers_and_learners_words_are_never_read(kind: str) -> None:
    inner = f"<intro>{CANARY}</intro><questions>{CANARY}</questions><answers>{CANARY}</answers>"
    reading = read(moodle_backup([(kind, 9, 1, "Test", inner)]))

    assert reading.documents == ()
    assert reasons(reading)["Cells > Test"]


def test_of_an_assignment_and_a_forum_only_the_description_is_read() -> None:
    inner = (
        "<intro>&lt;p&gt;Describe a cell.&lt;/p&gt;</intro><introformat>1</introformat>"
        f"<activity>{CANARY}</activity><submissions><submission><onlinetext>{CANARY}</onlinetext></submission></submissions>"
        f"<discussions><discussion><posts><post><message>{CANARY}</message></post></posts></discussion></discussions>"
    )
    reading = read(moodle_backup([("assign", 3, 1, "Essay", inner), ("forum", 4, 1, "Talk", inner)]))

    assert {document.text for document in reading.documents} == {"Describe a cell."}
    assert [document.activity for document in reading.documents] == ["assignment", "forum"]


def listed_file(content_hash: str, name: str, *, order: int = 0, component: str = "mod_resource") -> str:
    return (
        f"<file><contenthash>{content_hash}</contenthash><contextid>106</contextid><component>{component}</component>"
        f"<filearea>content</filearea><filepath>/</filepath><filename>{name}</filename><sortorder>{order}</sortorder>"
        "</file>"
    )


def test_files_are_found_by_the_hash_of_their_content() -> None:
    content_hash = "1b7a98807a781c03ee96add6edf22e947b4014f6"
    listed = "".join(
        [
            listed_file(content_hash, "notes.md", order=1),
            listed_file("b" * 40, "gone.pdf"),
            listed_file("../../" + "b" * 34, "up.pdf"),
            listed_file("c" * 40, "essay.txt", component="assignsubmission_file"),
        ]
    )
    more = {
        "files.xml": f"<files>{listed}</files>",
        f"files/1b/{content_hash}": "# Notes\n\nA cell has a core.",
        f"files/cc/{'c' * 40}": CANARY,
    }
    reading = read(moodle_backup([("resource", 6, 1, "A file", "<name>A file</name>")], more=more))

    (document,) = reading.documents
    assert (document.document_id, document.title, document.activity) == ("bio--resource-6-file", "A file", "file")
    assert document.sections[0].heading_path == ("Cells", "A file")
    assert document.source_name == "bio.mbz/activities/resource_6/notes.md"
    assert "without its files" in reasons(reading)["Cells > A file > gone.pdf"]


def test_links_are_named_and_not_followed() -> None:
    reading = read(moodle_backup([("url", 5, 1, "Atlas", "<externalurl>http://127.0.0.1:1/a</externalurl>")]))

    assert reading.documents == ()
    assert "http://127.0.0.1:1/a" in reasons(reading)["Cells > Atlas"]


def test_a_wiki_gives_the_pages_that_all_share() -> None:
    def subwiki(user: int, text: str) -> str:
        return (
            f'<subwiki><groupid>0</groupid><userid>{user}</userid><pages><page id="{user + 1}"><title>Cells</title>'
            f"<cachedcontent>{text}</cachedcontent><userid>5</userid></page></pages></subwiki>"
        )

    inner = f"<subwikis>{subwiki(0, 'All of it.')}{subwiki(4, CANARY)}</subwikis>"
    reading = read(moodle_backup([("wiki", 8, 1, "Notes", inner)]))

    assert [(document.document_id, document.text) for document in reading.documents] == [
        ("bio--wiki-8-page-1", "All of it.")
    ]


def test_a_database_gives_its_approved_records() -> None:
    def record(approved: int, text: str) -> str:
        return (
            f"<record><approved>{approved}</approved><contents><content><fieldid>1</fieldid><content>{text}</content>"
            f"</content><content><fieldid>2</fieldid><content>{CANARY}</content></content></contents></record>"
        )

    fields = (
        '<field id="1"><type>text</type><name>Organ</name></field><field id="2"><type>file</type><name>F</name></field>'
    )
    inner = f"<fields>{fields}</fields><records>{record(1, 'heart')}{record(0, CANARY)}</records>"
    reading = read(moodle_backup([("data", 8, 1, "Organs", inner)]))

    assert [document.text for document in reading.documents] == ["Organ: heart"]


def test_nulls_and_links_of_a_backup_are_not_read() -> None:
    content = '<p>See <a href="$@PAGEVIEWBYID*5@$">this</a> $@NULL@$<img src="@@PLUGINFILE@@/a.png"> end</p>'
    sections = {1: "<number>4</number><name>$@NULL@$</name><summary>$@NULL@$</summary>"}
    reading = read(moodle_backup([("page", 5, 1, "P", page("P", content))], sections=sections))

    assert reading.documents[0].sections[0].heading_path == ("Section 4", "P")
    assert "$@" not in all_text(reading).replace("$@NULL@$", "")
    assert "PLUGINFILE" not in all_text(reading)


def test_ids_do_not_depend_on_the_order_or_on_what_else_there_is() -> None:
    one, two = ("page", 5, 1, "A", page("A", "<p>a</p>")), ("page", 6, 1, "B", page("B", "<p>b</p>"))

    first, second = by_id(read(moodle_backup([one, two]))), by_id(read(moodle_backup([two, one])))

    assert {key: value.text for key, value in first.items()} == {key: value.text for key, value in second.items()}


def test_a_damaged_activity_does_not_stop_the_others() -> None:
    more = {"activities/page_5/page.xml": "<activity><page>"}
    data = moodle_backup([("page", 5, 1, "Bad", ""), ("page", 6, 1, "Good", page("Good", "<p>seen</p>"))], more=more)

    reading = read(data)

    assert set(by_id(reading)) == {"bio--page-6"}
    assert "damaged XML" in reasons(reading)["Cells > Bad"]


def test_an_activity_whose_visibility_is_unknown_is_left_out() -> None:
    more = {"activities/page_5/module.xml": "<module>"}

    assert read(moodle_backup([("page", 5, 1, "A", page("A", CANARY))], more=more)).documents == ()


@pytest.mark.parametrize(
    ("files", "reason"), [({"moodle.xml": "<a/>"}, "Moodle 1"), ({"a.xml": "<a/>"}, "no moodle_backup.xml")]
)
def test_what_is_no_backup_is_refused(files: dict[str, str], reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(zip_of(files))


def test_a_backup_of_a_hidden_site_address_gives_no_links() -> None:
    files = moodle_files([("page", 5, 1, "A", page("A", "<p>a</p>"))])
    outline = str(files["moodle_backup.xml"]).replace("https://moodle.example.org", "javascript:alert(1)")

    assert read(zip_of({**files, "moodle_backup.xml": outline})).documents[0].link == ""


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "has_entries"), [("moodle-bio101.mbz", False), ("moodle-bio101-with-users.mbz", True)]
)
def test_a_real_backup_gives_what_its_course_page_shows(name: str, has_entries: bool) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/samples is not here")
    reading = read((SAMPLES / name).read_bytes())

    documents = by_id(reading)
    assert list(documents) == [
        "bio--page-1",
        "bio--book-2-chapter-2",
        "bio--book-2-chapter-1",
        "bio--glossary-3",
        "bio--label-4",
        "bio--resource-6-file",
    ]
    assert documents["bio--page-1"].text == "Cells\n\nThe mitochondrion is the powerhouse of the cell."
    assert ("Osmosis: Diffusion of water" in documents["bio--glossary-3"].text) is has_entries
    skipped = reasons(reading)
    assert "never read" in skipped["Section 3 > Quiz 1"]
    assert "https://openstax.org" in skipped["Section 2 > OpenStax"]
    assert "external tool" in skipped["Section 1 > ff tool"]
    assert ("backups made with users" in skipped["Section 2 > Bio glossary"]) is not has_entries
    assert "@example" not in all_text(reading)
