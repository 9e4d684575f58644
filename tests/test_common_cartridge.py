"""A cartridge becomes documents in the order of its outline; what is not published, and every test, stays out."""

import io
import zipfile
from datetime import UTC, datetime
from html import escape

import pytest
from package_samples import CANARY, SAMPLES, cartridge, web_resource

from corpus.common_cartridge import read_common_cartridge
from corpus.errors import UnreadableFile
from corpus.source_reading import read_source
from corpus.types import SourceReading

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CANVAS = 'xmlns="http://canvas.instructure.com/xsd/cccv1p0"'


def read(data: bytes) -> SourceReading:
    return read_common_cartridge(data, "bio.imscc", course_id="c", document_id="bio", read_item=read_source, now=NOW)


def reasons(reading: SourceReading) -> dict[str, str]:
    return {item.name: item.reason for item in reading.items}


def item(identifier: str, title: str, resource: str = "", inner: str = "") -> str:
    reference = f' identifierref="{resource}"' if resource else ""
    return f'<item identifier="{identifier}"{reference}><title>{escape(title)}</title>{inner}</item>'


def wiki_page(text: str, state: str = "active") -> str:
    return (
        f'<html><head><title>Cells</title><meta name="workflow_state" content="{state}"/></head>'
        f"<body><p>{text}</p></body></html>"
    )


def test_the_outline_gives_order_and_headings() -> None:
    data = cartridge(
        item("m1", "Week 1", inner=item("a", "Second", "r2") + item("h", "Reading") + item("b", "First", "r1")),
        web_resource("r1", "one.html") + web_resource("r2", "folder%20a/two.html"),
        {"one.html": "<p>one</p>", "folder a/two.html": "<h2>Core</h2><p>two</p>"},
    )

    reading = read(data)

    assert [(document.document_id, document.title, document.text) for document in reading.documents] == [
        ("bio--folder-a--two", "Second", "Core\n\ntwo"),
        ("bio--one", "First", "one"),
    ]
    assert reading.documents[0].sections[-1].heading_path == ("Week 1", "Second", "Core")
    assert reading.documents[1].sections[0].heading_path == ("Week 1", "Reading", "First")


@pytest.mark.parametrize("version", ["imsccv1p0", "imsccv1p1", "imsccv1p2", "imsccv1p3", "imsccv1p3_thin"])
def test_versions_differ_in_their_namespaces_only(version: str) -> None:
    topic = (
        f'<topic xmlns="http://www.imsglobal.org/xsd/{version}/imsdt_v1p1"><title>Talk</title>'
        '<text texttype="text/html">&lt;p&gt;What is a &lt;b&gt;cell&lt;/b&gt;?&lt;/p&gt;</text></topic>'
    )
    data = cartridge(
        item("a", "Talk", "r1"),
        '<resource identifier="r1" type="imsdt_xmlv1p3"><file href="t.xml"/></resource>',
        {"t.xml": topic},
    )

    assert [(document.text, document.activity) for document in read(data).documents] == [
        ("What is a cell?", "discussion topic")
    ]


def test_of_an_assignment_only_the_text_for_learners_is_read() -> None:
    assignment = (
        '<assignment xmlns="http://www.imsglobal.org/xsd/imscc_extensions/assignment"><title>Essay</title>'
        '<text texttype="text/html">&lt;p&gt;Describe a cell.&lt;/p&gt;</text>'
        f"<instructor_text>{CANARY}</instructor_text><rubric>{CANARY}</rubric></assignment>"
    )
    data = cartridge(
        item("a", "Essay", "r1"),
        '<resource identifier="r1" type="assignment_xmlv1p0"><file href="a.xml"/></resource>',
        {"a.xml": assignment},
    )

    assert [document.text for document in read(data).documents] == ["Describe a cell."]


