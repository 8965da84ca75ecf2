"""The way back from a damaged store. The store's modules are loaded for it only: the window does without them."""

from pathlib import Path

from socialdesk.app.profile import Profile


def restore_last_good_copy(profile: Profile) -> Path:
    """Puts the last good copy of the store in its place and returns where the damaged file is kept.

    Raises StoreError (damaged) when there is no copy.
    """
    from socialdesk.store.database import Store  # start-up, see above

    return Store.restore(profile.data)


def last_good_copy_of(profile: Profile) -> Path | None:
    """The copy that `restore_last_good_copy` would use; its modification time says when it was made."""
    from socialdesk.store.database import Store  # start-up, see above

    return Store.last_good_copy(profile.data)
