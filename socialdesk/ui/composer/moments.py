"""A day and a time to choose, as the person's clock shows them; values are UTC."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDateTime, Qt, QTimeZone
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QDateTimeEdit, QToolButton

from socialdesk.ui.controls import show_icon
from socialdesk.ui.desk import Desk


def picker(desk: Desk, name: str) -> QDateTimeEdit:
    """With a calendar to open; arrow keys change what the cursor stands in."""
    made = QDateTimeEdit()
    made.setCalendarPopup(True)
    made.setDisplayFormat("ddd d MMM yyyy  HH:mm")
    made.setAccessibleName(name)
    calendar = made.calendarWidget()
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())  # Qt's own is red
    for button, icon in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
        found = calendar.findChild(QToolButton, button)
        if found is not None:
            show_icon(desk, found, icon, "muted")
    return made


def shown(edit: QDateTimeEdit, at: datetime) -> None:
    """Puts `at` in, unless it stands there already: the section under the cursor stays chosen."""
    if chosen(edit) != at:
        edit.setDateTime(QDateTime.fromSecsSinceEpoch(int(at.timestamp())))


def chosen(edit: QDateTimeEdit) -> datetime:
    seconds = edit.dateTime().toTimeZone(QTimeZone.utc()).toSecsSinceEpoch()
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def zone_of(at: datetime, name: str = "") -> str:
    """Europe/Berlin, UTC+1: the person's zone as it is at that time. `name` is its IANA name."""
    zone = name or bytes(QTimeZone.systemTimeZoneId().data()).decode()
    minutes = round((at.astimezone().utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'+' if minutes >= 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"
    offset = "UTC" if not minutes else offset
    return offset if zone in ("", "UTC", "Etc/UTC") else f"{zone}, {offset}"


def in_an_hour(now: datetime) -> datetime:
    """Rounded up to five minutes."""
    later = (now + timedelta(hours=1)).replace(second=0, microsecond=0)
    return later + timedelta(minutes=-later.minute % 5)


def next_morning(now: datetime, *, monday: bool = False) -> datetime:
    """Nine o'clock tomorrow, or on the next Monday, in the person's zone."""
    today = now.astimezone().replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    morning = today + timedelta(days=7 - today.weekday() if monday else 1)
    return morning.astimezone().astimezone(UTC)  # the offset of that day
