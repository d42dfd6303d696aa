"""How the OpenAPI document describes the endpoints of incoming webhooks, which have no operation of the API."""

from __future__ import annotations

from typing import Any

__all__ = ["ANSWERS", "incoming_paths"]

ANSWERS = {
    "200": "accepted; or filtered, where the definition says `on_filtered: accept`",
    "400": "the body is not what its content type says",
    "401": "the request could not be verified; one body whatever the reason",
    "403": "the filters did not pass",
    "404": "no such endpoint, or an inactive one",
    "405": "the endpoint takes another method: see `Allow`",
    "408": "the body did not end in time; the connection is closed",
    "413": "the body is too large",
    "415": "the body is neither JSON nor URL-encoded",
    "422": "the mapping or the event is wrong; the field is named",
    "500": "a fault of Hookline's; it is not known whether the request was taken",
    "429": "the endpoint takes no more requests just now: see `Retry-After`",
    "503": "not known: Kafka did not acknowledge in time; send the same request again",
}
PATH = "/beta/webhooks/custom/{account}/{endpoint}"
BODY = {"required": True, "content": {"application/json": {}, "application/x-www-form-urlencoded": {}}}


def incoming_paths() -> dict[str, dict[str, Any]]:
    """The path, with its two methods."""
    names = ("account", "endpoint")
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    operation = {
        "tags": ["Incoming requests"],
        "summary": "A request to an incoming webhook; `/beta` may be left out",
        "parameters": parameters,
        "requestBody": BODY,
        "responses": {
            status: {"description": text, "content": {"application/json": {"schema": {}}}}
            for status, text in ANSWERS.items()
        },
        "security": [],
    }
    return {PATH: {method: {"operationId": f"incoming_{method}", **operation} for method in ("post", "put")}}
