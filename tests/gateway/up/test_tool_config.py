"""What Apache's own tools are told of a login: read back as java.util.Properties and JAAS would."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway.up.tool_config import escaped, passed_on, properties, quoted
from schemas.settings import Settings


def unescaped(text: str) -> str:
    """As Properties.load reads a value that has only \\uXXXX escapes."""
    units = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16")


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_value_is_read_back(text: str) -> None:
    line = escaped(text)
    assert line.isascii()
    assert not set(line) & set("\n\r\t\f ")
    assert unescaped(line) == text


def test_a_password_with_quotes_stays_inside_of_them() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


def test_the_file_is_in_memory_and_open_for_whoever_comes_next(tmp_path: Path) -> None:
    for name in ("certificate", "key"):
        (tmp_path / name).write_text(f"{name}\nof two lines\n")
    settings = Settings.model_validate(
        {
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "SCRAM-SHA-512",
            "kafka_sasl_username": "u",
            "kafka_sasl_password": "p4ss",
            "kafka_ssl_ca_location": "/ca.pem",
            "kafka_ssl_certificate_location": str(tmp_path / "certificate"),
            "kafka_ssl_key_location": str(tmp_path / "key"),
        }
    )
    path = passed_on(settings)
    descriptor = int(path.rpartition("/")[2])
    try:
        assert os.get_inheritable(descriptor)
        lines = dict(line.split("=", 1) for line in Path(path).read_text("ascii").splitlines())
    finally:
        os.close(descriptor)
    assert {name: unescaped(value) for name, value in lines.items()} == dict(properties(settings))
    assert lines["ssl.truststore.location"] == "/ca.pem"
    assert "ScramLoginModule" in lines["sasl.jaas.config"]
