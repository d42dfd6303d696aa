"""Configuration files: YAML 1.2, the environment's secrets, and errors that name file, line and path."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.configuration_file import FileUnusable, read_file


def file_of(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text, "utf-8")
    return path


def test_only_true_and_false_are_booleans(tmp_path: Path) -> None:
    text = "account: shop\na: yes\nb: off\nc: true\nd: no\ne: null\nf: 012\ng: 1.5\nh: '5'\n"
    content = read_file(file_of(tmp_path, text)).content
    assert content == {
        "account": "shop",
        "a": "yes",
        "b": "off",
        "c": True,
        "d": "no",
        "e": None,
        "f": 12,
        "g": 1.5,
        "h": "5",
    }
    assert {type(value) for value in content.values()} == {str, bool, int, float, type(None)}


def test_variables_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "s3cret: not yaml")
    read = read_file(file_of(tmp_path, "account: shop\na: ${SHOP_TOKEN}\nb: 'x-${SHOP_TOKEN}-y'\nc: $${SHOP_TOKEN}\n"))
    assert read.content["a"] == "s3cret: not yaml"
    assert read.content["b"] == "x-s3cret: not yaml-y"
    assert read.content["c"] == "${SHOP_TOKEN}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("account: shop\na: [1,\n", "shop.yaml:3: not YAML"),
        ("account: shop\na: 1\na: 2\n", "shop.yaml:3: the key 'a' stands twice"),
        ("account: shop\nsites:\n  - name: ${NO_SUCH}\n", "shop.yaml:3: sites.0.name: the environment variable"),
        ("account: shop\na: ${NO_SUCH:-x}\n", "shop.yaml:2: a: ${NO_SUCH:-x} is not the name of a variable"),
        ("account: shop\na: ${NO_SUCH\n", "shop.yaml:2: a: ${NO_SUCH is not the name of a variable"),
        ("a: 1\naccount: ü\n", "shop.yaml:2: account: 'ü' is no name of an account"),
        ("account: Mine Shop\n", "shop.yaml:1: account: 'Mine Shop' is no name of an account"),
        ("account: a/b\n", "shop.yaml:1: account: 'a/b' is no name of an account"),
        ("account: sites\n", "shop.yaml:1: account: 'sites' is a word of the paths"),
        ("account: shop\na: 2026-11-24\n", "a: put this date in quotes"),
        ("account: shop\na: .nan\n", "a: put this float in quotes"),
        ("- a\n", "begin with `account: NAME`"),
        ("sites: []\n", "account: name the account"),
        ("", "begin with `account: NAME`"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileUnusable) as error:
        read_file(file_of(tmp_path, text))
    assert said in str(error.value)
    assert "shop.yaml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_key_that_stands_twice_shows_neither_value(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable) as error:
        read_file(file_of(tmp_path, "account: shop\nsecret: first\nsecret: second\n"))
    assert "first" not in str(error.value)
    assert "second" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match="cannot be read"):
        read_file(tmp_path / "nothing.yaml")


def test_a_path_of_the_content_has_a_line(tmp_path: Path) -> None:
    text = "account: shop\nsites:\n  - name: a\n    url: x\n  - {name: b, url: y}\n"
    read = read_file(file_of(tmp_path, text))
    assert read.place("sites.0.url").endswith("shop.yaml:4: sites.0.url")
    assert read.place("sites.1.url").endswith("shop.yaml:5: sites.1.url")
    assert read.place("sites.1.timeout_seconds").endswith("shop.yaml:5: sites.1.timeout_seconds")
    assert read.place("nothing").endswith("shop.yaml:1: nothing")


def test_aliases_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    lines = ["account: shop", "x0: &a0 [lol]"]
    lines += [f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(FileUnusable, match="unfold to more than 1,000,000 values"):
        read_file(file_of(tmp_path, "\n".join(lines)))
    assert read_file(file_of(tmp_path, "account: shop\na: &one [1]\nb: *one\n")).content["b"] == [1]
