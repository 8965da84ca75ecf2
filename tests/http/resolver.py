"""A name server that says what a test wants."""

from collections.abc import Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from socialdesk.http.wire import Wire


class FixedResolver(AbstractResolver):
    """Answers every name with the same addresses, or with what a function says. Counts its questions."""

    def __init__(self, answer: list[str] | Callable[[str], list[str]]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self._answer(host) if callable(self._answer) else self._answer
        return [
            ResolveResult(hostname=host, host=address, port=port, family=0, proto=0, flags=0)  # type: ignore[typeddict-item]
            for address in addresses
        ]

    async def close(self) -> None:
        return None


def wire_with(resolver: FixedResolver, **options: Any) -> Callable[[], Wire]:
    """A maker of connection pools that ask this resolver."""
    return lambda: Wire(options.get("also_trusted"), lambda: resolver, options.get("ssl_context"))
