"""The lines of all children on one terminal: each with its role in front, in a colour of its own.

Lines that are JSON for machines pass as they are.
"""

from __future__ import annotations

import os
import sys

__all__ = ["Console"]

COLOURS = (36, 32, 33, 35, 34, 95, 96)


class Console:
    """Writes lines; whole ones, so that two roles never mix."""

    def __init__(self, names: tuple[str, ...], *, plain: bool = False) -> None:
        self.plain = plain
        self.width = max(map(len, ("hookline", *names)))
        coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.colours = dict(zip(names, COLOURS, strict=False)) if coloured else {}

    def say(self, who: str, line: str) -> None:
        """Write one line of one role; our own is for people, and goes to standard error where lines are JSON.

        Nobody's line (`who` empty) stands alone, to be copied.
        """
        if not who:
            sys.stdout.write(f"{line}\n")
        elif self.plain:
            (sys.stderr if who == "hookline" else sys.stdout).write(f"{line}\n")
        else:
            sys.stdout.write(f"{self._name(who)} | {line}\n")
        sys.stdout.flush()

    def _name(self, who: str) -> str:
        name = who.ljust(self.width)
        return f"\x1b[{self.colours[who]}m{name}\x1b[0m" if who in self.colours else name
