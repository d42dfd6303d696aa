"""A page of the OpenAPI document for people: plain HTML, no script, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
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
:root { color-scheme: light dark; }
body { font: 14px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; background: light-dark(#ffffff, #12151a); color: light-dark(#1b2027, #e8ebf0); }
a { color: light-dark(#0b57b7, #7db4ff); } nav a { margin-right: 1rem; white-space: nowrap; line-height: 24px; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 2rem; } h3 { font-size: 14px; margin-top: 1.5rem; }
:target { background: light-dark(#eceef2, #242a33); } :focus-visible { outline: 2px solid; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; } td { text-align: left; padding: .25rem .75rem .25rem 0; }
td { border-bottom: 1px solid light-dark(#d5d9e0, #343c48); vertical-align: top; }
code { font-family: ui-monospace, monospace; }
@media (max-width: 760px) {
  td { display: block; border: 0; padding: 0; }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid light-dark(#d5d9e0, #343c48); }
}
"""
STYLES = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
POLICY = f"default-src 'none'; style-src {STYLES}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
TYPE = "text/html; charset=utf-8"


def page(table: Sequence[Operation]) -> str:
    """The page."""
    described = document(table)
    rows = sorted(table, key=lambda operation: operation.tag)
    found = [(tag, tuple(operations)) for tag, operations in groupby(rows, key=lambda each: each.tag)]
    sections = "".join(section(tag, operations, described["paths"]) for tag, operations in found)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hookline: HTTP</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        '<h1>Hookline over HTTP</h1><p>The same for machines: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).'
        " <code>/v1</code> takes <code>Authorization: Bearer KEY</code>.</p>"
        f"{contents(tag for tag, _ in found)}{incoming()}{sections}{problems()}"
        f"{headed('Shapes')}{shapes(described['components']['schemas'])}</main></body></html>"
    )


def contents(tags: Iterable[str]) -> str:
    """A link to each section."""
    names = ("Incoming requests", *tags, "Problems", "Shapes")
    links = "".join(f'<a href="#{anchor(name)}">{escape(name)}</a> ' for name in names)
    return f'<nav aria-label="Sections">{links}</nav>'


def headed(name: str) -> str:
    return f'<h2 id="{anchor(name)}">{escape(name)}</h2>'


def anchor(name: str) -> str:
    return escape(name.replace(" ", "-"))


def incoming() -> str:
    rows = "".join(cells(status, marked(text)) for status, text in ANSWERS.items())
    path = "/beta/webhooks/custom/{account}/{endpoint}"
    return f"{headed('Incoming requests')}<p><code>POST, PUT {path}</code></p><table>{rows}</table>"


def section(tag: str, operations: tuple[Operation, ...], paths: Mapping[str, Any]) -> str:
    rows = "".join(row(each, paths[each.path][each.method.lower()]) for each in operations)
    return f"{headed(tag)}<table>{rows}</table>"


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
    return f"{headed('Problems')}<table>{rows}</table>"


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
