"""A picture of one update is encoded once for all networks that take it alike."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image

from socialdesk.core.rules import PostRules
from socialdesk.services import fitting
from socialdesk.services.fitting import PictureFitter


class CountingWorker:
    """Runs the job here, after a turn of the loop, and counts."""

    def __init__(self) -> None:
        self.jobs = 0

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        self.jobs += 1
        await asyncio.sleep(0)
        return function(*args)


def rules(**limits: Any) -> PostRules:
    return PostRules(limit=500, weigh=len, **limits)


def chart(width: int = 320) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, 200), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


async def fit_all(fitter: PictureFitter, data: bytes, every: list[PostRules]) -> list[Any]:
    return await asyncio.gather(*(fitter.fit("blob", data, one) for one in every))


async def test_networks_that_take_it_alike_share_one_encoding() -> None:
    worker, data = CountingWorker(), chart()
    fitter = PictureFitter(worker)  # type: ignore[arg-type]
    every = [rules(), rules(picture_types=("image/png",)), rules(picture_bytes=900_000), rules(picture_pixels=10**6)]
    found = await fit_all(fitter, data, every)
    assert worker.jobs == 1
    assert all(one == found[0] for one in found)


async def test_a_network_that_takes_less_does_not_spoil_it_for_the_others() -> None:
    worker, data = CountingWorker(), chart()
    fitter = PictureFitter(worker)  # type: ignore[arg-type]
    small, large, other = await fit_all(fitter, data, [rules(picture_bytes=20_000), rules(), rules()])
    assert len(small.data) <= 20_000 < len(large.data)
    assert large == other
    assert worker.jobs == 2
    assert (await fitter.fit("another", chart(200), rules())).width == 200


async def test_only_so_many_bytes_are_kept(monkeypatch: Any) -> None:
    monkeypatch.setattr(fitting, "KEPT_BYTES", len(chart()) // 2)
    worker, data = CountingWorker(), chart()
    fitter = PictureFitter(worker)  # type: ignore[arg-type]
    await fit_all(fitter, data, [rules(), rules()])
    assert worker.jobs == 2
