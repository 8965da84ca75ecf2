"""Who may answer a thread of the practice Bluesky: its threadgate, as the app view reads it. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from socialdesk.practice.bluesky_rules import POST, THREADGATE


def gate_of(root: str) -> str:
    """Where the gate of the thread that begins with `root` is: at the same key."""
    return root.replace(f"/{POST}/", f"/{THREADGATE}/")


def root_of(uri: str, value: Mapping[str, Any]) -> str:
    """The beginning of the thread that a post belongs to."""
    reply = value.get("reply")
    return str(reply["root"]["uri"]) if isinstance(reply, Mapping) else uri


def may_answer(
    gate: Mapping[str, Any],
    did: str,
    owner: str,
    *,
    mentioned: Collection[str],
    follows: Collection[str],
    followers: Collection[str],
) -> bool:
    """Whether `did` may answer a thread of `owner`, who follows `follows`; no `allow` lets everybody."""
    if did == owner or not isinstance(gate.get("allow"), list):
        return True
    allowed = {"mentionRule": mentioned, "followingRule": follows, "followerRule": followers}
    rules = (str(rule.get("$type", "")).partition("#")[2] for rule in gate["allow"])
    return any(did in allowed.get(rule, ()) for rule in rules)