@pytest.mark.parametrize(
    ("type_", "reason"),
    [
        ("imsqti_xmlv1p2/imscc_xmlv1p1/assessment", "never read"),
        ("imsqti_xmlv1p2/imscc_xmlv1p1/question-bank", "never read"),
        ("imsbasiclti_xmlv1p0", "external tool"),
        ("associatedcontent/imscc_xmlv1p1/learning-application-resource", "settings"),
        ("something_new", "kind that is not read"),
    ],
)
def test_tests_tools_and_settings_are_never_read(type_: str, reason: str) -> None:
    content = f"<questestinterop><mattext>{CANARY}</mattext></questestinterop>"
    data = cartridge(
        item("a", "Test", "r1"),
        f'<resource identifier="r1" type="{type_}"><file href="q.xml"/></resource>',
        {"q.xml": content, "non_cc_assessments/q.xml.qti": content},
    )

    reading = read(data)

    assert reading.documents == ()
    assert reason in reasons(reading)["Test"]


def test_a_web_link_is_named_and_not_followed() -> None:
    data = cartridge(
        item("a", "Atlas", "r1"),
        '<resource identifier="r1" type="imswl_xmlv1p1"><file href="l.xml"/></resource>',
        {"l.xml": '<webLink><title>Atlas</title><url href="http://127.0.0.1:1/x"/></webLink>'},
    )

    assert reasons(read(data))["Atlas"] == "a link to http://127.0.0.1:1/x: links are not followed"


def test_pages_that_the_outline_does_not_name_are_read_all_the_same() -> None:
    data = cartridge("", web_resource("r1", "wiki_content/cells.html"), {"wiki_content/cells.html": wiki_page("seen")})

    (document,) = read(data).documents

    assert document.sections[0].heading_path == ("Pages", "Cells")


def module_meta(module: str = "active", entry: str = "active", unlock_at: str = "") -> str:
    return (
        f'<modules {CANVAS}><module identifier="m1"><title>Week 1</title><workflow_state>{module}</workflow_state>'
        f'<unlock_at>{unlock_at}</unlock_at><items><item identifier="a"><workflow_state>{entry}</workflow_state></item>'
        "</items></module></modules>"
    )


ROLE = (
    "<metadata><lom:lom><lom:educational><lom:intendedEndUserRole><lom:value>Instructor</lom:value>"
    "</lom:intendedEndUserRole></lom:educational></lom:lom></metadata>"
)


@pytest.mark.parametrize(
    ("more", "resource", "reason"),
    [
        ({"course_settings/module_meta.xml": module_meta(module="unpublished")}, "", "'Week 1', which is unpublished"),
        ({"course_settings/module_meta.xml": module_meta(entry="unpublished")}, "", "unpublished"),
        (
            {"course_settings/module_meta.xml": module_meta(unlock_at="2027-01-01T00:00:00")},
            "",
            "not open before 2027-01",
        ),
        ({"course_settings/module_meta.xml": module_meta(unlock_at="soon")}, "", "cannot be read"),
        ({"wiki_content/cells.html": wiki_page(CANARY, "unpublished")}, "", "unpublished"),
        ({"wiki_content/cells.html": wiki_page(CANARY, "something_new")}, "", "unpublished"),
        (
            {
                "course_settings/files_meta.xml": f"<fileMeta {CANVAS}><files><file identifier='r1'>"
                "<locked>true</locked></file></files></fileMeta>"
            },
            "",
            "unpublished",
        ),
        ({}, ROLE, "instructors only"),
    ],
)
def test_what_is_not_published_is_left_out_and_reported(more: dict[str, str], resource: str, reason: str) -> None:
    listed = web_resource("r1", "wiki_content/cells.html").replace("</resource>", f"{resource}</resource>")
    data = cartridge(
        item("m1", "Week 1", inner=item("a", "Cells", "r1")),
        listed,
        {"wiki_content/cells.html": wiki_page(CANARY), **more},
    )

    reading = read(data)

    assert reading.documents == ()
    assert reason in reasons(reading)["Week 1 > Cells"]


