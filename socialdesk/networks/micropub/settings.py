"""What a site says of itself (`q=config`): media endpoint, where it can syndicate to, whether it lists its posts."""

import json
from dataclasses import asdict, dataclass

from socialdesk.core.errors import Rejected
from socialdesk.core.rules import Choice, PostRules
from socialdesk.core.tolerant import Obj, obj, objs
from socialdesk.networks.micropub.client import Client
from socialdesk.networks.micropub.facts import ALT_CHARS, PICTURE_BYTES
from socialdesk.networks.micropub.tolerant import string, web

EVERYWHERE = "*"  # no uid that a site would give: an asterisk is no address
ONLY_HERE = Choice("", "My site only")


@dataclass(frozen=True, slots=True)
class Settings:
    """`targets` are (uid, name). `lists`: `q=source` without an address gives the newest posts."""

    media_endpoint: str = ""
    targets: tuple[tuple[str, str], ...] = ()
    lists: bool = False

    def to_text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> "Settings | None":
        """What `to_text` wrote; None when it is not that."""
        try:
            known = json.loads(text)
            targets = tuple((str(uid), str(name)) for uid, name in known["targets"])
            return cls(str(known["media_endpoint"]), targets, bool(known["lists"]))
        except (ValueError, TypeError, KeyError):
            return None


async def ask_settings(client: Client) -> Settings:
    """Asks the site. A query that it does not know is an answer too; being out of reach is none."""
    config = obj(await _known(client, "config"))
    if "syndicate-to" not in config:
        config = {**config, "syndicate-to": obj(await _known(client, "syndicate-to")).get("syndicate-to")}
    listed = obj(await _known(client, "source", ("limit", "1"))).get("items")
    media = web(client.absolute(config.get("media-endpoint")))
    return Settings(media, _targets(config), isinstance(listed, list))


async def _known(client: Client, query: str, *more: tuple[str, str]) -> object:
    try:
        return await client.get([("q", query), *more])
    except Rejected as error:
        is_shut_out = query != "source" and error.reason == "missing_permission"
        if is_shut_out or error.reason in {"insecure", "private_address", "blocked"}:
            raise
        return None


def _targets(config: Obj) -> tuple[tuple[str, str], ...]:
    found = ((string(one.get("uid")), string(one.get("name"))) for one in objs(config.get("syndicate-to")))
    return tuple((uid, name or uid) for uid, name in found if uid)


def rules_of(settings: Settings) -> PostRules:
    """Where the site syndicates is offered as visibility, since that is who gets to see a post."""
    also = tuple(Choice(uid, f"My site and {name}") for uid, name in settings.targets)
    everywhere = (Choice(EVERYWHERE, "My site and all of these"),) if len(also) > 1 else ()
    return PostRules(
        limit=0,
        weigh=len,
        max_pictures=20 if settings.media_endpoint else 1,
        picture_bytes=PICTURE_BYTES,
        alt_limit=ALT_CHARS,
        splits_threads=False,
        link_card="none",
        article=True,
        hosts_pictures=bool(settings.media_endpoint),
        notes=True,
        findable=settings.lists,
        visibilities=(ONLY_HERE, *also, *everywhere) if also else (),
    )


def chosen_targets(visibility: str, settings: Settings) -> list[str]:
    """The uids that a choice of visibility stands for."""
    known = [uid for uid, _ in settings.targets]
    return known if visibility == EVERYWHERE else [uid for uid in known if uid == visibility]
