"""A configuration as a backup: put into an empty Hookline it is the same, secrets and their details too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.configuration_file import read_file
from gateway.cli.configuration_text import yaml_of
from tests.gateway.configured import CONFIGURED
from tests.gateway.conftest import MakeHouse
from tests.gateway.house import House

PATH = "/v1/shop/configuration"
BACKUP = "/v1/accounts/shop/backup"


def read_back(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    file = folder / "export.yaml"
    file.write_text(yaml_of(content), "utf-8")
    return read_file(file).content


def with_two_secrets(house: House) -> None:
    """The sample, and on a site a second secret whose predecessor ends."""
    house.made("PUT", PATH, CONFIGURED)
    (signed,) = [each for each in house.made("GET", "/v1/shop/sites")["items"] if each["name"] == "signed"]
    house.made("POST", f"/v1/shop/sites/{signed['id']}/secrets", {"overlap": "24h"})


def test_a_backup_put_into_an_empty_hookline_is_the_same(house: House, make_house: MakeHouse, tmp_path: Path) -> None:
    with_two_secrets(house)
    shown = house.made("GET", PATH)
    content = read_back(tmp_path, house.made("GET", BACKUP))
    empty = make_house()
    done = empty.made("PUT", PATH, content)
    assert {each["change"] for each in done["changes"]} == {"created"}
    assert empty.made("GET", PATH) == shown
    assert read_back(tmp_path, empty.made("GET", PATH)) == read_back(tmp_path, shown)
    assert {each["change"] for each in empty.made("PUT", PATH, content)["changes"]} == {"unchanged"}


def test_what_people_export_keeps_the_secrets_of_the_account_that_it_is_from(house: House, tmp_path: Path) -> None:
    with_two_secrets(house)
    content = read_back(tmp_path, house.made("GET", PATH))
    done = house.made("PUT", f"{PATH}?prune=true&state=true", content)
    assert {each["change"] for each in done["changes"]} == {"unchanged"}


def test_no_secret_is_in_clear_and_only_the_operator_has_any_form_of_it(house: House) -> None:
    with_two_secrets(house)
    backup = house.call("GET", BACKUP).body.decode()
    assert all(secret not in backup for secret in ("s3cret", "pa55word", "whsec_"))
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "k"})["key"]
    assert house.call("GET", BACKUP, key=key).status == 403
    sealed = house.made("GET", BACKUP)
    answer = house.call("PUT", PATH, {"sites": sealed["sites"]}, key=key)
    assert answer.status == 422
    assert all(path.startswith("sites.") for path in answer.paths)


@pytest.mark.parametrize(
    "broken", ["nonsense", "v1.00000000.AAAA", "v1.{key}.AAAA"]
)  # fmt: skip
def test_a_secret_that_cannot_be_opened_is_named(house: House, broken: str) -> None:
    known = house.keyring.seal(b"x").split(".")[1]
    authentication = {"type": "basic", "username": "u", "password": {"$sealed": broken.format(key=known)}}
    site = {"name": "s", "url": "https://s.example/", "authentication": authentication}
    answer = house.call("PUT", PATH, {"sites": [site]})
    assert (answer.status, answer.paths) == (422, ["sites.0.authentication.password"])


def test_a_subscription_goes_with_its_archived_site(house: House) -> None:
    house.made("PUT", PATH, CONFIGURED)
    (crm,) = [each for each in house.made("GET", "/v1/shop/sites")["items"] if each["name"] == "crm"]
    for verb in ("disable", "archive"):
        house.made("POST", f"/v1/shop/sites/{crm['id']}/{verb}")
    exported = house.made("GET", PATH)
    assert "crm" not in {each["name"] for each in exported["sites"]}
    assert {each["site"] for each in exported["subscriptions"]} == {"signed"}


TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "${HOME}",
        "$${",
        "no",
        "true",
        "1",
        "1e3",
        "~",
        "- a",
        "a: b",
        "#",
        " x ",
        "\n",
        "0x1F",
        "2026-11-24",
        "==",
        "\x7f",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_written_is_read_to_the_letter(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    content = {"account": "shop", "value": value}
    assert read_back(tmp_path_factory.getbasetemp(), content) == content
