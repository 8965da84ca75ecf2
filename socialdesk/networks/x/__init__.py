"""X (API v2), with the person's own app there.

The adapter is loaded when it is first asked for: the window's process needs only how X counts, and within milliseconds.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialdesk.networks.x.adapter import X

    NETWORK = X


def __getattr__(name: str) -> Any:
    if name != "NETWORK":
        raise AttributeError(name)
    from socialdesk.networks.x.adapter import X  # start-up: see above

    return X
