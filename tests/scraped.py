"""The service's numbers as a Prometheus server reads them."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families
from service_samples import Sample

Numbers = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def read_numbers(text: str) -> Numbers:
    """Every sample by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(sample: Sample, **client: str) -> Numbers:
    """The numbers of a service of a test."""
    return read_numbers(sample.get("/metrics", key=admin_key(sample), **client).text)


def admin_key(sample: Sample) -> str:
    """A key that administers everything."""
    return sample.make_key(permissions=frozenset({"administer"}))[1]


def number(numbers: Numbers, name: str, **labels: str) -> float:
    """One sample; 0 for one that was never counted."""
    return numbers.get((name, frozenset(labels.items())), 0.0)


def names(numbers: Numbers) -> frozenset[str]:
    """What there is."""
    return frozenset(name for name, _ in numbers)
