"""The console's files in memory: read and compressed once, at addresses that change with their contents."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import HooklineError

__all__ = ["Asset", "Assets", "ConsoleIncomplete", "read_assets", "without_comments"]

HERE = Path(__file__).parent
STATIC = HERE / "static"
LIBRARY = HERE / "node_modules" / "lit-html"
LIBRARY_FILES = (
    "lit-html.js",
    "directive.js",
    "directive-helpers.js",
    "directives/repeat.js",
    "directives/live.js",
    "directives/class-map.js",
    "directives/if-defined.js",
    "directives/guard.js",
)
COMMENTS = re.compile(
    rb"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*$|^[ \t]*//[^\n]*$|/\*\* @(?:type|param) [^*\n]*\*/ ?",
    re.DOTALL | re.MULTILINE,
)
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
STYLES = "css/console.css"  # all of css/, one after the other: one request
CORE = ("app", "shell", "router", "run", "session", "lib/api", "lib/time", "lib/url")
CORE_PARTS = ("ui/says", "ui/status")
FIRST = ("lit/lit-html.js", *(f"js/{name}.js" for name in (*CORE, *CORE_PARTS)))  # what every page needs, asked at once


class ConsoleIncomplete(HooklineError):
    """The library that the console is drawn with is not installed."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    content_type: str
    plain: bytes
    gzipped: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by path, the page that loads them, and the name of this state of them."""

    version: str
    files: Mapping[str, Asset]
    index: Asset


def read_assets() -> Assets:
    """Read everything.

    Raises:
        ConsoleIncomplete: lit-html is not installed.
    """
    template = (STATIC / "index.html").read_text("utf-8")
    contents = dict(own_files()) | dict(library_files())
    whole = hashlib.sha256(template.encode())
    for path, content in sorted(contents.items()):
        whole.update(f"{path}\0{len(content)}\0".encode() + content)
    version = whole.hexdigest()[:16]
    files = {path: asset(content, TYPES[Path(path).suffix]) for path, content in contents.items()}
    return Assets(version, files, asset(index(template, version), "text/html; charset=utf-8"))


def own_files() -> Iterator[tuple[str, bytes]]:
    styles = sorted((STATIC / "css").glob("*.css"))
    yield STYLES, b"\n".join(file.read_bytes() for file in styles)
    for file in sorted((STATIC / "js").rglob("*.js")):
        yield file.relative_to(STATIC).as_posix(), without_comments(file.read_bytes())


def without_comments(script: bytes) -> bytes:
    """A script as browsers need it: its comments, a fifth of its bytes, are blank; every line keeps its number."""
    return COMMENTS.sub(lambda found: b"\n" * found[0].count(b"\n"), script)


def library_files() -> Iterator[tuple[str, bytes]]:
    for name in LIBRARY_FILES:
        try:
            yield f"lit/{name}", (LIBRARY / name).read_bytes()
        except FileNotFoundError:
            raise ConsoleIncomplete(f"the console has no {LIBRARY.name}/{name}: run `make setup`") from None


def index(template: str, version: str) -> bytes:
    base = f"/assets/{version}"
    preloads = "\n".join(f'<link rel="modulepreload" href="{base}/{path}">' for path in FIRST)
    return template.replace("{assets}", base).replace("{preloads}", preloads).encode()


def asset(content: bytes, content_type: str) -> Asset:
    return Asset(content_type, content, gzip.compress(content, 9, mtime=0))
