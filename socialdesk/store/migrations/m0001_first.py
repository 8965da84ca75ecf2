"""The first shape of the database.

Times (`..._at`, `first_seen`, `until`) are microseconds since 1970 UTC; `sort_ms` milliseconds. `..._key` are 64-bit
hashes (`store.keys`), `payload`, `via`, `facts`, `params`, `filter`, `draft` are JSON.

Content (`entry`, `entry_body`, `source_entry`) stands apart from what the person did with it (`entry_seen`,
`column_row.seen`, `saved`). `column_row` is what a column shows, filtered and in order: a page is one range of its
primary key at any size. Big tables have no foreign keys: the code that owns their rows removes them, in one pass.
"""

STATEMENTS = (
    """
    CREATE TABLE account (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        network TEXT NOT NULL,
        server TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        name TEXT NOT NULL,
        handle TEXT NOT NULL,
        avatar_url TEXT NOT NULL,
        facts TEXT NOT NULL,
        needs_sign_in INTEGER NOT NULL DEFAULT 0,
        removed INTEGER NOT NULL DEFAULT 0
    )
    """,
    "CREATE UNIQUE INDEX account_identity ON account (network, server, remote_id) WHERE remote_id <> ''",
    """
    CREATE TABLE source (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        network TEXT NOT NULL,
        kind TEXT NOT NULL,
        account_id INTEGER REFERENCES account (id),
        params TEXT NOT NULL,
        title TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX source_identity ON source (network, kind, ifnull(account_id, 0), params)",
    """
    CREATE TABLE source_state (
        source_id INTEGER PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE,
        cursor TEXT NOT NULL DEFAULT '',
        older TEXT NOT NULL DEFAULT '',
        first_fetched_at INTEGER,
        last_fetched_at INTEGER,
        last_changed_at INTEGER,
        next_at INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        error_detail TEXT NOT NULL DEFAULT '',
        error_at INTEGER,
        stopped INTEGER NOT NULL DEFAULT 0,
        interval_s INTEGER NOT NULL DEFAULT 0,
        memory TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX source_state_due ON source_state (ifnull(next_at, 0)) WHERE stopped = 0",
    """
    CREATE TABLE "column" (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        icon TEXT NOT NULL,
        filter TEXT NOT NULL,
        view TEXT NOT NULL,
        width INTEGER NOT NULL,
        collapsed INTEGER NOT NULL,
        position INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        unseen INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE column_source (
        column_id INTEGER NOT NULL REFERENCES "column" (id) ON DELETE CASCADE,
        source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        PRIMARY KEY (column_id, source_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX column_source_source ON column_source (source_id)",
    """
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        home_id INTEGER,
        link_key INTEGER,
        title_key INTEGER,
        author_key INTEGER,
        content_hash INTEGER NOT NULL,
        live_hash INTEGER NOT NULL,
        hash_only INTEGER NOT NULL DEFAULT 0,
        updated_at INTEGER,
        first_seen INTEGER NOT NULL,
        payload BLOB NOT NULL
    )
    """,
    "CREATE INDEX entry_article ON entry (home_id, link_key) WHERE kind = 'article' AND link_key IS NOT NULL",
    "CREATE TABLE entry_body (entry_id INTEGER PRIMARY KEY, rest TEXT NOT NULL, html TEXT NOT NULL)",
    "CREATE TABLE entry_seen (entry_id INTEGER PRIMARY KEY, seen_at INTEGER NOT NULL)",
    """
    CREATE TABLE source_entry (
        source_id INTEGER NOT NULL,
        entry_id INTEGER NOT NULL,
        sort_ms INTEGER NOT NULL,
        via BLOB,
        PRIMARY KEY (source_id, entry_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX source_entry_entry ON source_entry (entry_id)",
    """
    CREATE TABLE column_row (
        column_id INTEGER NOT NULL,
        sort_ms INTEGER NOT NULL,
        entry_id INTEGER NOT NULL,
        source_id INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        link_key INTEGER,
        author_key INTEGER,
        PRIMARY KEY (column_id, sort_ms, entry_id)
    ) WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX column_row_entry ON column_row (entry_id, column_id)",
    """
    CREATE TABLE tombstone (
        key TEXT PRIMARY KEY,
        source_id INTEGER,
        link_key INTEGER,
        title_key INTEGER,
        removed_at INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX tombstone_link ON tombstone (link_key) WHERE link_key IS NOT NULL",
    """
    CREATE TABLE saved (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        url TEXT NOT NULL,
        url_key INTEGER,
        entry_id INTEGER,
        state TEXT NOT NULL,
        title TEXT NOT NULL,
        saved_at INTEGER NOT NULL,
        published_at INTEGER,
        site TEXT NOT NULL,
        byline TEXT NOT NULL,
        minutes INTEGER NOT NULL,
        size INTEGER NOT NULL,
        image_blob TEXT NOT NULL,
        error TEXT NOT NULL,
        pictures TEXT NOT NULL,
        text TEXT NOT NULL,
        html TEXT NOT NULL
    )
    """,
    "CREATE INDEX saved_entry ON saved (entry_id) WHERE entry_id IS NOT NULL",
    "CREATE INDEX saved_url ON saved (url_key) WHERE url_key IS NOT NULL",
    """
    CREATE TABLE draft (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        payload BLOB NOT NULL,
        updated_at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE publication (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        draft_id INTEGER UNIQUE,
        draft BLOB NOT NULL,
        created_at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        publication_id INTEGER NOT NULL REFERENCES publication (id),
        account_id INTEGER NOT NULL,
        state TEXT NOT NULL,
        waits_for INTEGER REFERENCES delivery (id),
        next_at INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        error_detail TEXT NOT NULL DEFAULT '',
        fingerprint TEXT NOT NULL DEFAULT '',
        begun_at INTEGER,
        updated_at INTEGER NOT NULL
    )
    """,
    "CREATE INDEX delivery_publication ON delivery (publication_id)",
    "CREATE INDEX delivery_waits_for ON delivery (waits_for) WHERE waits_for IS NOT NULL",
    """
    CREATE INDEX delivery_open ON delivery (state, account_id)
    WHERE state IN ('waiting', 'sending', 'in_doubt', 'held', 'sign_in')
    """,
    """
    CREATE TABLE part (
        delivery_id INTEGER NOT NULL REFERENCES delivery (id),
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        key TEXT NOT NULL,
        picture_blobs TEXT NOT NULL,
        receipt TEXT,
        PRIMARY KEY (delivery_id, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY,
        delivery_id INTEGER NOT NULL REFERENCES delivery (id),
        at INTEGER NOT NULL,
        part INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        error TEXT NOT NULL,
        detail TEXT NOT NULL
    )
    """,
    "CREATE INDEX attempt_delivery ON attempt (delivery_id)",
    """
    CREATE TABLE blob (
        hash TEXT PRIMARY KEY,
        mime TEXT NOT NULL,
        size INTEGER NOT NULL,
        put_at INTEGER NOT NULL,
        data BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE blob_ref (
        owner TEXT NOT NULL,
        owner_id INTEGER NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (owner, owner_id, hash)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX blob_ref_hash ON blob_ref (hash)",
    """
    CREATE TABLE search_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        item_id INTEGER NOT NULL
    )
    """,
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE host (
        host TEXT PRIMARY KEY,
        until INTEGER,
        data TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)


__all__ = ["STATEMENTS"]
