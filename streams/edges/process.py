"""What a courier asks of its process: enough open files, and a garbage collector that seldom looks."""

from __future__ import annotations

import gc
import resource

from schemas.errors import HooklineError

__all__ = ["look_for_garbage_seldom", "raise_descriptor_limit"]

SPARE_DESCRIPTORS = 256
YOUNG = 50_000  # objects that are made and kept between two looks of the garbage collector


def look_for_garbage_seldom() -> None:
    """Messages under way are many and make no cycles: by default, a fifth of all time went into looking at them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


def raise_descriptor_limit(most: int) -> None:
    """Allow as many open files as the caps need.

    Raises:
        HooklineError: the system does not allow them.
    """
    needed = 2 * most + SPARE_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise HooklineError(
            f"HOOKLINE_MAX_IN_FLIGHT={most} needs {needed} open files and this system allows {hard}; "
            "lower it, or raise the limit (ulimit -n)"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
