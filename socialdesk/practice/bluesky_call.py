"""One request to the practice Bluesky, as its methods see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from socialdesk.practice import bluesky_feeds as feeds
from socialdesk.practice.bluesky_rules import Refused
from socialdesk.practice.bluesky_state import Account, Record, State, parse_uri
from socialdesk.practice.bluesky_tokens import BadToken, Tokens
from socialdesk.practice.bluesky_views import Views

if TYPE_CHECKING:
    from socialdesk.practice.bluesky_video import Videos

Json = dict[str, Any]


@dataclass
class Call:
    """One request. `token` is the bearer's, `bound_did` whose a token bound to a key is.

    `params` holds the first value of each name, `many` all of them.
    """

    state: State
    tokens: Tokens
    views: Views
    base: str
    videos: "Videos"
    token: str = ""
    bound_did: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, list[str]] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    data: bytes = b""
    mime: str = ""

    @property
    def me(self) -> Account:
        """Whose access token it is. Raises Refused."""
        if self.bound_did:
            return self.state.accounts[self.bound_did]
        if not self.token:
            raise Refused(401, "AuthMissing", "Authentication Required")
        try:
            return self.state.accounts[self.tokens.did_of_access(self.token)]
        except BadToken as error:
            raise Refused(400, error.name, error.message) from error

    @property
    def viewer(self) -> str:
        """Who looks, '' for nobody: these methods work without a session, but not with a bad one."""
        return self.me.did if self.token or self.bound_did else ""

    def need(self, name: str) -> str:
        value = self.params.get(name) or self.body.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(400, "InvalidRequest", f'Error: Params must have the property "{name}"')
        return value

    def limit(self, default: int = 50) -> int:
        number = int(self.params.get("limit", default))
        if not 1 <= number <= 100:
            raise Refused(400, "InvalidRequest", f"Invalid params: integer too big (maximum 100, got {number})")
        return number

    def actor(self) -> Account:
        account = self.state.find_account(self.need("actor"))
        if account is None:
            raise Refused(400, "InvalidRequest", "Profile not found")
        return account

    def record(self, uri: str) -> Record | None:
        repo, collection, rkey = parse_uri(uri)
        account = self.state.find_account(repo)
        return self.state.records.get(f"at://{account.did}/{collection}/{rkey}") if account else None

    def page(self, items: list[feeds.FeedItem]) -> Json:
        shown, more = feeds.page(items, lambda i: i.key, self.params.get("cursor", ""), self.limit())
        return {"feed": [self.views.feed_item(i.post, self.viewer, i.repost) for i in shown], **more}
