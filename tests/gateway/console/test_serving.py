"""The console: one page at many paths, files that never change at their address, a policy that allows no more."""

from __future__ import annotations

import gzip
import re

import pytest

from gateway.console.assets import LIBRARY_FILES, read_assets
from gateway.console.serving import POLICY
from tests.gateway.house import House


@pytest.mark.parametrize("path", ["/", "/login", "/a/shop/", "/a/shop/out/log?status=failed", "/a/no/such/page"])
def test_every_page_is_one_page(house: House, path: str) -> None:
    answer = house.send("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert house.send("GET", path, headers={"if-none-match": answer.headers["etag"]}).status == 304


@pytest.mark.parametrize("path", ["/v1/nothing", "/beta/x", "/webhooks/x", "/docs", "/metrics", "/assets/x/js/app.js"])
def test_no_other_path_ever_answers_the_page(house: House, path: str) -> None:
    assert b"js/app.js" not in house.send("GET", path).body


def test_what_the_page_loads_is_there_for_ever_and_compressed(house: House) -> None:
    page = house.send("GET", "/").body.decode()
    found = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    assert len(found) > 3
    for path in found:
        answer = house.send("GET", path, headers={"accept-encoding": "gzip"})
        assert answer.status == 200, path
        assert "immutable" in answer.headers["cache-control"]
        assert gzip.decompress(answer.body) == house.send("GET", path).body


def test_a_file_of_another_version_is_not_there(house: House) -> None:
    assert house.send("GET", "/assets/0000000000000000/js/app.js").status == 404
    assert house.send("GET", f"/assets/{read_assets().version}/../../pyproject.toml").status == 404


def test_nothing_that_makes_html_of_text_is_served() -> None:
    assert not [name for name in LIBRARY_FILES if "unsafe" in name or "style-map" in name]
    assert not [path for path in read_assets().files if "unsafe" in path or "style-map" in path]
