"""Feeds in and out of the desk as OPML files, chosen in the system's file dialog."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from socialdesk.ui import words
from socialdesk.ui.desk import Desk
from socialdesk.ui.tasks import Tasks

_FILTER = "OPML (*.opml *.xml);;All files (*)"


def import_opml(desk: Desk, host: QWidget, tasks: Tasks) -> None:
    """Asks for a file and adds its feeds; progress and cancelling go through the desk's events."""
    dialog = QFileDialog(host, "Import feeds")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(_FILTER)
    dialog.fileSelected.connect(lambda path: tasks.start("import", import_file(desk, Path(path))))
    dialog.open()


def export_opml(desk: Desk, host: QWidget, tasks: Tasks) -> None:
    dialog = QFileDialog(host, "Export feeds")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(_FILTER)
    dialog.setDefaultSuffix("opml")
    dialog.selectFile("socialdesk.opml")
    dialog.fileSelected.connect(lambda path: tasks.start("export", export_file(desk, Path(path))))
    dialog.open()


async def import_file(desk: Desk, path: Path) -> None:
    """Adds the feeds of the file as one column and says how many."""
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError:
        desk.actions.tell(f"{path.name} cannot be read.")
        return
    report = await desk.bridge.call(desk.services.transfer.import_opml, data, path.stem)
    said = [words.plural(report.added, "feed", "feeds") + " added"]
    if report.known:
        said.append(f"{report.known} known already")
    if report.refused:
        said.append(f"{len(report.refused)} not usable")
    if report.cancelled:
        said.append("stopped")
    desk.actions.tell(f"{', '.join(said)}.")
    if report.column_id is not None:
        desk.actions.go_column_id.emit(report.column_id)


async def export_file(desk: Desk, path: Path) -> None:
    data = await desk.bridge.call(desk.services.transfer.export_opml)
    try:
        await asyncio.to_thread(path.write_bytes, data)
    except OSError:
        desk.actions.tell(f"{path.name} cannot be written.")
        return
    desk.actions.tell(f"Feeds written to {path.name}.")
