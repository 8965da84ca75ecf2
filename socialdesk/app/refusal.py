"""The dialog of a desk that cannot be opened."""

from datetime import datetime

from PySide6.QtWidgets import QMessageBox, QPushButton

from socialdesk.app.profile import Profile
from socialdesk.app.recovery import last_good_copy_of, restore_last_good_copy
from socialdesk.core.errors import SocialDeskError, StoreError
from socialdesk.ui.words import sentence_of


def tell(error: Exception, profile: Profile) -> bool:
    """Says why. True when the person had the last good copy of a damaged store put in place: it can be opened again."""
    said = sentence_of(error) if isinstance(error, SocialDeskError) else f"{profile.data}: {error}"
    box = QMessageBox(QMessageBox.Icon.Warning, "SocialDesk", said)
    box.setInformativeText(f"The desk's data is in {profile.data}.")
    box.setDetailedText(str(error))
    restore: QPushButton | None = None
    copy = last_good_copy_of(profile)
    if isinstance(error, StoreError) and error.reason == "damaged" and copy is not None:
        made = datetime.fromtimestamp(copy.stat().st_mtime).astimezone()
        restore = box.addButton(f"Restore the copy of {made:%d %b %H:%M}", QMessageBox.ButtonRole.AcceptRole)
    box.addButton("Quit", QMessageBox.ButtonRole.RejectRole)
    box.exec()
    if restore is None or box.clickedButton() is not restore:
        return False
    restore_last_good_copy(profile)
    return True
