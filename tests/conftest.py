"""Strictness for every test: stray log records fail it, no real keyring, no window on a screen."""

import gc
import logging
import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def pytest_collection_finish() -> None:
    """What imports and collecting made stays: no collection of garbage looks through it again, test by test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def fail_on_stray_log(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """A WARNING or worse that no test expects is a failure; `@pytest.mark.expects_log` allows it."""
    yield
    if request.node.get_closest_marker("expects_log"):
        return
    stray = [r for phase in ("setup", "call") for r in caplog.get_records(phase) if r.levelno >= logging.WARNING]
    assert not stray, "unexpected log records: " + "; ".join(f"{r.name}: {r.getMessage()}" for r in stray)
