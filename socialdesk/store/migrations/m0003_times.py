"""Posts with a time: `delivery.publish_at`, when the person wants it out; NULL = as soon as possible.

What a network holds until then is `scheduled`, and open like the rest.
"""

STATEMENTS = (
    "ALTER TABLE delivery ADD COLUMN publish_at INTEGER",
    "DROP INDEX delivery_open",
    """
    CREATE INDEX delivery_open ON delivery (state, account_id)
    WHERE state IN ('waiting', 'sending', 'in_doubt', 'held', 'sign_in', 'scheduled')
    """,
)
