"""Writes a configuration as the YAML that `configuration_file` reads: to the letter what was written is read."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

__all__ = ["END", "ENDS", "yaml_of"]

WIDTH = 120
END = "# end"
ENDS = "# The last line is `# end`: without it this file was cut off, and is not applied."


def yaml_of(content: dict[str, Any]) -> str:
    """The text; `${` in a value becomes `$${`, which stands for itself."""
    yaml = YAML(typ="rt")
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(escaped(content), out)
    return out.getvalue()


def escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: escaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [escaped(item) for item in value]
    if not isinstance(value, str):
        return value
    text = value.replace("${", "$${")
    # A quoted form for what YAML would fold, trim or take for something else.
    return text if text.isascii() and text.isprintable() and text == text.strip() else DoubleQuotedScalarString(text)
