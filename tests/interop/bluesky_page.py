"""The sign-in page of the real Bluesky server, used as its own script in the browser uses it."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialdesk.http import Http, Response

API = "/@atproto/oauth-provider/~api"
_COOKIE = re.compile(r"(?:^|, )([A-Za-z-]+)=([^;,]+)")
_NAVIGATES = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none"}


class Page:
    """A browser that was sent to `url`."""

    def __init__(self, http: Http, url: str) -> None:
        self._http = http
        self._url = url
        parts = urlsplit(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._cookies: dict[str, str] = {}

    async def open(self) -> str:
        """The page's HTML."""
        page = self._heard(await self._http.request("GET", self._url, headers=_NAVIGATES))
        assert page.status == 200, page.text()[:500]
        return page.text()

    async def agree(self, handle: str, password: str) -> dict[str, str]:
        """Signs in and allows; what the browser brings back to the program."""
        form = {"locale": "en", "username": handle, "password": password, "remember": False}
        entered = await self._ask("sign-in", form)
        token = entered.get("ephemeralToken", "")
        return await self._back(await self._ask("consent", {"did": entered["account"]["did"]}, token))

    async def refuse(self) -> dict[str, str]:
        return await self._back(await self._ask("reject", {}))

    async def _ask(self, what: str, body: dict[str, object], token: str = "") -> dict[str, Any]:
        headers = {
            "origin": self._origin,
            "referer": self._url,
            "cookie": self._cookie(),
            "x-csrf-token": self._cookies["csrf-token"],
            "sec-fetch-mode": "same-origin",
            "sec-fetch-site": "same-origin",
            "sec-fetch-dest": "empty",
        }
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self._heard(
            await self._http.request("POST", f"{self._origin}{API}/{what}", json=body, headers=headers)
        )
        assert answer.status == 200, answer.text()[:500]
        said = answer.json()
        assert isinstance(said, dict)
        return said

    async def _back(self, answer: dict[str, Any]) -> dict[str, str]:
        headers = {**_NAVIGATES, "sec-fetch-site": "same-origin", "referer": self._url, "cookie": self._cookie()}
        sent = await self._http.request("GET", str(answer["url"]), headers=headers, follow=False)
        assert sent.status == 303, sent.text()[:500]
        return dict(parse_qsl(urlsplit(sent.headers["location"]).query))

    def _heard(self, answer: Response) -> Response:
        self._cookies |= dict(_COOKIE.findall(answer.headers.get("set-cookie", "")))
        return answer

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
