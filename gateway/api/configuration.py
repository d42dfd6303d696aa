"""The whole configuration of an account: exported by name, applied as one change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.api.accounts import account_item
from gateway.api.answers import Answer
from gateway.api.applying import SECTIONS, Applied, How, plan
from gateway.api.changing import Changer, Item
from gateway.api.checks import Checks
from gateway.api.kinds import SITES, SUBSCRIPTIONS, Kind
from gateway.api.operations import Call
from gateway.api.problems import invalid, missing
from schemas.definitions.forms import State
from schemas.definitions.secrets import mask
from schemas.errors import ConfigurationRefused, FieldError
from streams.core.configuration import AccountState, Entity

__all__ = ["AccountConfiguration"]


@dataclass(frozen=True, slots=True)
class AccountConfiguration:
    """The handlers of `/configuration`."""

    changer: Changer
    checks: Checks
    on_applied: Callable[[], None]  # whoever waits for a configuration to be in effect

    async def export(self, call: Call) -> Answer:
        """What is there, in the shape that apply takes; archived things are left out, secrets are dots."""
        state = self.changer.configuration.account(call.account)
        if state is None:
            raise missing()
        sections = {section: exported(state, kind, mask) for section, kind in SECTIONS.items()}
        return Answer({"account": call.account, **sections})

    async def back_up(self, call: Call) -> Answer:
        """The same with secrets as the log has them: whoever has the secret key, and only he, can put them back."""
        state = self.changer.configuration.account(call.account)
        if state is None:
            raise missing()
        sections = {section: exported(state, kind, dict) for section, kind in SECTIONS.items()}
        return Answer({"account": call.account, **sections})

    async def apply(self, call: Call) -> Answer:
        """Make what differs, all or nothing; with `dry_run` only say what that would be."""
        named = call.body.get("account") if isinstance(call.body, dict) else None
        if named not in (None, call.account):
            raise invalid([FieldError("account", f"the path says {call.account}")])
        state = self.changer.configuration.account(call.account)
        account = [] if state else [account_item(call.account, self.changer.now())]
        by_operator = call.caller is not None and call.caller.account is None
        how = How(prune=call.query.prune, state=call.query.state, sealed=by_operator)
        found = plan(call.body, state or AccountState(call.account), self.changer, self.checks, how)
        try:
            position = await self._make(call, [*account, *(item for item, _ in found.items)])
        except ConfigurationRefused as refused:
            raise placed(refused, len(account), [each for _, each in found.items]) from None
        named = (*found.applied, *found.pruned)
        changes = [{"kind": each.section, "name": each.name, "change": each.change} for each in named]
        if not call.query.dry_run:
            self.on_applied()
        if account:
            changes.insert(0, {"kind": "account", "name": call.account, "change": "created"})
        return Answer({"changes": changes, "dry_run": call.query.dry_run, "position": position})

    async def _make(self, call: Call, items: list[Item]) -> int:
        if not call.query.dry_run:
            return await self.changer.change(call.account, call.author, items)
        self.changer.preview(call.account, call.author, items)
        return self.changer.configuration.offset


def exported(state: AccountState, kind: Kind, shown: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
    """One section, as `shown` shows secrets; a subscription names its site, and goes with it when that is archived."""
    living = [each.body for each in state.of(kind.entity).values() if each.body is not None and lives(each)]
    if kind is not SUBSCRIPTIONS:
        return [shown(body) for body in living]
    sites = {site.id: site.body["name"] for site in state.of(SITES.entity).values() if site.body and lives(site)}
    return [by_site_name(body, sites[body["site_id"]]) for body in living if body["site_id"] in sites]


def lives(entity: Entity) -> bool:
    return entity.state != State.ARCHIVED.value


def by_site_name(body: dict[str, Any], site: str) -> dict[str, Any]:
    return {("site" if name == "site_id" else name): site if name == "site_id" else body[name] for name in body}


def placed(refused: ConfigurationRefused, before: int, items: list[Applied]) -> ConfigurationRefused:
    """The refusal with paths into what was sent instead of into the change."""

    def path(inner: str) -> str:
        _, number, *rest = inner.split(".")
        return ".".join([items[int(number) - before].path, *rest]) if int(number) >= before else "account"

    return ConfigurationRefused(
        refused.code, tuple(FieldError(path(error.path), error.message) for error in refused.errors)
    )
