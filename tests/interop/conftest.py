"""Servers and keyrings that the interop tests share. `SOCIALDESK_INTEROP` names the folder that holds them."""

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest

from socialdesk.app.engine import open_services
from socialdesk.app.profile import Profile
from socialdesk.http import Http
from socialdesk.services.bundle import Services
from socialdesk.vault import MemoryVault
from tests.interop.rigs import ghost, mastodon_mock, micropub, wordpress
from tests.interop.rigs.secret_service import SecretService
from tests.support.recorded import RecordedProgram


@pytest.fixture(scope="session")
def work() -> Path:
    folder = os.environ.get("SOCIALDESK_INTEROP", "")
    if not folder:
        pytest.skip("SOCIALDESK_INTEROP names no folder; `make interop` does it all")
    return Path(folder)


@pytest.fixture(scope="session")
def blog(work: Path) -> Iterator[wordpress.Blog]:
    try:
        yield wordpress.start(work)
    finally:
        wordpress.stop(work)


@pytest.fixture(scope="session")
def ghost_site(work: Path) -> Iterator[ghost.Site]:
    try:
        yield ghost.start(work)
    finally:
        ghost.stop(work)


@pytest.fixture(scope="session")
def own_site(work: Path) -> Iterator[micropub.Site]:
    try:
        yield micropub.start(work)
    finally:
        micropub.stop(work)


@pytest.fixture(scope="session")
def instance(work: Path) -> Iterator[mastodon_mock.Instance]:
    try:
        yield mastodon_mock.start(work)
    finally:
        mastodon_mock.stop(work)


@pytest.fixture(scope="session")
def keyring(work: Path) -> Iterator[Mapping[str, str]]:
    """The environment of programs that use a real, unlocked keyring."""
    service = SecretService(work, "shared")
    service.forget()
    try:
        yield service.start()
    finally:
        service.stop()


@pytest.fixture
def program(tmp_path: Path, keyring: Mapping[str, str]) -> RecordedProgram:
    return RecordedProgram(tmp_path, keyring)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http.create()
    yield http
    await http.aclose()


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with open_services(Profile.choose(tmp_path / "profile"), MemoryVault()) as services:
        yield services
        await services.publishing.stop()


@pytest.fixture
def picture_file(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a picture file by name."""
    from socialdesk.practice.pictures import picture

    def make(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(picture(name, 640, 360))
        return path

    return make
