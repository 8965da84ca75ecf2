"""Who an account is: the same as another, how long, and with which answers it was signed in. Pure."""

from socialdesk.core.account import Account, Credential, Identity
from socialdesk.core.network import Network, NetworkFacts, Nothing, SignInEnds

OF_THE_APP = frozenset({"client_id", "client_secret", "client_token"})  # kept with the tokens that need them


def account_of(network: str, who: Identity) -> Account:
    """The account of an identity, not stored yet."""
    server = who.server.rstrip("/")
    return Account(0, network, who.name, who.handle, server, who.remote_id, who.avatar_url, dict(who.facts))


def is_same(one: Account, other: Account) -> bool:
    """Whether two sign-ins are the same person at the same server."""
    return (one.network, one.server, one.remote_id) == (other.network, other.server, other.remote_id)


def end_of(network: Network) -> str:
    """When the sign-in of an opened account ends, ISO 8601; '' = nobody said."""
    ends = network.sign_in_ends() if isinstance(network, SignInEnds) else None
    return ends.isoformat() if ends is not None else ""


def kept_answers(facts: NetworkFacts, account: Account, credential: Credential) -> dict[str, str]:
    """What was typed when the account signed in, as far as it is kept: an app of one's own, choices made with it."""
    names = {field.name for form in facts.sign_ins if not isinstance(form, Nothing) for field in form.fields}
    found = {name: credential.get(name) if name in OF_THE_APP else account.facts.get(name, "") for name in names}
    return {name: value for name, value in found.items() if value}
