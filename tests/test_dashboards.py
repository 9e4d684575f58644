"""The dashboard and the alerts ask for numbers that the service has, by labels that it gives them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from scraped import admin_key
from service_samples import shared_sample

ROOT = Path(__file__).parents[1]
DASHBOARD = ROOT / "deploy/grafana/course-tutor.json"
ALERTS = ROOT / "deploy/prometheus/alerts.yml"

OF_PROMETHEUS = {"up"}
EVERYWHERE = {"job", "instance", "le"}
DIMENSIONS = {
    "outcome", "channel", "stage", "method", "route", "status", "reason", "kind", "state", "course", "generation",
    "version",
}  # fmt: skip
SUFFIXES = {"counter": [""], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}


def panels(dashboard: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for panel in dashboard["panels"]:  # type: ignore[attr-defined]
        yield panel
        yield from panel.get("panels", ())


def queries() -> dict[str, str]:
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    found = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in panels(dashboard)
        for target in panel.get("targets", ())  # type: ignore[attr-defined]
    }
    found |= {each["name"]: each["definition"] for each in dashboard["templating"]["list"] if "definition" in each}
    for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]:
        found |= {rule["alert"]: rule["expr"] for rule in group["rules"]}
    return found


QUERIES = queries()


@pytest.fixture(scope="module")
def offered() -> set[str]:
    """The names of all series that the service has or can have."""
    sample = shared_sample()
    text = sample.get("/metrics", key=admin_key(sample)).text
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    waiting = {"course_tutor_oldest_job_timestamp_seconds"}  # there only while a job waits
    return {f"{name}{suffix}" for name, kind in types.items() for suffix in SUFFIXES[kind]} | waiting | OF_PROMETHEUS


@pytest.mark.parametrize("title", QUERIES)
def test_a_query_asks_for_what_there_is(title: str, offered: set[str]) -> None:
    query = QUERIES[title]
    asked = set(re.findall(r"\b(?:course_tutor_\w+|up)\b", query))
    labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", query))
    labels |= {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", query) for label in group.split(",")}

    assert asked
    assert asked <= offered
    assert labels <= DIMENSIONS | EVERYWHERE
    assert query.count("(") == query.count(")")
    assert query.count("{") == query.count("}")


def test_every_number_is_shown_or_watched(offered: set[str]) -> None:
    everything = " ".join(QUERIES.values())
    unseen = {
        name
        for name in offered
        if name.startswith("course_tutor_") and name.removesuffix("_sum").removesuffix("_count") not in everything
    }

    assert {name for name in unseen if not name.endswith(("_sum", "_count"))} == set()


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    found = list(panels(json.loads(DASHBOARD.read_text("utf-8"))))
    cells = [
        (x, y)
        for panel in found
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])  # type: ignore[index]
        for y in range(place["y"], place["y"] + place["h"])  # type: ignore[index]
    ]

    assert len({panel["id"] for panel in found}) == len(found)
    assert len(set(cells)) == len(cells)


def test_the_example_names_the_rules_and_holds_no_secret() -> None:
    scrape = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))

    assert scrape["rule_files"] == [ALERTS.name]
    assert [config["metrics_path"] for config in scrape["scrape_configs"]] == ["/metrics"]
    assert "credentials" not in scrape["scrape_configs"][0]["authorization"]
