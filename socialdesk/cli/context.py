"""What every command shares: the profile, the output, and running one job on the services to its end."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
import typer

from socialdesk.app.engine import open_services
from socialdesk.app.logs import log_to_file
from socialdesk.app.profile import Profile
from socialdesk.core.errors import InputError, SocialDeskError
from socialdesk.services.bundle import Services
from socialdesk.ui.words import sentence_of

T = TypeVar("T")
COULD_NOT, WRONG_USE, INTERRUPTED = 1, 2, 130


@dataclass(frozen=True, slots=True)
class Shell:
    """One run of the command line."""

    profile: Profile

    def run(self, job: Callable[[Services], Awaitable[T]]) -> T:
        """Runs `job` to its end with open services; a failure becomes a sentence on standard error and status 1."""
        try:
            return asyncio.run(self._run(job))
        except InputError as error:
            fail(f"{error.sentence} {error.fix}".strip())
        except SocialDeskError as error:
            fail(sentence_of(error))
        except KeyboardInterrupt:
            say("Stopped.")
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            fail(f"The profile folder cannot be used: {error.strerror or error}.")

    async def _run(self, job: Callable[[Services], Awaitable[T]]) -> T:
        self.profile.make()
        log_to_file(self.profile)
        async with open_services(self.profile) as services:
            return await job(services)


def shell_of(ctx: typer.Context) -> Shell:
    shell = ctx.find_object(Shell)
    return shell if shell is not None else Shell(Profile.choose())


def say(text: str) -> None:
    """Messages go to standard error, so that standard output holds results only."""
    typer.echo(text, err=True)


def fail(text: str) -> NoReturn:
    say(text)
    raise typer.Exit(COULD_NOT)


def show(value: Any, *, as_json: bool, lines: Callable[[], list[str]]) -> None:
    """One JSON document, or lines for a person."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
    else:
        for line in lines():
            typer.echo(line)


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror or error}.")


Json = typer.Option("--json", help="One JSON document on standard output, nothing else there.")
