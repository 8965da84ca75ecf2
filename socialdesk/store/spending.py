"""What was spent per account and day, and what a person allows. Amounts are in millionths of their currency."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from socialdesk.core.costs import READ, Charge, Price
from socialdesk.core.spending import MILLIONTH, Plan, month_after
from socialdesk.store.codec import decode, encode_text


def read(db: sqlite3.Connection, account_id: int, day: date, price: Price, items: Iterable[str]) -> int:
    """Counts entries that the network gave, each once a day (UTC). Returns how many were counted."""
    db.execute("DELETE FROM charged WHERE what = ? AND day < ?", (READ, day.isoformat()))
    new = sum(_mark(db, account_id, day, READ, item) for item in set(items))
    add(db, account_id, day, Charge(READ, new, price.amount * new), price.currency)
    return new


def once(
    db: sqlite3.Connection, account_id: int, day: date, item: str, charges: Iterable[Charge], currency: str
) -> bool:
    """Adds what one thing cost, such as a part of a post, unless `item` was counted before; whether it was not."""
    new = _mark(db, account_id, day, "item", item)
    for charge in charges if new else ():
        add(db, account_id, day, charge, currency)
    return new


def _mark(db: sqlite3.Connection, account_id: int, day: date, what: str, item: str) -> bool:
    row = (account_id, what, item, day.isoformat())
    return db.execute("INSERT OR IGNORE INTO charged VALUES (?, ?, ?, ?)", row).rowcount > 0


def add(db: sqlite3.Connection, account_id: int, day: date, charge: Charge, currency: str) -> None:
    """Adds a line to the day's sums."""
    if charge.count:
        db.execute(
            "INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET count = count + excluded.count, amount = amount + excluded.amount",
            (account_id, day.isoformat(), charge.what, currency, charge.count, round(charge.amount / MILLIONTH)),
        )


def of_month(db: sqlite3.Connection, account_id: int, month: date, currency: str) -> tuple[Charge, ...]:
    """The lines of a month (its first day) in one currency, the largest first."""
    rows = db.execute(
        "SELECT what, sum(count), sum(amount) FROM spending"
        " WHERE account_id = ? AND day >= ? AND day < ? AND currency = ? GROUP BY what ORDER BY sum(amount) DESC, what",
        (account_id, month.isoformat(), month_after(month).isoformat(), currency),
    )
    return tuple(Charge(what, count, amount * MILLIONTH) for what, count, amount in rows)


def months(db: sqlite3.Connection, account_id: int) -> tuple[date, ...]:
    """The first days of all months in which the account spent something, the last one first."""
    rows = db.execute(
        "SELECT DISTINCT substr(day, 1, 7) FROM spending WHERE account_id = ? ORDER BY 1 DESC", (account_id,)
    )
    return tuple(date.fromisoformat(f"{month}-01") for (month,) in rows)


def plan(db: sqlite3.Connection, account_id: int) -> Plan:
    row = db.execute("SELECT plan FROM spending_plan WHERE account_id = ?", (account_id,)).fetchone()
    return decode(row[0], Plan) if row else Plan()


def put_plan(db: sqlite3.Connection, account_id: int, plan: Plan) -> None:
    db.execute("INSERT OR REPLACE INTO spending_plan VALUES (?, ?)", (account_id, encode_text(plan)))
