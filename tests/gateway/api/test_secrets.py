"""Secrets of a site over HTTP: told apart, shown once, rotated with an overlap, removed."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import pytest

from schemas.definitions.secret_lists import milliseconds
from tests.gateway.house import House

SITES = "/v1/shop/sites"
FIRST, SECOND = ("whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"a", b"b"))


@pytest.fixture
def site(house: House) -> dict[str, Any]:
    """A site with one secret."""
    authentication = {"type": "standard_webhooks", "secrets": [FIRST]}
    made: dict[str, Any] = house.made(
        "POST", SITES, {"name": "crm", "url": "https://crm.example/hooks", "authentication": authentication}
    )
    return made


def path_of(site: dict[str, Any]) -> str:
    return f"{SITES}/{site['id']}"


def secrets(house: House, site: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.made("GET", path_of(site))["authentication"]["secrets"]
    return found


def test_a_secret_is_an_object_that_tells_it_from_others(house: House, site: dict[str, Any]) -> None:
    (one,) = secrets(house, site)
    assert one["id"].startswith("sec_")
    assert one["hint"] == f"…{FIRST.rstrip('=')[-4:]}"
    assert (one["last_used_at"], one["expires_at"]) == (None, None)
    got = house.made("GET", path_of(site))
    put = house.made("PUT", path_of(site), got | {"parallel": 2})
    assert put["authentication"] == got["authentication"], "what came out can be sent back"


def test_a_new_secret_is_shown_once_and_comes_first(house: House, site: dict[str, Any]) -> None:
    made = house.made("POST", f"{path_of(site)}/secrets")
    assert made["secret"].startswith("whsec_")
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    assert made["revision"] == 2
    new, old = secrets(house, site)
    assert new["id"] == made["id"]
    assert (new["expires_at"], old["expires_at"]) == (None, None)
    texts = [house.call("GET", path).body.decode() for path in (SITES, f"{path_of(site)}/revisions", path_of(site))]
    assert all(made["secret"] not in text and FIRST not in text for text in texts)
    assert house.made("GET", f"{SITES}?after={made['position']}")["stale"] is False


def test_with_an_overlap_the_older_ones_retire_by_themselves(house: House, site: dict[str, Any]) -> None:
    made = house.made("POST", f"{path_of(site)}/secrets", {"secret": SECOND, "overlap": "24h"})
    assert made["secret"] == SECOND
    new, old = secrets(house, site)
    assert new["expires_at"] is None
    lasts = milliseconds(old["expires_at"]) - milliseconds(new["created_at"])
    assert abs(lasts - 86_400_000) < 1000
    house.made("POST", f"{path_of(site)}/secrets", {"overlap": "48h"})
    assert secrets(house, site)[2]["expires_at"] == old["expires_at"], "an end is not put off"


def test_what_has_expired_goes_with_the_next_one(house: House, site: dict[str, Any]) -> None:
    house.made("POST", f"{path_of(site)}/secrets", {"secret": SECOND, "overlap": "0s"})
    assert len(secrets(house, site)) == 2
    house.made("POST", f"{path_of(site)}/secrets")
    assert [each["hint"] for each in secrets(house, site)][1:] == [f"…{SECOND.rstrip('=')[-4:]}"]


def test_a_secret_can_be_removed_but_not_the_last_that_stays_valid(house: House, site: dict[str, Any]) -> None:
    (old,) = secrets(house, site)
    last = house.call("DELETE", f"{path_of(site)}/secrets/{old['id']}")
    assert (last.status, last.json["type"]) == (409, "/docs#wrong_state")
    made = house.made("POST", f"{path_of(site)}/secrets", {"overlap": "1h"})
    refused = house.call("DELETE", f"{path_of(site)}/secrets/{made['id']}")
    assert refused.status == 409, "the old one ends in an hour"
    removed = house.call("DELETE", f"{path_of(site)}/secrets/{old['id']}")
    assert (removed.status, removed.headers["hookline-position"].isdigit()) == (204, True)
    assert [each["id"] for each in secrets(house, site)] == [made["id"]]
    assert house.call("DELETE", f"{path_of(site)}/secrets/{old['id']}").status == 404


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"secret": "whsec_short"}, "secret"),
        ({"secret": FIRST}, "secret"),
        ({"secret": 7}, "secret"),
        ({"overlap": "soon"}, "overlap"),
        ({"overlap": 24}, "overlap"),
        ({"expires_at": None}, "expires_at"),
    ],
)
def test_a_wrong_secret_is_refused_and_nothing_is_saved(
    house: House, site: dict[str, Any], sent: dict[str, Any], path: str
) -> None:
    answer = house.call("POST", f"{path_of(site)}/secrets", sent)
    assert (answer.status, answer.paths) == (422, [path])
    assert FIRST not in answer.body.decode()
    assert house.made("GET", path_of(site))["revision"] == 1


def test_there_are_ten_at_most(house: House, site: dict[str, Any]) -> None:
    for _ in range(9):
        house.made("POST", f"{path_of(site)}/secrets")
    answer = house.call("POST", f"{path_of(site)}/secrets")
    assert (answer.status, answer.paths) == (422, ["secret"])


def test_a_site_without_a_list_of_secrets_takes_none(house: House) -> None:
    made = house.made("POST", SITES, {"name": "plain", "url": "https://crm.example/"})
    for method, path in (("POST", "secrets"), ("DELETE", "secrets/sec_1")):
        answer = house.call(method, f"{path_of(made)}/{path}")
        assert (answer.status, answer.json["type"]) == (409, "/docs#wrong_state")
    assert house.call("POST", f"{SITES}/site_none/secrets").status == 404


def test_an_export_is_applied_to_the_same_account_without_a_change(house: House, site: dict[str, Any]) -> None:
    exported = house.made("GET", "/v1/shop/configuration")
    assert exported["sites"][0]["authentication"]["secrets"][0]["id"] == secrets(house, site)[0]["id"]
    done = house.made("PUT", "/v1/shop/configuration", exported)
    assert [each["change"] for each in done["changes"]] == ["unchanged"]
    house.made("PUT", "/v1/accounts/other")
    other = exported | {"account": "other"}
    answer = house.call("PUT", "/v1/other/configuration", other)
    assert (answer.status, answer.paths) == (422, ["sites.0.authentication.secrets.0"])


def test_secrets_of_an_incoming_webhook_are_rotated_in_the_same_way(house: House) -> None:
    webhook = house.webhook(verification={"type": "github", "secrets": ["It's a Secret to Everybody"]})
    path = f"/v1/shop/incoming-webhooks/{webhook['id']}"
    assert webhook["verification"]["secrets"][0]["hint"] == "…body"
    made = house.made("POST", f"{path}/secrets", {"overlap": "0s"})

    def answer(secret: str) -> int:
        body = b'{"customer":"c-1"}'
        signature = hmac.digest(secret.encode(), body, "sha256").hex()
        return house.post("points", body, {"x-hub-signature-256": f"sha256={signature}"}).status

    assert answer(made["secret"]) == 200
    assert answer("It's a Secret to Everybody") == 401
    got = house.made("GET", path)
    assert house.made("PUT", path, got)["verification"] == got["verification"]
    assert answer(made["secret"]) == 200


@pytest.mark.parametrize("kind", ["stripe", "slack"])
def test_a_secret_that_the_sender_makes_is_not_made_here(house: House, kind: str) -> None:
    webhook = house.webhook(verification={"type": kind, "secrets": ["whsec_of_theirs"]})
    answer = house.call("POST", f"/v1/shop/incoming-webhooks/{webhook['id']}/secrets", {})
    assert (answer.status, answer.paths) == (422, ["secret"])
