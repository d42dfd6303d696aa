"""`hookline reprocess`: logged requests again, through today's definitions; first what would come, then a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import Account, Endpoint, Outcome, Since, Until, Yes, span

if TYPE_CHECKING:
    from gateway.cli.client import Client

__all__ = ["reprocess"]


def reprocess(  # noqa: PLR0917 - Typer passes options by name
    ids: Annotated[list[str] | None, typer.Argument(metavar="[REQUEST_ID]...", help="or choose by the options")] = None,
    account: Account = "",
    outcome: Outcome = "",
    endpoint: Endpoint = "",
    since: Since = "",
    until: Until = "",
    include_accepted: Annotated[bool, typer.Option(help="also those that gave an event already")] = False,
    dry_run: Annotated[bool, typer.Option(help="only say what would come of it")] = False,
    yes: Yes = False,
) -> None:
    """Run logged requests again, through today's definitions; those that gave an event are left out."""
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client

    asked = {"outcome": outcome, "endpoint": endpoint}
    chosen = {name: value for name, value in asked.items() if value} | span(since, until)
    if bool(ids) == bool(chosen):
        raise typer.BadParameter("name requests, or choose them by --outcome, --endpoint, --since, --until")
    client = Client.from_environment()
    path = f"{path_of(account_of(client, account))}/incoming-log/reprocess"
    sent: dict[str, Any] = {"request_ids": ids} if ids else {"filter": chosen}
    sent["include_accepted"] = include_accepted
    would = run(client, path, sent | {"dry_run": True})
    typer.echo(f"would be: {summary(would)}")
    for item in would["items"]:
        typer.echo(line_of(item))
    if dry_run or not would["outcomes"] or not (yes or typer.confirm("run them?")):
        return
    done = run(client, path, sent)
    typer.echo(f"{summary(done)} (run {done['run_id']})")


def run(client: Client, path: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Run them, or try to; more than one answer holds are a job, which is waited for. Ctrl-C leaves it running."""
    from gateway.cli.watching import watch

    answer: dict[str, Any] = client.call("POST", path, sent)
    if "state" not in answer:
        return answer
    one = f"{path.removesuffix('incoming-log/reprocess')}jobs/{answer['id']}"
    try:
        job = watch(client, one, answer, lambda each: int(each["reached"]), "requests")
    except KeyboardInterrupt:
        typer.echo(f"run {answer['id']} goes on", err=True)
        raise typer.Exit(130) from None
    if job["state"] != "done":
        typer.echo(f"run {job['id']} {job['state']}: {job['error'] or summary(job)}", err=True)
        raise typer.Exit(1)
    return job | {"run_id": job["id"]}


def summary(answer: dict[str, Any]) -> str:
    """Counts, in words."""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in answer["outcomes"].items()) or "nothing"
    left = answer["left_out"]
    words = {
        "gave_an_event": "gave an event",
        "not_whole": "not whole in the log",
        "no_definition": "no definition",
        "unreadable": "sealed with a key that is gone",
    }
    out = ", ".join(f"{left[name]} {word}" for name, word in words.items() if left[name])
    return outcomes + (f"; left out: {out}" if out else "")


def line_of(item: dict[str, Any]) -> str:
    """One request, and why it becomes no event."""
    error = item["error"] or {}
    why = f"  {error.get('path') or error.get('code')}: {error.get('message')}" if error else ""
    return f"{item['request_id']}  {item['outcome']:<9}  {item['customer'] or '-'}{why}"
