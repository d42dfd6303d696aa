"""Sites over HTTP: every authentication, its secrets write-only, each wrong field named by its path."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.definitions.secrets import MASK, unseal
from schemas.proxies import parse_proxy
from schemas.records import EntityKind
from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House

SITES = "/v1/shop/sites"
SITE: dict[str, Any] = {"name": "crm", "url": "https://crm.example/hooks"}
KEYS = {"region": "eu-west-1", "service": "execute-api", "access_key_id": "AKID", "secret_access_key": "K3Y/secret+"}
BASIC = {"type": "basic", "username": "u", "password": "p4ssw0rd"}
AWS = {"type": "aws", **KEYS, "algorithm_prefix": "EMS", "vendor_key": None}
S3 = {"type": "aws_s3", **KEYS, "filename": "{date:%Y}/{id}.{ext}"}
STANDARD = {"type": "standard_webhooks", "secrets": ["whsec_" + "A" * 32]}


def site(authentication: Any, **fields: Any) -> dict[str, Any]:
    return SITE | {"authentication": authentication} | fields


def stored(house: House, site_id: str) -> dict[str, Any]:
    """The authentication as it lies in `config`."""
    state = house.log.configuration.account("shop")
    assert state is not None
    body = state.of(EntityKind.SITE)[site_id].body
    assert body is not None
    found: dict[str, Any] = body["authentication"]
    return found


def in_clear(house: House, site_id: str) -> dict[str, Any]:
    """The same with its secrets open."""
    return unseal(stored(house, site_id), house.keyring.open_text)


@pytest.mark.parametrize(
    ("authentication", "secret"), [(BASIC, "password"), (AWS, "secret_access_key"), (S3, "secret_access_key")]
)
def test_a_secret_is_write_only_and_its_mask_keeps_it(
    house: House, authentication: dict[str, Any], secret: str
) -> None:
    made = house.made("POST", SITES, site(authentication))
    path = f"{SITES}/{made['id']}"
    assert made["authentication"] == authentication | {secret: MASK}
    assert "$sealed" in stored(house, made["id"])[secret]
    put = house.made("PUT", path, house.made("GET", path) | {"parallel": 2})
    assert put["authentication"] == authentication | {secret: MASK}
    assert in_clear(house, made["id"]) == authentication
    changed = put | {"authentication": put["authentication"] | {secret: "another"}}
    house.made("PUT", path, changed)
    assert in_clear(house, made["id"])[secret] == "another"
    for answer in (
        house.call("GET", SITES),
        house.call("GET", f"{path}/revisions"),
        house.call("GET", "/v1/shop/configuration"),
    ):
        assert authentication[secret] not in answer.body.decode()
        assert "$sealed" not in answer.body.decode()


def test_no_secret_is_in_the_log_of_configuration(house: House) -> None:
    for number, authentication in enumerate((BASIC, AWS, S3, STANDARD)):
        house.made("POST", SITES, site(authentication, name=f"s{number}"))
    written = b"".join(message.value for _, message in house.log.topics[house.topics.config])
    for secret in (BASIC["password"], KEYS["secret_access_key"], STANDARD["secrets"][0]):
        assert secret.encode() not in written


def test_defaults_of_s3_and_blank_fields_of_aws(house: House) -> None:
    blank = {"region": None, "service": "", "filename": None}
    made = house.made("POST", SITES, site(S3 | blank))["authentication"]
    assert (made["region"], made["service"], made["filename"]) == ("us-east-1", "s3", "{action}-{date}-{id}.{ext}")
    plain = {"algorithm_prefix": "", "vendor_key": ""}
    made = house.made("POST", SITES, site(AWS | plain, name="other"))["authentication"]
    assert (made["algorithm_prefix"], made["vendor_key"]) == (None, None)


def without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


@pytest.mark.parametrize(
    ("authentication", "paths"),
    [
        ("basic", ["authentication"]),
        ({"type": "digest"}, ["authentication"]),
        ({"type": "none", "username": "u"}, ["authentication.username"]),
        (BASIC | {"username": "a:b"}, ["authentication.username"]),
        (BASIC | {"username": ""}, ["authentication.username"]),
        (BASIC | {"password": "p\r\nX: y"}, ["authentication.password"]),
        (BASIC | {"password": 7}, ["authentication.password"]),
        (BASIC | {"password": MASK}, ["authentication.password"]),
        (without(BASIC, "username") | {"extra": 1}, ["authentication.extra", "authentication.username"]),
        (AWS | {"region": "eu west"}, ["authentication.region"]),
        (AWS | {"region": None}, ["authentication.region"]),
        (AWS | {"access_key_id": "A/B"}, ["authentication.access_key_id"]),
        (AWS | {"secret_access_key": " x"}, ["authentication.secret_access_key"]),
        (AWS | {"algorithm_prefix": "E-S"}, ["authentication.algorithm_prefix"]),
        (AWS | {"vendor_key": "a b"}, ["authentication.vendor_key"]),
        (S3 | {"filename": "{nope}.json"}, ["authentication.filename"]),
        (S3 | {"filename": "../{id}"}, ["authentication.filename"]),
        (STANDARD | {"secrets": []}, ["authentication.secrets"]),
        (STANDARD | {"secrets": ["whsec_" + "A" * 32, "short"]}, ["authentication.secrets.1"]),
        (STANDARD | {"secrets": ["whsec_" + "A" * 32] * 2}, ["authentication.secrets"]),
        (STANDARD | {"secrets": None}, ["authentication.secrets"]),
    ],
)
def test_a_wrong_field_of_authentication_is_named_and_nothing_is_saved(
    house: House, authentication: Any, paths: list[str]
) -> None:
    answer = house.call("POST", SITES, site(authentication))
    assert (answer.status, sorted(answer.paths)) == (422, paths)
    for secret in ("p4ssw0rd", "K3Y/secret+", "short", "A" * 32):
        assert secret not in answer.body.decode()
    assert house.made("GET", SITES)["items"] == []


def test_content_types_and_orders_are_those_that_there_are(house: House) -> None:
    assert house.made("POST", SITES, SITE | {"content_type": "form"})["content_type"] == "form"
    answer = house.call("POST", SITES, SITE | {"name": "b", "content_type": "xml"})
    assert (answer.status, answer.paths) == (422, ["content_type"])


def test_a_static_ip_needs_the_operator_s_proxy(house: House) -> None:
    answer = house.call("POST", SITES, SITE | {"proxy": "static_ip"})
    assert (answer.status, answer.paths) == (422, ["proxy"])
    assert "HOOKLINE_STATIC_IP_PROXY" in answer.json["errors"][0]["message"]


def test_with_a_proxy_a_site_may_have_a_static_ip_and_its_address_is_judged_all_the_same(make_house: MakeHouse) -> None:
    house = make_house(static_ip_proxy=parse_proxy("http://10.0.0.1:3128"))
    assert house.made("POST", SITES, SITE | {"proxy": "static_ip"})["proxy"] == "static_ip"
    answer = house.call("POST", SITES, SITE | {"name": "b", "proxy": "static_ip", "url": "http://10.0.0.2/"})
    assert (answer.status, answer.paths) == (422, ["url"])


def test_apply_names_a_wrong_field_of_authentication_and_is_idempotent_with_secrets(house: House) -> None:
    answer = house.call("PUT", "/v1/shop/configuration", {"sites": [site(BASIC | {"username": "a:b"})]})
    assert (answer.status, answer.paths) == (422, ["sites.0.authentication.username"])
    for wanted in ("created", "unchanged"):
        done = house.made("PUT", "/v1/shop/configuration", {"sites": [site(STANDARD)]})
        assert [each["change"] for each in done["changes"]] == [wanted]


def test_the_catalogue_has_the_delays_that_sites_may_choose_from(house: House) -> None:
    delays = house.call("GET", "/v1/catalogue").json["retry_delays"]
    assert house.call("POST", SITES, SITE | {"retry_delays": delays}).status == 201
    refused = house.call("POST", SITES, SITE | {"name": "other", "retry_delays": ["7s"]})
    assert refused.json["errors"][0]["message"].endswith("there are " + ", ".join(delays))
