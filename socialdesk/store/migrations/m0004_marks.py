"""Marks that a network keeps (read, starred, labels) and a person set here: the last wish for each.

`mark` is read, bookmark or label:<name>, `is_set` whether it shall be there. `sent_at` NULL = it waits to be sent; what
was sent is kept for a while, because a look at the network that began before does not know of it. Without references
to entries: a wish is sent also after its column and entry have left the desk.
"""

STATEMENTS = (
    """
    CREATE TABLE mark (
        account_id INTEGER NOT NULL,
        key TEXT NOT NULL,
        mark TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        is_set INTEGER NOT NULL,
        wished_at INTEGER NOT NULL,
        sent_at INTEGER,
        PRIMARY KEY (account_id, key, mark)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX mark_waiting ON mark (account_id, mark, is_set) WHERE sent_at IS NULL",
)
