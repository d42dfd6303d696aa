"""The catalogue of figures as the page that people read, `docs/metrics.md`; a test holds both together."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.metrics import CATALOGUE, Metric, Role, exposed

__all__ = ["page"]

HEAD = """\
# Figures

Every role shows its figures to Prometheus: the gateway at `/metrics` of its own address, the others where
`HOOKLINE_METRICS_LISTEN` says. Under `hookline up` streams has that port, courier and projector the next two. There is
`/livez`, too. What `hookline_` figures there are is listed here, and there are no others; beside them each role shows
`process_cpu_seconds_total`, `process_resident_memory_bytes` and the like.

`deploy/grafana-dashboard.json` and `deploy/alerts.yml` are made of these. A scrape looks some of the gateway's figures
up (Kafka, the store), at most once in five seconds.

This page is made from `schemas/metrics.py`: `python -m schemas.metrics_page > docs/metrics.md`.
"""
WHERE = {
    Role.GATEWAY: "The gateway",
    Role.STREAMS: "Streams: the hops *map* and *route*",
    Role.COURIER: "The courier",
    Role.PROJECTOR: "The projector",
}


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for role in Role for line in section(role))])


def section(role: Role) -> Iterator[str]:
    yield f"## {WHERE[role]}\n"
    yield "| figure | kind | labels | |\n|---|---|---|---|"
    yield from (row(metric) for metric in CATALOGUE if metric.role is role)
    yield ""


def row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{next(exposed(metric)).removesuffix('_bucket')}` | {metric.kind} | {labels} | {metric.help} |"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - what it is for
