"""What deploy/ starts is what the tutor offers: its settings, its port, its paths, its commands."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from raw_requests import send_raw
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from typer.main import get_command
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tutor.api import health
from tutor.cli.main import app
from tutor.settings import Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
SETTINGS = {f"TUTOR_{name.upper()}" for name in Settings.model_fields}
PATHS = {route.path for route in health.router.routes}  # type: ignore[attr-defined]
PORT = 8000


def documents() -> list[dict[str, Any]]:
    return [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text("utf-8"))]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in documents() if each["kind"] == kind]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def containers() -> list[dict[str, Any]]:
    pods = [each["spec"]["template"]["spec"] for each in of_kind("Deployment")]
    pods += [each["spec"]["jobTemplate"]["spec"]["template"]["spec"] for each in of_kind("CronJob")]
    return [container for pod in pods for container in pod["containers"]]


def ours(environment: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in environment.items() if name.startswith("TUTOR_")}


def test_every_file_is_listed_and_every_object_has_a_name() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))["resources"]

    assert sorted([*listed, "kustomization.yaml"]) == [path.name for path in MANIFESTS]
    assert all(each["metadata"]["name"] for each in documents() if each["kind"] != "Kustomization")


def test_only_settings_that_there_are_are_set() -> None:
    services = compose()["services"].values()
    named = {name for each in services for name in ours(each.get("environment", {}))}
    configured = [ours(each["data"]) for each in of_kind("ConfigMap")]
    named |= {name for each in configured for name in each}

    assert named - SETTINGS <= {"TUTOR_NAME"}  # the proxy's
    assert {"TUTOR_STORE", "TUTOR_DATABASE_URL"} <= named | {"TUTOR_DATABASE_URL"}
    for each in configured:
        complete = {**each, "TUTOR_DATABASE_URL": "postgresql://tutor@db/tutor"}  # which the secret has
        Settings(**{name.removeprefix("TUTOR_").lower(): value for name, value in complete.items()})


def test_probes_ask_paths_and_the_port_that_there_are() -> None:
    (deployment,) = of_kind("Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}

    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startup": "/livez", "liveness": "/livez", "readiness": "/readyz",
    }  # fmt: skip
    assert {probe["path"] for probe in probes.values()} <= PATHS
    assert [port["containerPort"] for port in container["ports"]] == [PORT] == [Settings(port=PORT).port]
    assert {probe["port"] for probe in probes.values()} == {container["ports"][0]["name"]}
    # The tutor answers to no other name than those it is told, and a pod's address is none.
    assert all({"name": "Host", "value": "localhost"} in probe["httpHeaders"] for probe in probes.values())


def test_a_rolling_update_and_a_node_that_is_emptied_leave_somebody_answering() -> None:
    (deployment,) = of_kind("Deployment")
    (budget,) = of_kind("PodDisruptionBudget")

    assert deployment["spec"]["replicas"] >= 2
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert budget["spec"]["minAvailable"] >= 1
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert of_kind("Service")[0]["spec"]["selector"].items() <= labels.items()


@pytest.mark.parametrize("container", containers(), ids=lambda container: container["name"])
def test_containers_have_limits_and_no_rights(container: dict[str, Any]) -> None:
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/data", "/tmp"}  # noqa: S108


def test_commands_are_those_of_the_tutor() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]  # a typer app with subcommands is a click group
    (deployment,) = of_kind("Deployment")
    (job,) = of_kind("CronJob")
    backup = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"][0]

    assert deployment["spec"]["template"]["spec"]["containers"][0]["args"][0] in commands
    assert backup.split()[:2] == ["course-tutor", "backup"]
    assert "backup" in commands


def test_compose_starts_two_tutors_a_database_with_pgvector_and_a_proxy() -> None:
    services = compose()["services"]

    assert set(services) == {"app-1", "app-2", "postgres", "proxy"}
    assert "pgvector" in services["postgres"]["image"]
    for name in ("app-1", "app-2"):
        assert services[name]["environment"]["TUTOR_STORE"] == "pgvector"
        assert "/readyz" in services[name]["healthcheck"]["test"][-1]
        assert services[name]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert all(each["deploy"]["resources"]["limits"]["memory"] for each in services.values())
    proxy = (DEPLOY / "Caddyfile").read_text("utf-8")
    assert f"reverse_proxy app-1:{PORT} app-2:{PORT}" in proxy
    assert "health_uri /readyz" in proxy
    assert "ports" not in services["postgres"]  # reached by the tutors only


def test_what_must_be_set_for_compose_is_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    example = (DEPLOY / "example.env").read_text("utf-8")

    for name in ("TUTOR_NAME", "POSTGRES_PASSWORD", "PIP_EXTRA_INDEX_URL"):
        assert f"${{{name}" in text
        assert f"\n{name}=" in example


def test_the_image_has_the_driver() -> None:
    assert '".[postgres]"' in (DEPLOY.parent / "Dockerfile").read_text("utf-8")


def test_what_the_image_is_built_from_reaches_the_builder() -> None:
    copied = [line.split()[1:] for line in (DEPLOY.parent / "Dockerfile").read_text("utf-8").splitlines()
              if line.startswith("COPY")]  # fmt: skip
    sources = {source for words in copied if not words[0].startswith("--from") for source in words[:-1]}
    allowed = {
        line[1:] for line in (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"
    }

    assert {"pyproject.toml", "tutor"} <= sources <= allowed
    assert all((DEPLOY.parent / source).exists() for source in sources)


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Says what it was told of the connection."""
    await JSONResponse([scope["scheme"], scope["client"][0]])(scope, receive, send)


@pytest.mark.parametrize(("deployed", "proxy"), [("compose", "172.18.0.5"), ("kubernetes", "10.42.1.7")])
def test_the_proxy_before_the_tutors_is_believed_and_nobody_else(deployed: str, proxy: str) -> None:
    in_pods = of_kind("ConfigMap")[0]["data"]
    environment = in_pods if deployed == "kubernetes" else compose()["services"]["app-1"]["environment"]
    app: Any = ProxyHeadersMiddleware(told, environment["FORWARDED_ALLOW_IPS"])  # type: ignore[arg-type]
    headers = [(b"host", b"x"), (b"x-forwarded-proto", b"https"), (b"x-forwarded-for", b"203.0.113.7")]

    heard = {client: json.loads(send_raw(app, "/", headers=headers, client=client).body)
             for client in (proxy, "127.0.0.1", "198.51.100.9")}  # fmt: skip

    assert heard[proxy] == heard["127.0.0.1"] == ["https", "203.0.113.7"]
    assert heard["198.51.100.9"] == ["http", "198.51.100.9"]


def test_a_browser_stays_with_the_tutor_that_it_asked() -> None:
    (ingress,) = of_kind("Ingress")

    assert ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    assert "lb_policy cookie" in (DEPLOY / "Caddyfile").read_text("utf-8")


def test_every_pod_runs_the_image_that_the_operator_names() -> None:
    named = {each["name"] for each in of_kind("Kustomization")[0]["images"]}

    assert {container["image"].rpartition(":")[0] for container in containers()} == named
