"""A page of the OpenAPI document for people: plain HTML, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from aiohttp import web

from gateway.api.answers import HEADERS
from gateway.api.incoming_door import ANSWERS
from gateway.api.openapi import JSON, document
from gateway.api.operations import Operation
from gateway.api.problems import PROBLEMS
from gateway.api.shape_docs import marked, shape_of, shapes
from gateway.gate import Handler

__all__ = ["page", "serve"]

STYLE = """
body { font: 14px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 2rem; } h3 { font-size: 14px; margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .75rem .25rem 0; }
td, th { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); vertical-align: top; }
code { font-family: ui-monospace, monospace; } :root { color-scheme: light dark; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
TYPE = "text/html; charset=utf-8"


def page(table: Sequence[Operation]) -> str:
    """The page."""
    described = document(table)
    rows = sorted(table, key=lambda operation: operation.tag)
    found = [(tag, tuple(operations)) for tag, operations in groupby(rows, key=lambda each: each.tag)]
    sections = "".join(section(tag, operations, described["paths"]) for tag, operations in found)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hookline: HTTP</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        '<h1>Hookline over HTTP</h1><p>The same for machines: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).'
        " <code>/v1</code> takes <code>Authorization: Bearer KEY</code>.</p>"
        f"{incoming()}{sections}{problems()}<h2>Shapes</h2>{shapes(described['components']['schemas'])}</body></html>"
    )


def incoming() -> str:
    rows = "".join(cells(status, marked(text)) for status, text in ANSWERS.items())
    path = "/beta/webhooks/custom/{account}/{endpoint}"
    return f"<h2>Incoming requests</h2><p><code>POST, PUT {path}</code></p><table>{rows}</table>"


def section(tag: str, operations: tuple[Operation, ...], paths: Mapping[str, Any]) -> str:
    rows = "".join(row(each, paths[each.path][each.method.lower()]) for each in operations)
    return f"<h2>{escape(tag)}</h2><table>{rows}</table>"


def row(operation: Operation, described: Mapping[str, Any]) -> str:
    parameters = ", ".join(field.alias or name for name, field in operation.query.model_fields.items())
    asked = f"<br>query: <code>{escape(parameters)}</code>" if parameters else ""
    return cells(
        f"<code>{operation.method}</code>",
        f"<code>{escape(operation.path)}</code>",
        f"{marked(operation.summary)}{asked}{body_and_answer(operation, described)}",
        escape(operation.access.value),
    )


def body_and_answer(operation: Operation, described: Mapping[str, Any]) -> str:
    """What is sent and what comes back, as links to their shapes."""
    body = described.get("requestBody", {}).get("content", {}).get(JSON)
    answer = described["responses"][str(operation.status)].get("content", {}).get(JSON)
    sent = f"<br>body: {shape_of(body['schema'])}" if body else ""
    return sent + (f"<br>{operation.status}: {shape_of(answer['schema'])}" if answer else f"<br>{operation.status}")


def problems() -> str:
    rows = "".join(problem_rows())
    return f"<h2>Problems</h2><table>{rows}</table>"


def problem_rows() -> Iterator[str]:
    for code, (status, title) in PROBLEMS.items():
        yield f'<tr id="{code}"><td><code>{code}</code></td><td>{status}</td><td>{escape(title)}</td></tr>'


def cells(*contents: str) -> str:
    return "<tr>" + "".join(f"<td>{content}</td>" for content in contents) + "</tr>"


def serve(table: Iterable[Operation]) -> Handler:
    """The handler of `/docs`; the page is made when it is first asked for."""
    made: list[bytes] = []

    async def handle(_: web.Request) -> web.Response:
        if not made:
            made.append(page(tuple(table)).encode())
        headers = {**HEADERS, "Content-Type": TYPE, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
        return web.Response(body=made[0], headers=headers)

    return handle
