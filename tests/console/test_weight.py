"""What the console costs in bytes and requests, and what its sources may not have."""

from __future__ import annotations

import gzip
import posixpath
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Request

from gateway.console.assets import HERE, STATIC, Asset, read_assets, without_comments
from tests.console.conftest import MakeContext
from tests.console.house import ConsoleHouse
from tests.console.pages import settled

KIB = 1024
IMPORT = re.compile(r'^(?:import|export) [^;]*? from "([^"]+)"', re.MULTILINE)
FORBIDDEN = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "eval(",
    "new Function",
    "document.write",
    "unsafeHTML",
    "styleMap",
    ' style="',
    " style=$",
)


def test_the_first_page_is_light(make_context: MakeContext, console: ConsoleHouse) -> None:
    page, asked = make_context(console.operator_key).new_page(), list[Request]()
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - no builtin is taken
    page.goto("/a/shop/")
    settled(page, "Home")
    files = read_assets().files
    scripts = {path for request in asked for path in files if request.url.endswith(path) and path.endswith(".js")}
    assert len(asked) <= 26, sorted(request.url for request in asked)
    assert sum(len(files[path].gzipped) for path in scripts) <= 40 * KIB


def test_everything_is_light() -> None:
    files = read_assets().files
    assert sum(len(file.gzipped) for path, file in files.items() if path.endswith(".js")) <= 120 * KIB
    assert sum(len(file.gzipped) for path, file in files.items() if path.endswith(".css")) <= 14 * KIB
    assert all(gzip.decompress(file.gzipped) == file.plain for file in files.values())


def test_no_page_is_heavy() -> None:
    files = read_assets().files
    start = needed(files, "js/app.js")
    for page in (path for path in files if path.startswith("js/pages/")):
        assert sum(len(files[path].gzipped) for path in start | needed(files, page)) <= 50 * KIB, page


def needed(files: Mapping[str, Asset], start: str) -> set[str]:
    """A script and all that it imports."""
    found, left = set[str](), [start]
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            imported = IMPORT.findall(files[path].plain.decode())
            left += [posixpath.normpath(posixpath.join(posixpath.dirname(path), each)) for each in imported]
    return found


def test_comments_are_not_sent_and_lines_keep_their_numbers() -> None:
    script = (
        b"// @ts-check\n/**\n * A file.\n */\nlet a = (/** @type {any} */ b) => `/** ${b} */ // `;\n  // why\nf(a);\n"
    )
    sent = without_comments(script)
    assert sent == b"\n\n\n\nlet a = (b) => `/** ${b} */ // `;\n\nf(a);\n"
    assert all(b"@param" not in file.plain for path, file in read_assets().files.items() if path.startswith("js/"))


def test_colours_stand_in_one_file() -> None:
    for file in (STATIC / "css").glob("*.css"):
        if "tokens" not in file.name:
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgb|\bhsl", file.read_text("utf-8")) == [], file.name


def test_no_script_makes_html_of_text() -> None:
    for file in (STATIC / "js").rglob("*.js"):
        text = file.read_text("utf-8")
        assert [word for word in FORBIDDEN if word in text] == [], file.name
        assert text.startswith("// @ts-check"), file.name
        assert len(text.splitlines()) <= 300, file.name


def test_no_code_of_others_is_in_the_repository() -> None:
    root = Path(__file__).parents[2]
    kept = subprocess.run(["git", "ls-files", "gateway/console"], cwd=root, capture_output=True, text=True, check=True)
    assert "node_modules" not in kept.stdout
    assert "http" not in (HERE / "package-lock.json").read_text("utf-8")