def test_a_lesson_plan_is_for_instructors() -> None:
    plan = web_resource("r1", "plan.html").replace("type=", 'intendeduse="lessonplan" type=')

    assert read(cartridge("", plan, {"plan.html": f"<p>{CANARY}</p>"})).documents == ()


def test_a_scorm_package_gives_its_pages() -> None:
    data = cartridge(
        item("a", "Golf", "r1"),
        '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp"'
        ' href="golf/play.html"><file href="golf/play.html"/><file href="golf/rules.html"/><file href="golf/quiz.js"/>'
        "</resource>",
        {"golf/play.html": "<p>Play.</p>", "golf/rules.html": "<p>Rules.</p>", "golf/quiz.js": f"var a = '{CANARY}'"},
    )

    assert [(document.title, document.text) for document in read(data).documents] == [
        ("Golf", "Play."),
        ("Rules", "Rules."),
    ]


def test_a_file_in_a_hidden_folder_is_left_out() -> None:
    meta = f'<fileMeta {CANVAS}><folders><folder path="keys"><hidden>true</hidden></folder></folders></fileMeta>'
    data = cartridge(
        "",
        web_resource("r1", "web_resources/keys/week%201/solution.html"),
        {"web_resources/keys/week 1/solution.html": CANARY, "course_settings/files_meta.xml": meta},
    )

    assert read(data).documents == ()


def test_a_topic_and_an_assignment_are_hidden_by_the_settings_beside_them() -> None:
    data = cartridge(
        item("a", "Talk", "r1") + item("b", "Essay", "r2"),
        '<resource identifier="r1" type="imsdt_xmlv1p1"><file href="t.xml"/><dependency identifierref="s"/></resource>'
        '<resource identifier="s" type="associatedcontent/x" href="s.xml"><file href="s.xml"/></resource>'
        '<resource identifier="r2" type="associatedcontent/x" href="e/essay.html"><file href="e/essay.html"/>'
        '<file href="e/assignment_settings.xml"/></resource>',
        {
            "t.xml": f'<topic><title>T</title><text texttype="text/html">{CANARY}</text></topic>',
            "s.xml": f"<topicMeta {CANVAS}><workflow_state>post_delayed</workflow_state></topicMeta>",
            "e/essay.html": f"<p>{CANARY}</p>",
            "e/assignment_settings.xml": f"<assignment {CANVAS}><workflow_state>published</workflow_state>"
            "<only_visible_to_overrides>true</only_visible_to_overrides></assignment>",
        },
    )

    reading = read(data)

    assert reading.documents == ()
    assert reasons(reading) | {"bio.imscc": ""} == {
        "bio.imscc": "",
        "Talk": "unpublished",
        "Essay": "assigned to some learners only",
    }


def test_damaged_settings_refuse_the_whole_since_what_they_hide_is_not_known() -> None:
    data = cartridge("", web_resource("r1", "a.html"), {"a.html": "<p>a</p>", "course_settings/module_meta.xml": "<m>"})

    with pytest.raises(UnreadableFile, match="module_meta"):
        read(data)


def test_a_page_named_twice_is_read_once_where_it_is_published() -> None:
    data = cartridge(
        item("m1", "Week 1", inner=item("a", "Cells", "r1")) + item("m2", "Week 2", inner=item("b", "Cells", "r1")),
        web_resource("r1", "a.html"),
        {"a.html": "<p>seen</p>", "course_settings/module_meta.xml": module_meta(module="unpublished")},
    )

    (document,) = read(data).documents

    assert document.sections[0].heading_path == ("Week 2", "Cells")


def test_tokens_of_the_export_stand_in_no_text() -> None:
    body = (
        '<a href="$IMS-CC-FILEBASE$/a.pdf">a</a> <a href="%24WIKI_REFERENCE%24/pages/x">b</a>'
        '<img src="%24IMS-CC-FILEBASE%24/x.png"> <a href="$CANVAS_OBJECT_REFERENCE$/quizzes/i1">c</a>'
    )
    data = cartridge("", web_resource("r1", "a.html"), {"a.html": f"<p>{body}</p>"})

    assert read(data).documents[0].text == "a b c"


