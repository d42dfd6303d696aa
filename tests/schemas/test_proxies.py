"""The setting of the proxy with a static IP."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.proxies import Proxy, parse_proxy
from schemas.settings import Settings


def test_a_proxy_is_read() -> None:
    assert parse_proxy("http://proxy.example:3128") == Proxy("http", "proxy.example", 3128)
    assert parse_proxy("https://[2001:db8::1]:443/") == Proxy("https", "2001:db8::1", 443)
    proxy = parse_proxy("http://us%3Aer:p%40ss@proxy.example:3128")
    assert (proxy.username, proxy.password) == ("us:er", "p@ss")


def test_its_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKLINE_STATIC_IP_PROXY", "http://user:p4ss@proxy.example:3128")
    settings = Settings()
    assert settings.static_ip_proxy is not None
    assert settings.static_ip_proxy.password == "p4ss"
    assert "p4ss" not in repr(settings)


@pytest.mark.parametrize(
    "text",
    [
        "proxy.example:3128",
        "http://proxy.example",
        "http://:3128",
        "socks5://user:p4ss@proxy.example:1080",
        "http://user:p4ss@proxy.example:99999",
        "http://user:p4ss@proxy.example:3128/path",
        "http://user:p4ss@proxy.example:3128?x",
    ],
)
def test_what_is_no_proxy_says_so_without_its_password(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("HOOKLINE_STATIC_IP_PROXY", text)
    with pytest.raises(ValidationError) as caught:
        Settings()
    (error,) = caught.value.errors(include_input=False, include_context=False, include_url=False)
    assert error["loc"] == ("static_ip_proxy",)
    assert "http://host:port" in error["msg"]
    assert "p4ss" not in str(error)


def test_blank_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOKLINE_STATIC_IP_PROXY", "")
    assert Settings().static_ip_proxy is None
