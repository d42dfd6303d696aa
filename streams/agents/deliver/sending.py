"""Sending: takes messages from their lanes, finds the address, makes the request, hands the answer on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, assert_never

from schemas.records import AttemptError
from streams.agents.deliver.admission import Admission
from streams.agents.deliver.breakers import Breakers
from streams.agents.deliver.disabling import GONE, Disabling
from streams.agents.deliver.ordering import Ordering
from streams.agents.deliver.settling import Settling
from streams.agents.deliver.work import Work
from streams.core.answer import Answer, Fault, Request
from streams.core.dialling import address_for, unresolved
from streams.core.lanes import Lanes
from streams.core.sending import End, Fail, Park, Send, Sites, SiteView, step_for
from streams.core.succession import Turn
from streams.edges.clock import now_ms, steady
from streams.edges.loop import Loop, Timer

__all__ = ["Client", "Names", "Permits", "Sending"]


class Client(Protocol):
    """Whoever makes requests."""

    def start(self, request: Request, ip: str, then: Callable[[Answer], None]) -> Callable[[], None]:
        """Begin one; answers what breaks it off, so that `then` is not called."""


class Names(Protocol):
    """Whoever resolves names."""

    def known(self, host: str) -> tuple[str, ...] | None:
        """Its addresses as far as they are known already; None: it has to be resolved."""

    def resolve(self, host: str, then: Callable[[tuple[str, ...]], None]) -> None: ...
    def forget(self, host: str, then: Callable[[tuple[str, ...]], None]) -> None: ...


class Permits(Protocol):
    """Whoever knows which addresses may be used."""

    def permits(self, ip: str, port: int) -> bool: ...


@dataclass(slots=True, eq=False)
class _Try:
    """One attempt on its way to an answer."""

    work: Work
    site: SiteView
    request: Request
    began_at: int  # ms
    began: float = 0.0  # seconds of the steady clock, where a look-up has to be waited for
    looked_up: int | None = None  # microseconds
    timer: Timer | None = None
    over: bool = False  # its look-up
    break_off: Callable[[], None] | None = None  # its request

    @property
    def took(self) -> int:
        """Microseconds until now."""
        return round((steady() - self.began) * 1_000_000) if self.began else 0


class Sending:
    """From a lane to an answer.

    Args:
        loop: for the time that a look-up may take.
        client, names, guard: the world outside.
        sites: as they are now.
        lanes: where messages wait.
        settling: what comes after an answer.
        user_agent: how we present ourselves.
        congested: whether so much is unacknowledged that nothing new should be begun.
        expiry: seconds after which a message that was parked is not parked again.
        max_postpone: seconds after which a message that was held back fails.
        admission: where messages go that are held back.
        breakers, disabling: are told of answers, and say what is held back.
        ordering: says whose turn it is.
    """

    def __init__(
        self,
        *,
        loop: Loop,
        client: Client,
        names: Names,
        guard: Permits,
        sites: Sites,
        lanes: Lanes[Work],
        settling: Settling,
        user_agent: str,
        congested: Callable[[], bool],
        expiry: float,
        max_postpone: float,
        admission: Admission,
        breakers: Breakers,
        disabling: Disabling,
        ordering: Ordering,
    ) -> None:
        self._ordering = ordering
        self._strict: dict[Work, _Try] = {}  # in flight, of those whose order matters
        self._admission, self._breakers, self._disabling = admission, breakers, disabling
        self._max_postpone = round(max_postpone * 1000)
        self._loop, self._client, self._names, self._guard = loop, client, names, guard
        self._sites, self._lanes, self._settling, self._user_agent = sites, lanes, settling, user_agent
        self._congested, self._expiry = congested, round(expiry * 1000)

    def pump(self) -> None:
        """Begin whatever may begin now."""
        self._ordering.resume()
        while not self._congested() and (work := self._lanes.take()) is not None:
            self._begin(work)

    def _begin(self, work: Work) -> None:
        site = self._sites.find(work.delivery.account, work.delivery.site_id)
        now = now_ms()
        expired = work.parked_at is not None and work.parked_at + self._expiry <= now
        step = step_for(site, work.delivery, now, self._user_agent, expired=expired)
        if isinstance(step, Send | Fail) and not self._has_turn(work):
            return
        match step:
            case Send():
                if self._is_tried(work, step.site, now):
                    self._look_up(_Try(work, step.site, step.request, now))
                    return
            case Fail():
                self._settling.answered(work, step.site, None, failed(step.fault, now_ms(), 0))
            case Park():
                self._settling.park(work, step.cause)
            case End():
                self._settling.ended(work, step.site, step.fault)
            case _:
                assert_never(step)
        self._lanes.release(work.lane)

    def _has_turn(self, work: Work) -> bool:
        """Whether no older one has to go first; else it is seen to."""
        match turn := self._ordering.asks(work):
            case Turn.GO:
                return True
            case Turn.HOLD:
                self._ordering.hold(work)
            case Turn.PARK:
                self._admission.park_behind(work)
                self._lanes.release(work.lane)
            case _:
                assert_never(turn)
        return False

    def break_off(self, which: Callable[[Work], bool]) -> None:
        """End requests of strict sites that are another courier's now, so that none arrives behind those it makes."""
        for work in [work for work in self._strict if which(work)]:
            attempt = self._strict.pop(work)
            self._stop_look_up(attempt)
            if attempt.break_off is not None:
                attempt.break_off()
            self._give_up(attempt)

    def _stop_look_up(self, attempt: _Try) -> None:
        attempt.over = True
        if attempt.timer is not None:
            attempt.timer.cancel()

    def _give_up(self, attempt: _Try) -> None:
        self._lanes.release(attempt.work.lane)
        self._settling.forget(attempt.work)

    def _is_tried(self, work: Work, site: SiteView, now: int) -> bool:
        """Whether it is sent now; else it is seen to."""
        if self._disabling.asked(site):
            self._settling.park(work, "site_inactive")
            return False
        if (until := self._breakers.tries(site, now)) is None:
            return True
        since = now if work.postponed_since is None else work.postponed_since
        if now - since >= self._max_postpone:
            fault = Fault(AttemptError.POSTPONED_TOO_LONG, "the site kept failing, and it was held back for too long")
            self._settling.ended(work, site, fault)
        else:
            self._admission.postpone(work, site, min(until, since + self._max_postpone))
        return False

    def _look_up(self, attempt: _Try) -> None:
        host = attempt.request.destination.host
        if attempt.work.order is not None:
            self._strict[attempt.work] = attempt
        if (known := self._names.known(host)) is not None:
            self._dial(attempt, known)
            return
        attempt.began = steady()

        def found(addresses: tuple[str, ...]) -> None:
            self._found(attempt, addresses)

        def late() -> None:
            self._names.forget(host, found)
            self._not_found(attempt)

        self._names.resolve(host, found)
        if not attempt.over:
            attempt.timer = self._loop.after(attempt.request.timeout, late)

    def _not_found(self, attempt: _Try) -> None:
        attempt.over = True
        self._fail(attempt, unresolved(attempt.request))

    def _found(self, attempt: _Try, addresses: tuple[str, ...]) -> None:
        if attempt.over:
            return
        attempt.over = True
        if attempt.timer is not None:
            attempt.timer.cancel()
            attempt.looked_up = attempt.took
        if not attempt.work.live:
            self._strict.pop(attempt.work, None)
            self._give_up(attempt)
            return
        self._dial(attempt, addresses)

    def _dial(self, attempt: _Try, addresses: tuple[str, ...]) -> None:
        chosen = address_for(attempt.request, addresses, self._guard.permits)
        if isinstance(chosen, Fault):
            self._fail(attempt, chosen)
            return
        break_off = self._client.start(attempt.request, chosen, partial(self._answered, attempt))
        if attempt.work.order is not None:  # of the others it would only be a cycle for the garbage collector
            attempt.break_off = break_off

    def _fail(self, attempt: _Try, fault: Fault) -> None:
        self._answered(attempt, failed(fault, attempt.began_at, attempt.took))

    def _answered(self, attempt: _Try, answer: Answer) -> None:
        if attempt.work.order is not None:
            self._strict.pop(attempt.work, None)
            attempt.break_off = None
        if attempt.looked_up is not None:
            answer = replace(answer, timings=replace(answer.timings, dns=attempt.looked_up))
        now = now_ms()
        self._breakers.answered(attempt.site, attempt.work.delivery.delivery_id, answer, now)
        if answer.status == GONE and answer.fault is None:
            self._disabling.gone(attempt.site, now)
        self._lanes.release(attempt.work.lane)
        self._settling.answered(attempt.work, attempt.site, attempt.request, answer)


def failed(fault: Fault, began_at: int, took: int) -> Answer:
    return Answer(began_at=began_at, duration_us=took, fault=fault)
