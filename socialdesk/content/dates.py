"""Dates as feeds and pages write them: RFC 822, RFC 3339, W3CDTF, and what people type, in some twenty languages.

An impossible offset counts as UTC, an impossible day as the last of its month, 24:00 as the next day's start.
"""

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import cache

EARLIEST = 1900
ZERO = datetime(1970, 1, 1, tzinfo=UTC)  # what software writes that forgot to fill in a date
_MONTHS = """
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
jänner feber maerz - - - - - - - - -
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
- fevrier - - - - - aout - - - decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
ledna února března dubna května června července srpna září října listopadu prosince
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta - joulukuuta
- - - - - - - - - - marraskuuta -
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
január február március április május június július augusztus szeptember október november december
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου -
- - - - - - - - - - - δεκεμβρίου
"""
_SHORT = """
jan feb mar apr may jun jul aug sep oct nov dec
- - mrz - mai - - - sept okt - dez
janv févr mars avr - juin juil août - - - déc
ene - - abr - - - ago - - - dic
gen - - - mag giu lug ago set ott - dic
- fev - abr mai - - ago set out - dez
- - mrt - mei - - - - - - -
- - - - maj - - - - - - -
sty lut mar kwi maj cze lip sie wrz paź lis gru
янв фев мар апр май июн июл авг сен окт ноя дек
"""
ZONES = {  # hours east of UTC
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "ist": 5.5, "cet": 1, "cest": 2, "met": 1,
    "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3,
    "sast": 2, "hkt": 8, "sgt": 8,
}  # fmt: skip
_RFC822 = re.compile(
    r"(?:[a-z]{3,9}\.?,?\s+)?(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{4})\s+"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[a-z]{1,5})?$"
)
_UTC = frozenset(("gmt", "+0000", "utc", "z"))
_TIME = re.compile(
    r"(\d{1,2})(?::|(?<=\d)h)(\d{2})(?:[:.](\d{1,2})(?:[.,](\d+))?)?\s*([ap]\.?m\b\.?)?\s*"
    r"((?:gmt|utc?)?[+-]\s?\d{1,2}:?\d{0,2}|[a-z]{1,5}\b)?"
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d+")
_OFFSET = re.compile(r"([+-])\s?(\d{1,2}):?(\d{2})?$")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?$")
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?:t?([0-2]\d)([0-5]\d)([0-5]\d)?(z|[+-]\d{4})?)?$")


def parse(text: str) -> datetime | None:
    """The moment that `text` names, in UTC; None when it names none. A date alone is its first moment in UTC."""
    text = " ".join(text.split()).lower()
    if not text:
        return None
    try:
        when = _iso(text) or _rfc822(text) or _anyhow(text)
        return when if when is not None and _plausible(when) else None
    except (ValueError, OverflowError):
        return None


def _plausible(when: datetime) -> bool:
    return when.year >= EARLIEST and when != ZERO


def _rfc822(text: str) -> datetime | None:
    match = _RFC822.match(text)
    if match is None:
        return None
    day, name, year, hour, minute, second, zone = match.groups()
    month = _months().get(name, 0)
    if zone in _UTC and int(year) >= EARLIEST:  # the usual case; what this refuses is mended below
        try:
            return datetime(int(year), month, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
        except ValueError:
            pass
    return _moment(int(year), month, int(day), int(hour), int(minute), int(second or 0), zone)


def _iso(text: str) -> datetime | None:
    if not text[:4].isdigit():
        return None
    try:
        when = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if "w" in text or (len(text) <= 8 and not _COMPACT.match(text)):
        return None
    return when.astimezone(UTC) if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _anyhow(text: str) -> datetime | None:
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if match := _COMPACT.match(text):
        y, mon, d, h, m, s, zone = match.groups()
        return _moment(int(y), int(mon), int(d), int(h or 0), int(m or 0), int(s or 0), zone)
    time = _TIME.search(text)
    hour = minute = second = 0
    zone = ""
    if time is not None:
        hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
        zone = time[6] or ""
        if time[5]:
            hour = hour % 12 + (12 if time[5][0] == "p" else 0)
        text = f"{text[: time.start()]} {text[time.end() :]}"
    date = _date_of(text)
    return None if date is None else _moment(*date, hour, minute, second, zone)


def _date_of(text: str) -> tuple[int, int, int] | None:
    """Year, month and day from what is left when the time is taken out."""
    numbers = [(found[0], int(found[0])) for found in _NUMBER.finditer(text)][:3]
    months = [month for word in _WORD.findall(text) if (month := _month(word))]
    month = months[-1] if months else 0  # the last: in some languages Tuesday looks like March
    if month:
        year = next((n for digits, n in numbers if len(digits) == 4), None)
        rest = [n for digits, n in numbers if len(digits) <= 2]
        if year is None and len(rest) >= 2:
            year = rest.pop(1) + (2000 if rest[0] < 100 else 0)
            year = year - 100 if year >= 2070 else year
        return None if year is None else (year, month, rest[0] if rest else 1)
    if not numbers or len(numbers[0][0]) == 3:
        return None
    values = [n for _, n in numbers] + [1] * (3 - len(numbers))
    if len(numbers[0][0]) == 4:
        return (values[0], values[1], values[2])
    if len(numbers) < 3 or len(numbers[2][0]) != 4:
        return None
    day_first = "." in text or values[0] > 12
    return (values[2], values[1], values[0]) if day_first else (values[2], values[0], values[1])


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: str | None) -> datetime | None:
    if not (EARLIEST <= year <= 9998 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    day = min(day, calendar.monthrange(year, month)[1])
    extra = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    hour = 0 if extra else hour
    base = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) + extra
    return base - timedelta(hours=_offset(zone or ""))


def _offset(zone: str) -> float:
    """Hours east of UTC; 0 for what no clock on earth shows."""
    zone = zone.replace(" ", "").removeprefix("gmt").removeprefix("utc").removeprefix("ut") or "z"
    match = _OFFSET.match(zone)
    if match is None:
        return ZONES.get(zone, 0)
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:
        return 0
    return (hours + minutes / 60) * (-1 if match[1] == "-" else 1)


def _month(word: str) -> int:
    months = _months()
    return months.get(word) or months.get(word[:3], 0) if word.isascii() else months.get(word, 0)


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for line in [*_SHORT.split("\n"), *_MONTHS.split("\n")]:
        for number, name in enumerate(line.split(), 1):
            if name != "-":
                names.setdefault(name, number)
    return names