def test_the_address_in_canvas_is_given_where_the_export_tells_it() -> None:
    context = f"<c {CANVAS}><course_id>42</course_id><canvas_domain>school.example.org</canvas_domain></c>"
    files = {"wiki_content/cells.html": wiki_page("seen"), "course_settings/context.xml": context}
    data = cartridge("", web_resource("r1", "wiki_content/cells.html"), dict(files))
    hostile = dict(files) | {"course_settings/context.xml": context.replace("school.example.org", "x/@evil")}

    assert read(data).documents[0].link == "https://school.example.org/courses/42/pages/cells"
    assert read(cartridge("", web_resource("r1", "wiki_content/cells.html"), hostile)).documents[0].link == ""


def test_a_cartridge_of_links_says_plainly_that_it_has_no_text() -> None:
    data = cartridge(
        item("a", "Atlas", "r1"),
        '<resource identifier="r1" type="imswl_xmlv1p1"><file href="l.xml"/></resource>' + web_resource("r2", "a.png"),
        {"l.xml": '<webLink><url href="http://example.org"/></webLink>', "a.png": b"x"},
    )

    first = read(data).items[0]

    assert (first.name, first.outcome, first.n_chars) == ("bio.imscc", "skipped", 0)
    assert "0 characters" in first.reason


def test_a_missing_file_and_one_that_leads_out_are_reported() -> None:
    data = cartridge(
        item("a", "Gone", "r1") + item("b", "Up", "r2") + item("c", "Good", "r3"),
        web_resource("r1", "gone.html") + web_resource("r2", "../../etc/passwd.html") + web_resource("r3", "good.html"),
        {"good.html": "<p>seen</p>"},
    )

    reading = read(data)

    assert [document.text for document in reading.documents] == ["seen"]
    assert "missing" in reasons(reading)["Gone"]
    assert "missing" in reasons(reading)["Up"]


@pytest.mark.shared
def test_the_cartridge_that_moodle_makes_has_what_moodle_puts_into_it() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/samples is not here")
    reading = read((SAMPLES / "moodle-bio101.imscc").read_bytes())

    assert [(document.title, document.text) for document in reading.documents] == [
        ("Cell structure", "Cells\n\nThe mitochondrion is the powerhouse of the cell."),
        ("A file", "Test resource resource1.txt file"),
    ]
    assert "https://openstax.org" in reasons(reading)["2 > Week 2: transport > OpenStax"]


@pytest.mark.shared
def test_a_real_canvas_course_whose_only_module_is_unpublished_gives_nothing_until_it_is_published() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("../shared/samples is not here")
    data = (SAMPLES / "canvas-course-1.imscc").read_bytes()

    assert read(data).documents == ()
    assert "which is unpublished" in reasons(read(data))["First Module > First Module Wiki Page 1"]

    reading = read(published(data))

    assert {document.title for document in reading.documents} >= {
        "First Module Assignment 1",
        "First Module Wiki Page 1",
        "First Module Discussion 1",
        "Assignment with internal links",
        "Sample Document",
    }
    pdf = next(document for document in reading.documents if document.title == "Sample Document")
    assert (len(pdf.pages), pdf.activity) == (1, "file")
    assert pdf.boxes
    said = reasons(reading)
    assert "never read" in said["First Module > First Module Quiz 1"]
    assert "http://google.com" in said["First Module > First Module Text Header 1 > First Module External URL 1"]
    assert said["Unpublished document"] == "for instructors only"
    assert "panda" not in "".join(document.text for document in reading.documents)


def published(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename.endswith("module_meta.xml"):
                content = content.replace(b"unpublished", b"active")
            target.writestr(info, content)
    return buffer.getvalue()
