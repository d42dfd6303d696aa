"""A site's revision is taken apart once, with its secrets in clear, and says itself why it cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import FieldInvalid, SecretUnreadable
from streams.core.signing import signed
from streams.core.site_views import Sites, SiteView
from tests.streams.core.signing.requests import NOW, a_request
from tests.streams.courier_values import a_change, a_site, configured, sites_of

PASSWORD = "correct horse"
BASIC: dict[str, Any] = {"type": "basic", "username": "u", "password": {"$sealed": "v1.x"}}


def view(**fields: Any) -> SiteView:
    found = sites_of(configured(a_site(**fields))).find("shop", "crm")
    assert found is not None
    return found


def test_secrets_are_in_clear_for_signing_and_not_in_a_repr() -> None:
    sites = Sites(configured(a_site(authentication=BASIC)), 12, lambda _: PASSWORD, static_ip=False)
    site = sites.find("shop", "crm")
    assert site is not None
    assert signed(site.authentication, a_request(), NOW).header("authorization") == "Basic dTpjb3JyZWN0IGhvcnNl"
    assert PASSWORD not in repr(site)


def test_a_revision_is_taken_apart_once() -> None:
    opened: list[str] = []

    def open_sealed(sealed: str) -> str:
        opened.append(sealed)
        return "x"

    configuration = configured(a_site(authentication=BASIC))
    sites = Sites(configuration, 12, open_sealed, static_ip=False)
    first = sites.find("shop", "crm")
    configuration.apply(1, a_change(a_site("other")))
    assert sites.find("shop", "crm") is first
    assert len(opened) == 1
    configuration.apply(2, a_change(a_site(base_revision=1, authentication=BASIC)))
    second = sites.find("shop", "crm")
    assert second is not None
    assert second.entity.revision == 2
    assert len(opened) == 2


def test_a_secret_that_cannot_be_read_is_the_site_s_problem() -> None:
    def unreadable(_: str) -> str:
        raise SecretUnreadable("a secret was encrypted with the key 'x', which is not here")

    sites = Sites(configured(a_site(authentication=BASIC)), 12, unreadable, static_ip=False)
    site = sites.find("shop", "crm")
    assert site is not None
    assert "which is not here" in site.problem


@pytest.mark.parametrize(
    "authentication",
    [
        {"type": "of tomorrow"},
        {},
        {"type": "basic"},
        {"type": "basic", "username": "u"},
        {"type": "aws", "region": 7},
        {"type": "standard_webhooks", "secrets": ["whsec_a"]},
        {"type": "standard_webhooks", "secrets": None},
        "basic",
        ["basic"],
    ],
)
def test_an_authentication_of_another_form_ends_no_courier(authentication: Any) -> None:
    site = view(authentication=authentication)
    assert site.problem
    assert site.authentication == {}


def test_a_site_behind_the_proxy_needs_one() -> None:
    assert "HOOKLINE_STATIC_IP_PROXY" in view(proxy="static_ip").problem
    site = sites_of(configured(a_site(proxy="static_ip")), static_ip=True).find("shop", "crm")
    assert site is not None
    assert (site.proxied, site.problem) == (True, "")
    assert not view().proxied


def listed(secret: str, expires_at: str | None) -> dict[str, Any]:
    return {"$sealed": f"v1.{secret}", "id": secret, "hint": "", "created_at": "", "expires_at": expires_at}


def test_a_secret_signs_until_it_ends() -> None:
    old, new = "whsec_" + "o" * 32, "whsec_" + "n" * 32
    members = [listed(new, None), listed(old, "2026-11-24T09:00:00.000Z")]
    site = view(authentication={"type": "standard_webhooks", "secrets": members})
    end = 1_795_510_800_000
    assert site.authentication_at(end - 1)["secrets"] == [new, old]
    assert site.authentication_at(end)["secrets"] == [new]
    assert view(authentication={"type": "standard_webhooks", "secrets": members[:1]}).expiries == ()


def test_without_a_valid_secret_nothing_is_sent() -> None:
    members = [listed("whsec_" + "o" * 32, "2026-11-24T09:00:00.000Z")]
    site = view(authentication={"type": "standard_webhooks", "secrets": members})
    with pytest.raises(FieldInvalid, match="every secret has expired"):
        site.authentication_at(1_795_510_800_000)
