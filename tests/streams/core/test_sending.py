"""What is done with a message, given its site as it is now."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import FieldInvalid
from schemas.records import AttemptError
from streams.core.destination import Destination, destination
from streams.core.lanes import Caps, LaneName
from streams.core.sending import End, Fail, Park, Send, step_for
from tests.streams.courier_values import a_change, a_delivery, a_site, configured, sites_of

NOW = 1_795_510_800_123


def step(site: dict[str, Any] | None, **fields: Any) -> Send | Fail | Park | End:
    configuration = configured(*([a_site(**site)] if site is not None else []))
    return step_for(sites_of(configuration).find("shop", "crm"), a_delivery(**fields), NOW, "Hookline/1.2.3")


def test_a_message_goes_to_its_site_with_the_headers_of_every_message() -> None:
    step_taken = step({"url": "https://crm.example/hooks?key=1", "timeout_seconds": 2.5}, path="/customers/c-1")
    assert isinstance(step_taken, Send)
    request = step_taken.request
    assert request.destination == Destination("https://crm.example/hooks/customers/c-1?key=1", "crm.example", 443)
    assert request.timeout == 2.5
    assert request.body == b'{"id":"evt_1"}'
    assert dict(request.headers) == {
        "Content-Type": "application/json",
        "User-Agent": "Hookline/1.2.3",
        "Accept": "*/*",
        "webhook-id": "dlv_1",
        "webhook-timestamp": "1795510800",
    }


def test_a_message_bears_the_trace_of_its_event_where_it_has_one() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    step_taken = step({}, trace_parent=parent)
    assert isinstance(step_taken, Send)
    assert ["traceparent", parent] in step_taken.request.headers


def test_an_inactive_site_keeps_its_messages_parked() -> None:
    assert step({"state": "inactive"}) == Park("site_inactive")


def test_an_archived_site_and_a_missing_one_end_the_chain() -> None:
    for site in ({"state": "archived"}, None):
        ended = step(site)
        assert isinstance(ended, End)
        assert ended.fault.error is AttemptError.ARCHIVED


def test_a_message_that_could_not_be_built_fails_without_a_request() -> None:
    failed = step({}, problem="path: {data.x} has no value")
    assert isinstance(failed, Fail)
    assert failed.fault.error is AttemptError.CONFIGURATION
    assert failed.fault.detail == "path: {data.x} has no value"


@pytest.mark.parametrize(
    "fields",
    [
        {"content_type": "text/plain\r\nX-Evil: 1"},
        {"delivery_id": "dlv\n1"},
        {"delivery_id": "dlv_\0"},
        {"content_type": "application/jsoñ"},
        {"path": "/a b"},
        {"path": "/a\r\nHost: x"},
    ],
)
def test_nothing_unprintable_gets_into_a_request(fields: dict[str, Any]) -> None:
    failed = step({}, **fields)
    assert isinstance(failed, Fail)
    assert failed.fault.error is AttemptError.CONFIGURATION


@pytest.mark.parametrize(
    ("url", "path", "whole"),
    [
        ("https://h", "", "https://h/"),
        ("https://h/", "/x", "https://h/x"),
        ("https://h/a/", "x/y", "https://h/a/x/y"),
        ("https://h/a?b=c", "", "https://h/a?b=c"),
        ("https://h?b=c", "/x", "https://h/x?b=c"),
    ],
)
def test_a_path_is_appended_to_the_path_of_the_url(url: str, path: str, whole: str) -> None:
    assert destination(url, path).url == whole


@pytest.mark.parametrize("url", ["ftp://h/", "https://", "https://h:99999/", "h", ""])
def test_what_is_no_url_is_no_destination(url: str) -> None:
    with pytest.raises(FieldInvalid):
        destination(url, "")


def test_ports_come_from_the_url_or_the_scheme() -> None:
    assert destination("http://h/", "").port == 80
    assert destination("https://[2001:db8::1]:8443/", "") == Destination(
        "https://[2001:db8::1]:8443/", "2001:db8::1", 8443
    )


def test_sites_follow_the_configuration() -> None:
    configuration = configured(a_site(parallel=1))
    sites = sites_of(configuration)
    assert sites.caps(LaneName("shop", "crm", 0)) == Caps(1, 1)
    configuration.apply(1, a_change(a_site(base_revision=1, parallel=30, url="https://other.example/")))
    assert sites.caps(LaneName("shop", "crm", 0)) == Caps(3, 30)
    site = sites.find("shop", "crm")
    assert site is not None
    assert site.url == "https://other.example/"
    assert sites.find("other", "crm") is None


AWS: dict[str, Any] = {"type": "aws", "region": "eu-west-1", "service": "execute-api", "access_key_id": "AKID"}
AWS |= {"secret_access_key": {"$sealed": "v1.k3y"}, "algorithm_prefix": None, "vendor_key": None}
S3 = AWS | {"type": "aws_s3", "service": "s3", "filename": "{id}.{ext}"}


def sent(site: dict[str, Any], now: int = NOW, **fields: Any) -> Send:
    found = sites_of(configured(a_site(**site)), static_ip=True).find("shop", "crm")
    made = step_for(found, a_delivery(**fields), now, "Hookline/1.2.3")
    assert isinstance(made, Send)
    return made


def test_signatures_are_made_anew_for_each_attempt_and_bodies_are_not() -> None:
    first, second = sent({"authentication": AWS}), sent({"authentication": AWS}, NOW + 10_000, step=2)
    assert first.request.body == second.request.body
    proofs = [dict(step.request.headers) for step in (first, second)]
    assert proofs[0]["Authorization"] != proofs[1]["Authorization"]
    assert proofs[0]["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/20261124/eu-west-1/execute-api/")
    assert proofs[1]["X-Amz-Date"] == "20261124T090010Z"
    assert proofs[0]["webhook-id"] == proofs[1]["webhook-id"]


def test_a_message_for_s3_is_put_below_the_url_and_the_path() -> None:
    made = sent({"authentication": S3, "url": "https://s3.example/bucket"}, path="/c-1", filename="2026/x.json")
    assert made.request.method == "PUT"
    assert made.request.destination == Destination("https://s3.example/bucket/c-1/2026/x.json", "s3.example", 443)


def test_a_message_from_before_its_site_became_one_of_s3_fails_and_says_why() -> None:
    failed = step({"authentication": S3})
    assert isinstance(failed, Fail)
    assert failed.fault.error is AttemptError.CONFIGURATION
    assert failed.fault.detail == "authentication.filename: the message has no filename"


def test_what_a_site_s_authentication_cannot_do_fails_without_a_request() -> None:
    failed = step({"authentication": {"type": "of tomorrow"}})
    assert isinstance(failed, Fail)
    assert failed.fault.error is AttemptError.CONFIGURATION


def test_a_site_behind_the_proxy_is_never_reached_directly() -> None:
    assert sent({"proxy": "static_ip"}).request.proxied
    assert not sent({}).request.proxied
    failed = step({"proxy": "static_ip"})
    assert isinstance(failed, Fail)
    assert failed.fault.error is AttemptError.CONFIGURATION
