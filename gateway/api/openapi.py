"""The OpenAPI 3.1 document, made from the operations and from the models that validate and describe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from typing import Any, Literal

from aiohttp import web
from pydantic import TypeAdapter

from gateway.api.answers import Answer, respond
from gateway.api.incoming_door import incoming_paths
from gateway.api.operations import Access, Operation
from gateway.api.problems import PROBLEMS, ProblemDocument
from gateway.api.sessions import COOKIE
from gateway.gate import Handler

__all__ = ["document", "serve"]

REFERENCES = "#/components/schemas/{model}"
PROBLEMS_OF = {
    Access.ANYBODY: (),
    Access.KEY: ("unauthorized", "too_many"),
    Access.READ: ("unauthorized", "not_found", "too_many"),
    Access.WRITE: ("unauthorized", "forbidden", "not_found", "too_many"),
    Access.OPERATOR: ("unauthorized", "forbidden"),
}
OF_BODIES = ("malformed", "too_large", "unsupported_media_type", "unavailable")
PARAMETER = re.compile(r"{(\w+)}")
JSON, PROBLEM_JSON = "application/json", "application/problem+json"

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]


class Schemas:
    """JSON schemas of all models of all operations, with their shared parts as components."""

    def __init__(self, table: Sequence[Operation]) -> None:
        wanted = dict[tuple[int, Mode], TypeAdapter[Any]]()
        for operation in table:
            for model, mode in models_of(operation):
                wanted[id(model), mode] = TypeAdapter(model)
        wanted[id(ProblemDocument), "serialization"] = TypeAdapter(ProblemDocument)
        found, shared = TypeAdapter.json_schemas(
            [(key, mode, adapter) for (key, mode), adapter in wanted.items()], ref_template=REFERENCES
        )
        self._found = found
        self.components: Schema = shared.get("$defs", {})

    def of(self, model: Any, mode: Mode) -> Schema:
        """The schema of one model; a reference where it is shared."""
        schema: Schema = self._found[id(model), mode]
        return schema

    def properties(self, model: Any) -> Schema:
        """What a model of query parameters has."""
        schema = self.of(model, "validation")
        name = schema.get("$ref", "").rpartition("/")[2]
        properties: Schema = (self.components[name] if name else schema).get("properties", {})
        return properties


def models_of(operation: Operation) -> Iterator[tuple[Any, Mode]]:
    yield operation.query, "validation"
    if operation.body is not None:
        yield operation.body, "validation"
    if operation.answer is not None:
        yield operation.answer, "serialization"


def document(table: Sequence[Operation]) -> Schema:
    """The document."""
    schemas = Schemas(table)
    paths: dict[str, Schema] = incoming_paths()
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation, schemas)
    queries = {operation.query.__name__ for operation in table}
    components = {name: schema for name, schema in sorted(schemas.components.items()) if name not in queries}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hookline",
            "version": metadata.version("hookline"),
            "description": "Webhooks in both directions, on a log. Errors are problem documents (RFC 9457).",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "an API key"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "of POST /v1/session"},
            },
        },
    }


def described(operation: Operation, schemas: Schemas) -> Schema:
    found: Schema = {
        "operationId": operation_id(operation),
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*path_parameters(operation.path), *query_parameters(schemas.properties(operation.query))],
        "responses": {**answers_of(operation, schemas), **problems_of(operation)},
    }
    if operation.access is not Access.ANYBODY:
        found["security"] = [{"key": []}, {"session": []}]
    if operation.body is not None:
        content = {JSON: {"schema": schemas.of(operation.body, "validation")}}
        found["requestBody"] = {"required": not operation.body_optional, "content": content}
    return found


def operation_id(operation: Operation) -> str:
    words = re.sub(r"\W+", "_", operation.path).strip("_")
    return f"{operation.method.lower()}_{words}"


def path_parameters(path: str) -> Iterator[Schema]:
    for name in PARAMETER.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def query_parameters(properties: Schema) -> Iterator[Schema]:
    for name, schema in properties.items():
        yield {"name": name, "in": "query", "required": False, "schema": schema}


def answers_of(operation: Operation, schemas: Schemas) -> Schema:
    """The answers of what was done: one, or the same with another status where it had been done before."""
    answer: Schema = {"description": "done"}
    if operation.answer is not None:
        answer["content"] = {JSON: {"schema": schemas.of(operation.answer, "serialization")}}
    if operation.downloads:
        answer["content"] = {operation.downloads: {"schema": {"type": "string"}}}
    found = {str(operation.status): answer}
    if operation.other_status:
        found[str(operation.other_status)] = {**answer, "description": operation.other_says}
    return found


def problems_of(operation: Operation) -> dict[str, Schema]:
    """One response a status; its description lists the problems that have it."""
    below = ("not_found",) if "{id}" in operation.path or "{account}/" in operation.path else ()
    codes = [*PROBLEMS_OF[operation.access], *below, *operation.problems]
    codes += OF_BODIES if operation.body is not None else ()
    codes += ("unknown_parameter",) if operation.query.model_fields else ()
    found: dict[str, list[str]] = {}
    for code in dict.fromkeys(codes):
        found.setdefault(str(PROBLEMS[code][0]), []).append(code)
    schema = {"$ref": REFERENCES.format(model=ProblemDocument.__name__)}
    content = {PROBLEM_JSON: {"schema": schema}}
    return {status: {"description": ", ".join(names), "content": content} for status, names in sorted(found.items())}


def serve(table: Iterable[Operation]) -> Handler:
    """The handler of `/openapi.json`; the document is made when it is first asked for."""
    made: list[Schema] = []

    async def handle(_: web.Request) -> web.Response:
        if not made:
            made.append(document(tuple(table)))
        return respond(Answer(made[0]))

    return handle
