"""Killed in the middle of writing: what was answered for is there, and the file is sound."""

import asyncio
import random
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from socialdesk.store import columns, outbox
from socialdesk.store.database import Store
from tests.store.conftest import Desk

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
    import sys
    from pathlib import Path
    from socialdesk.core.post import Draft, PartPlan
    from socialdesk.core.post import DeliveryPlan
    from socialdesk.store import drafts, outbox
    from socialdesk.store.database import Store
    from tests.store.conftest import NOW, Desk, article

    store = Store.open(Path(sys.argv[1]), now=NOW)
    desk = Desk(store)
    source = desk.source()
    desk.column(source)
    for number in range(100_000):
        draft = store.write_now(drafts.save, Draft(text=str(number)), NOW, durable=True)
        plan = DeliveryPlan(1, (PartPlan(draft.text, "key"),))
        publication = store.write_now(outbox.accept, draft, [plan], NOW, durable=True)
        desk.apply(source, [article(n) for n in range(number, number + 20)], first=False)
        print(publication.id, flush=True)
"""


def test_killed_while_writing(open_store: Callable[..., Store], tmp_path: Path) -> None:
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(random.randint(1, 20))]  # the moment is meant to be any
        writer.kill()
        told += writer.stdout.read().split("\n")
        writer.wait()
        writer.stdout.close()
        store = open_store()
        asyncio.run(store.check())
        known = {publication.id for publication in store.read_now(outbox.publications, None, 1_000_000)}
        assert {int(line) for line in told if line.strip()} <= known
        desk = Desk(store)
        for column in store.read_now(columns.all):
            assert column.unseen == len(desk.rows(column, 1_000_000))
        store.close()
