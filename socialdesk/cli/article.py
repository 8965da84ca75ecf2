"""A Markdown file as an article: its first heading is the title, a head between --- lines may say more."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from socialdesk.cli.context import fail, read_file
from socialdesk.core.post import Article
from socialdesk.services.bundle import Services

_HEAD = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_TITLE = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*\n")
_IMAGE = re.compile(r"(!\[[^\]]*\]\()([^)\s]+)")


async def article_of(path: Path, services: Services) -> Article:
    """Reads `path` (UTF-8). Head lines: title, slug, excerpt, categories, tags, status, publish_at, image, image_alt.

    Pictures that the text names by relative path are stored and go to the blog with it.
    """
    try:
        text = read_file(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        fail(f"{path} is not UTF-8 text. Save it as UTF-8.")
    head: dict[str, str] = {}
    if found := _HEAD.match(text):
        head = dict(_pair(line) for line in found[1].splitlines() if ":" in line)
        text = text[found.end() :]
    if titled := _TITLE.match(text):
        head.setdefault("title", titled[1])
        text = text[titled.end() :]
    article = Article(
        head.get("title", path.stem),
        await _with_pictures(text.strip() + "\n", path.parent, services),
        head.get("slug", ""),
        head.get("excerpt", ""),
        _words(head.get("categories", "")),
        _words(head.get("tags", "")),
        status=head.get("status", "publish"),
        publish_at=_when(head.get("publish_at", ""), path),
    )
    if head.get("image"):
        image = path.parent / head["image"]
        kept = await services.composing.add_picture(read_file(image), image.name)
        article = replace(article, featured=replace(kept, alt=head.get("image_alt", "")))
    return article


async def _with_pictures(text: str, folder: Path, services: Services) -> str:
    for target in {m[2] for m in _IMAGE.finditer(text)}:
        path = folder / target
        if "://" in target or target.startswith("blob:") or not path.is_file():
            continue
        kept = await services.composing.add_picture(read_file(path), path.name)
        text = text.replace(f"({target}", f"(blob:{kept.blob}")
    return text


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip().strip("\"'")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.strip("[]").split(",") if (word := part.strip().strip("\"'")))


def _when(text: str, path: Path) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        fail(f"{path}: publish_at is no date. Write it as 2026-12-01T09:00.")
