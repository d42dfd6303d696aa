"""Figures that are looked up when Prometheus asks, and who sees which accounts there are."""

from __future__ import annotations

import re

from tests.gateway.folded import fold
from tests.gateway.house import OPERATOR, House
from tests.projections.records import a_delivery, a_message

WAITED = re.compile(r'hookline_oldest_undelivered_seconds{account="(.*)"} (\S+)')


def waited(house: House, key: str | None) -> dict[str, float]:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    text = house.send("GET", "/metrics", headers=headers).body.decode()
    return {account: float(seconds) for account, seconds in WAITED.findall(text)}


def test_only_the_operator_sees_which_accounts_there_are(house: House) -> None:
    house.made("PUT", "/v1/accounts/other")
    for number, account in enumerate(("shop", "other")):
        site = house.made("POST", f"/v1/{account}/sites", {"name": "crm", "url": "https://crm.example/"})["id"]
        waiting = a_delivery(delivery_id=f"dlv_{number}", account=account, site_id=site)
        fold(house, a_message(waiting, offset=number))
    by_account = waited(house, OPERATOR)
    assert by_account.keys() == {"shop", "other"}
    key = house.made("POST", "/v1/accounts/shop/keys", {"name": "till"})["key"]
    for nobody in (None, key, "hk_wrong"):
        assert waited(house, nobody) == {"": max(by_account.values())}
    assert waited(house, OPERATOR) == by_account
