"""Disabling: a site that answers 410 is gone for good, so it is made inactive, and its messages are parked.

A change like anybody's: the fold takes it if the site is still as it was when the answer came.
"""

from __future__ import annotations

import structlog

from schemas.codec import encode
from schemas.definitions.forms import State
from schemas.json_text import dump
from schemas.records import Change, ChangeItem, EntityKind
from streams.agents.deliver.rejecting import Writer
from streams.core.sending import SiteView

__all__ = ["GONE", "Disabling"]

GONE = 410  # RFC 9110, 15.5.11
AUTHOR = "courier"
log = structlog.get_logger("courier")


class Disabling:
    """Writes the changes; `topic` is `config`."""

    def __init__(self, writer: Writer, topic: str) -> None:
        self._writer, self._topic = writer, topic
        self._asked: dict[tuple[str, str], int] = {}  # site -> its revision that was gone

    def asked(self, site: SiteView) -> bool:
        """Whether this revision is about to be disabled."""
        return self._asked.get((site.entity.account, site.entity.id)) == site.entity.revision

    def gone(self, site: SiteView, now: int) -> None:
        """It answered so; `now` in milliseconds."""
        entity = site.entity
        if not site.active or self.asked(site):
            return
        self._asked[entity.account, entity.id] = entity.revision
        log.warning("a site is gone and will be disabled", account=entity.account, site=site.name)
        item = ChangeItem(
            kind=EntityKind.SITE,
            id=entity.id,
            base_revision=entity.revision,
            body=dump({**(entity.body or {}), "state": State.INACTIVE.value}),
        )
        change = Change(
            id=f"chg_gone_{entity.id}_{entity.revision}", account=entity.account, author=AUTHOR, at=now, items=[item]
        )
        self._writer.write(self._topic, 0, entity.account.encode(), encode(change), lambda _: None)
