"""What was spent: sums per account and day, what they hold already, and what a person set.

`amount` is in millionths of `currency`, `day` a UTC date (2026-11-22). `charged` names what a day's sum holds, so that
nothing is counted twice: entries that were read on that day, posts for ever. `source_state.waits` says why the next
look is not sooner, `column.cheap` that the column asks for little.
"""

STATEMENTS = (
    """
    CREATE TABLE spending (
        account_id INTEGER NOT NULL,
        day TEXT NOT NULL,
        what TEXT NOT NULL,
        currency TEXT NOT NULL,
        count INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        PRIMARY KEY (account_id, day, what, currency)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE charged (
        account_id INTEGER NOT NULL,
        what TEXT NOT NULL,
        item TEXT NOT NULL,
        day TEXT NOT NULL,
        PRIMARY KEY (account_id, what, item)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE spending_plan (account_id INTEGER PRIMARY KEY, plan TEXT NOT NULL)",
    "ALTER TABLE source_state ADD COLUMN waits TEXT NOT NULL DEFAULT ''",
    'ALTER TABLE "column" ADD COLUMN cheap INTEGER NOT NULL DEFAULT 0',
)
