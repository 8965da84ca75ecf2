"""How an address is reached: directly or through a proxy."""

import asyncio
import urllib.request
from urllib.parse import urlsplit

from socialdesk.core.errors import InputError, Rejected, Unreachable
from socialdesk.http.guard import is_literal, is_loopback, is_private
from socialdesk.http.names import look_up
from socialdesk.http.values import ProxySettings

_LOOKUP_S = 5.0
_SPOKEN = ("http", "https")


def check_proxy(url: str) -> str:
    """A proxy address as a person typed it, made complete. Raises `InputError`."""
    text = url.strip()
    complete = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(complete)
        usable = parts.scheme.casefold() in _SPOKEN and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError("This proxy address cannot be used.", "Type it like http://proxy.example:3128.")
    return complete


class Proxies:
    """Chooses the proxy for each address. This machine's loopback is always reached directly.

    "system" means HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, and on macOS and Windows the system's settings.
    They are read once; `forget` reads them again (after sleep or a change of network).
    """

    def __init__(self, settings: ProxySettings) -> None:
        self._settings = settings
        self._system: dict[str, str] | None = None
        self._bypassed: dict[str, bool] = {}

    def forget(self) -> None:
        self._system = None
        self._bypassed.clear()

    def describe(self) -> str:
        """For `doctor`: the hosts of the proxies, never their passwords."""
        if self._settings.mode == "none":
            return "none"
        if self._settings.mode == "manual":
            return f"manual: {_host_of(self._settings.url)}"
        known = {scheme: url for scheme, url in self._from_system().items() if scheme != "no"}
        return "system: " + (", ".join(f"{s} {_host_of(u)}" for s, u in sorted(known.items())) or "none")

    async def for_address(self, scheme: str, host: str) -> str:
        """The proxy's address, or "" for a direct connection. Raises `Unreachable` (proxy) for one we cannot speak."""
        if is_loopback(host) or self._settings.mode == "none":
            return ""
        if self._settings.mode == "manual":
            return _spoken(self._settings.url)
        system = self._from_system()
        url = system.get(scheme) or system.get("all", "")
        if not url or await self._is_bypassed(host):
            return ""
        return _spoken(url)

    def _from_system(self) -> dict[str, str]:
        if self._system is None:
            self._system = urllib.request.getproxies()
        return self._system

    async def _is_bypassed(self, host: str) -> bool:
        known = self._bypassed.get(host)
        if known is None:
            # on macOS and Windows it may ask the name server
            known = self._bypassed[host] = bool(await asyncio.to_thread(urllib.request.proxy_bypass, host))
        return known


async def refuse_private_behind_proxy(host: str, port: int) -> None:
    """The address guard where a proxy connects for us. Raises `Rejected` (private_address).

    Literal addresses are judged as they are, names by what they resolve to here. A name that only the proxy can
    resolve is left to the proxy, and so is an answer that changes between the two look-ups: without the proxy's help
    nobody can see where it connects to.
    """
    if is_literal(host):
        addresses = [host]
    else:
        try:
            async with asyncio.timeout(_LOOKUP_S):
                addresses = [address for _, address in await look_up(host, port)]
        except (OSError, TimeoutError):
            return
    if any(is_private(address) for address in addresses):
        raise Rejected(f"{host}: content may not lead to a private address", reason="private_address")


def _spoken(url: str) -> str:
    try:
        return check_proxy(url)
    except InputError as error:
        raise Unreachable(f"the proxy {_host_of(url)} cannot be used", reason="proxy") from error


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "unreadable"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
