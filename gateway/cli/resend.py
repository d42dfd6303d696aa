"""`hookline resend`: one attempt's message, or all that a filter selects: counted, confirmed, sent with progress."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from gateway.cli.options import Account, Action, Code, Customer, ErrorWord, Since, Site, Status, Until, Yes, span

if TYPE_CHECKING:
    from gateway.cli.client import Client

__all__ = ["resend", "resends"]

resends = typer.Typer(help="Resends of many: list, cancel.", invoke_without_command=True)


def resend(
    attempt: Annotated[str, typer.Argument(metavar="[ATTEMPT_ID]", help="one message, by an attempt of it")] = "",
    *,
    account: Account = "",
    status: Status = "",
    site: Site = "",
    customer: Customer = "",
    action: Action = "",
    code: Code = "",
    error: ErrorWord = "",
    since: Since = "",
    until: Until = "",
    rate: Annotated[int, typer.Option(min=1, max=1000, help="messages a second")] = 100,
    include_done: Annotated[bool, typer.Option(help="also what was delivered meanwhile")] = False,
    dry_run: Annotated[bool, typer.Option(help="count, and send nothing")] = False,
    yes: Yes = False,
) -> None:
    """Send messages again: the same content, the same webhook-id, with retries from the start."""
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client
    from gateway.cli.log import filters

    client = Client.from_environment()
    whose = account_of(client, account)
    base = path_of(whose)
    given = {"status": status, "customer": customer, "action": action, "response_code": code, "error": error}
    times = span(since, until)
    if attempt:
        refuse_filters(site, *given.values(), *times.values())
        done = client.call("POST", f"{base}/webhook-log/{quote(attempt, safe='')}/resend")
        typer.echo("\n".join(done["attempt_ids"]))
        return
    wanted = filters(client, whose, site, **given, **times)
    counted = client.call("POST", f"{base}/resends", {"filter": wanted, "dry_run": True, "skip_done": not include_done})
    typer.echo("\n".join(words_of(counted)), err=True)
    if dry_run or not counted["count"]:
        typer.echo(str(counted["count"]))
        return
    confirm(counted["count"], yes=yes)
    job = client.call("POST", f"{base}/resends", {"token": counted["token"], "rate": rate})
    sys.exit(watched(client, f"{base}/resends/{job['id']}", job))


def refuse_filters(*given: str) -> None:
    if any(given):
        raise typer.BadParameter("name an attempt, or filters, not both", param_hint="ATTEMPT_ID")


def words_of(counted: dict[str, Any]) -> list[str]:
    """What would be sent, for whoever is to agree."""
    codes = ", ".join(f"{count:,} x {code}" for code, count in sorted(counted["by_code"].items()))
    found = [f"{counted['count']:,} messages match" + (f" ({codes})" if codes else "")]
    notes = {
        "already_done": "delivered meanwhile",
        "pending": "have a retry waiting, which this takes the place of",
        "skipped": "cannot be sent again: expired, or their site is archived",
    }
    return found + [f"  {counted[name]:,} {words}" for name, words in notes.items() if counted[name]]


def confirm(count: int, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here: say --yes, or --dry-run", param_hint="--yes")
    typer.confirm(f"Send {count:,} messages again?", abort=True)


def watched(client: Client, path: str, job: dict[str, Any]) -> int:
    """Show how a job goes on until it has ended; the exit code. Ctrl-C leaves it running."""
    from gateway.cli.watching import watch

    try:
        job = watch(client, path, job, lambda each: int(each["sent"] + each["failed"]), "messages")
    except KeyboardInterrupt:
        typer.echo(f"it goes on; `hookline resends cancel {job['id']}` ends it", err=True)
        return 130
    typer.echo(f"{job['id']} {job['state']}: {job['sent']:,} sent, {job['failed']:,} could not be sent")
    return 0 if job["state"] == "done" and not job["failed"] else 1


@resends.callback()
def list_resends(context: typer.Context, account: Account = "") -> None:
    """Show the latest resends of many."""
    if context.invoked_subcommand is not None:
        return
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client
    from gateway.cli.outgoing_tables import jobs_table, show

    client = Client.from_environment()
    whose = account_of(client, account)
    show(jobs_table(client.call("GET", f"{path_of(whose)}/resends")["items"]))


@resends.command()
def cancel(job: Annotated[str, typer.Argument(metavar="RESEND_ID")], account: Account = "") -> None:
    """Send no more of a resend."""
    from gateway.cli.accounts import account_of, path_of
    from gateway.cli.client import Client

    client = Client.from_environment()
    whose = account_of(client, account)
    client.call("POST", f"{path_of(whose)}/resends/{quote(job, safe='')}/cancel")
