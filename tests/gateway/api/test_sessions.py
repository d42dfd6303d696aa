"""Sessions of people at the console: begun with a key or a link, carried by a cookie, ended with the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.api.callers import Session
from gateway.api.sessions import Cookies, LoginLinks, WrongLogins
from streams.edges.keyring import Keyring
from tests.gateway.house import OPERATOR, House

OURS = {"x-hookline-console": "1", "sec-fetch-site": "same-origin", "content-type": "application/json"}
COOKIES = Cookies(Keyring(["the secret key of a test"]), secure=False)


def logged_in(house: House, key: str = OPERATOR) -> dict[str, str]:
    answer = house.call("POST", "/v1/session", {"key": key})
    assert answer.status == 201, answer.body
    return {"cookie": answer.headers["set-cookie"].split(";")[0]}


def test_a_key_begins_a_session_that_only_the_browser_reads(house: House) -> None:
    answer = house.send("POST", "/v1/session", b'{"key": "%s"}' % OPERATOR.encode(), OURS)
    assert answer.status == 201
    assert OPERATOR not in answer.body.decode() + answer.headers["set-cookie"]
    attributes = {each.strip() for each in answer.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"}
    assert answer.json["kind"] == "operator"
    assert answer.json["account"] is None
    assert house.send("GET", "/v1/accounts", headers=logged_in(house)).status == 200


def test_behind_https_the_cookie_is_secure(make_house: Callable[..., House]) -> None:
    house = make_house(public_url="https://hooks.example")
    answer = house.call("POST", "/v1/session", {"key": OPERATOR})
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_a_wrong_key_begins_nothing(house: House) -> None:
    answer = house.call("POST", "/v1/session", {"key": "hk_wrong"})
    assert answer.status == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [{}, {"key": "a", "token": "b"}, {"key": ""}, {"password": "x"}, []])
def test_a_login_is_a_key_or_a_token(house: House, body: Any) -> None:
    assert house.call("POST", "/v1/session", body).status == 422


def test_without_a_cookie_there_is_no_session(house: House) -> None:
    assert house.send("GET", "/v1/session").status == 401
    assert house.send("GET", "/v1/session", headers={"cookie": "hookline_session=v1.x.y"}).status == 401


def test_the_session_of_an_account_sees_this_account_only(house: House) -> None:
    house.made("PUT", "/v1/accounts/other")
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "till", "scope": "read"})
    cookie = logged_in(house, key["key"])
    session = house.send("GET", "/v1/session", headers=cookie).json
    assert (session["kind"], session["account"], session["key_name"]) == ("account", "shop", "till")
    assert session["scope"] == "read"
    assert session["expires_at"] is not None
    assert house.send("GET", "/v1/shop/sites", headers=cookie).status == 200
    assert house.send("GET", "/v1/other/sites", headers=cookie).status == 404
    assert house.send("POST", "/v1/shop/sites", b"{}", cookie | OURS).status == 403


def test_a_session_ends_with_its_key(house: House) -> None:
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "till"})
    cookie = logged_in(house, key["key"])
    assert house.send("GET", "/v1/session", headers=cookie).status == 200
    house.made("DELETE", f"/v1/accounts/shop/keys/{key['id']}")
    assert house.send("GET", "/v1/session", headers=cookie).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hookline-console": "1"},
        {"sec-fetch-site": "same-origin"},
        {"x-hookline-console": "1", "sec-fetch-site": "cross-site"},
        {"x-hookline-console": "1", "sec-fetch-site": "same-site"},
        {"x-hookline-console": "1", "sec-fetch-site": "none"},
        {"x-hookline-console": "1", "origin": "http://elsewhere.example"},
        {"x-hookline-console": "1", "origin": "null"},
    ],
)
def test_a_change_with_the_cookie_must_come_from_the_console(house: House, headers: dict[str, str]) -> None:
    cookie = logged_in(house)
    answer = house.send("PUT", "/v1/accounts/made-by-cookie", None, cookie | headers)
    assert answer.status == 403
    assert [row["account"] for row in house.made("GET", "/v1/accounts")["items"]] == ["shop"]


def test_the_console_changes_things_with_the_cookie(house: House) -> None:
    cookie = logged_in(house)
    assert house.send("PUT", "/v1/accounts/one", None, cookie | OURS).status == 201
    over_plain_http = {"x-hookline-console": "1", "origin": f"http://127.0.0.1:{house.port}"}
    assert house.send("PUT", "/v1/accounts/two", None, cookie | over_plain_http).status == 201


def test_a_key_in_the_header_counts_before_the_cookie(house: House) -> None:
    headers = logged_in(house) | {"authorization": "Bearer hk_wrong"}
    assert house.send("GET", "/v1/session", headers=headers).status == 401


def test_logging_out_takes_the_cookie_away(house: House) -> None:
    cookie = logged_in(house)
    assert house.send("DELETE", "/v1/session", headers=cookie).status == 403
    answer = house.send("DELETE", "/v1/session", headers=cookie | OURS)
    assert answer.status == 204
    assert "hookline_session=; Path=/; Max-Age=0" in answer.headers["set-cookie"]


def test_a_copy_of_the_cookie_is_worth_nothing_after_logging_out(house: House) -> None:
    cookie, another = logged_in(house), logged_in(house)
    assert house.send("DELETE", "/v1/session", headers=cookie | OURS).status == 204
    assert house.send("GET", "/v1/session", headers=cookie).status == 401
    assert house.send("GET", "/v1/session", headers=another).status == 200, "another login of the same key goes on"


def test_ended_sessions_are_forgotten_when_they_would_have_ended_anyway() -> None:
    cookies = Cookies(Keyring(["the secret key of a test"]), secure=False)
    for number in range(3):
        cookies.end(Session("hash", number, str(number)), now=0)
    cookies.end(Session("hash", 9, "last"), now=5)
    assert list(cookies._ended) == ["last"]


def test_a_login_link_is_good_once(house: House) -> None:
    link = house.made("POST", "/v1/session/links")
    assert link["path"] == f"/login#t={link['token']}"
    first = house.call("POST", "/v1/session", {"token": link["token"]})
    assert (first.status, first.json["kind"]) == (201, "operator")
    again = house.call("POST", "/v1/session", {"token": link["token"]})
    assert again.status == 401
    assert "used already" in again.json["detail"]


def test_after_ten_wrong_logins_the_eleventh_waits_even_with_a_right_key(house: House) -> None:
    for _ in range(10):
        assert house.call("POST", "/v1/session", {"key": "hk_wrong"}).status == 401
    answer = house.call("POST", "/v1/session", {"key": OPERATOR})
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61


def test_wrong_logins_are_forgotten_after_a_minute() -> None:
    wrong = WrongLogins()
    for at in range(10):
        wrong.add("a", at)
    assert wrong.wait("a", 100) == 60
    assert wrong.wait("b", 100) == 0
    assert wrong.wait("a", 60_000) == 0


def test_a_link_is_too_old_after_ten_minutes() -> None:
    links = LoginLinks()
    token, until = links.make("hash", 0)
    assert until == 600_000
    assert links.take(token, 600_000) is None


def test_a_cookie_is_over_after_twelve_hours_and_no_other_sealed_text_is_one() -> None:
    session = Session("hash", 1_000, "one")
    cookie = COOKIES.made(session, secure=False).partition("=")[2].partition(";")[0]
    assert COOKIES.read(cookie, 999) == session
    assert COOKIES.read(cookie, 1_000) is None
    keyring = Keyring(["the secret key of a test"])
    assert COOKIES.read(keyring.seal(b'{"key": "hash", "until": 9000, "id": "one"}'), 1) is None
    assert COOKIES.read(keyring.seal(b"hash"), 1) is None
