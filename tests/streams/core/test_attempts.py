"""The records that an attempt leaves."""

from __future__ import annotations

from schemas.codec import decode, encode
from schemas.records import AttemptError, AttemptStatus, QueueReason
from streams.core.answer import Fault
from streams.core.attempts import dead_letter, follower, row_of
from tests.streams.courier_values import a_delivery, a_request, a_site, an_answer, configured, sites_of


def test_a_row_has_request_answer_and_site() -> None:
    site = sites_of(configured(a_site())).find("shop", "crm")
    answer = an_answer(503, headers=[["X", "y"]], body=b"no", truncated=True, remote_ip="127.0.0.1")
    request = a_request("http://127.0.0.1:1/", 1)
    row = row_of(a_delivery(), site, request, answer, status=AttemptStatus.RESENT, next_attempt_at=7)
    assert (row.site_name, row.site_revision, row.response_code) == ("crm", 1, 503)
    assert (row.request_method, row.request_url, row.request_body) == ("POST", "http://127.0.0.1:1/", request.body)
    assert (row.response_body, row.response_truncated, row.next_attempt_at) == (b"no", True, 7)
    assert decode(encode(row)) == row


def test_a_row_that_ended_unsent_has_no_request() -> None:
    answer = an_answer(None, fault=Fault(AttemptError.ARCHIVED, "the site was archived"))
    row = row_of(a_delivery(), None, None, answer, status=AttemptStatus.FAILED)
    assert (row.request_method, row.request_url, row.request_headers, row.response_code) == ("", "", [], None)
    assert row.error is AttemptError.ARCHIVED


def test_a_follower_is_the_same_message_one_step_on() -> None:
    first = a_delivery()
    second = follower(first, b"row", due=11_000, origin_offset=5)
    assert (second.step, second.due, second.reason) == (2, 11_000, QueueReason.RETRYING)
    assert (second.body, second.delivery_id, second.lane) == (first.body, first.delivery_id, first.lane)
    assert (second.origin_offset, second.parent_attempt) == (5, b"row")
    assert follower(second, b"row2", due=1, origin_offset=99).origin_offset == 5, "the first record stays the origin"


def test_a_dead_letter_has_the_delivery_whole_and_says_why() -> None:
    row = row_of(a_delivery(step=6), None, None, an_answer(500), status=AttemptStatus.FAILED)
    dead = dead_letter(a_delivery(step=6, parent_attempt=b"older"), row, encode(row))
    assert decode(dead.delivery) == a_delivery(step=6)
    assert (dead.response_code, dead.detail, dead.step) == (500, "answered with 500", 6)


def test_credentials_of_the_request_are_dots_in_its_row() -> None:
    headers = [["Authorization", "Basic dTpwNHNz"], ["webhook-id", "dlv_1"]]
    request = a_request("http://127.0.0.1:1/", 1, headers=headers)
    row = row_of(a_delivery(), None, request, an_answer(), status=AttemptStatus.DONE)
    assert row.request_headers == [["Authorization", "••••"], ["webhook-id", "dlv_1"]]


def test_a_site_that_answers_with_what_it_was_sent_puts_no_credential_into_the_log() -> None:
    headers = [["Authorization", "Basic dTpwNHNz"], ["webhook-signature", "v1,c2ln"], ["webhook-id", "dlv_1"]]
    request = a_request("http://127.0.0.1:1/", 1, headers=headers)
    body = b'{"authorization":"Basic dTpwNHNz","webhook-signature":"v1,c2ln","webhook-id":"dlv_1"}'
    answer = an_answer(headers=[["X-Echo", "Basic dTpwNHNz"], ["Set-Cookie", "s=1"]], body=body)
    row = row_of(a_delivery(), None, request, answer, status=AttemptStatus.DONE)
    assert row.response_headers == [["X-Echo", "Basic ••••"], ["Set-Cookie", "••••"]]
    assert row.response_body.decode() == (
        '{"authorization":"Basic ••••","webhook-signature":"••••","webhook-id":"dlv_1"}'
    )
