"""What `socialdesk post` may be told, each with its help."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

To = Annotated[str, typer.Option("--to", metavar="ACCOUNT,...", help="Accounts by id or handle, with commas.")]
Images = Annotated[list[Path] | None, typer.Option(help="A picture; give --alt for each.")]
Alts = Annotated[list[str] | None, typer.Option(help="The description of the picture at the same place.")]
Video = Annotated[Path | None, typer.Option(help="A video, sent as it is.")]
VideoAlt = Annotated[str, typer.Option("--video-alt", help="The description of the video.")]
Document = Annotated[Path | None, typer.Option(help="A document (PDF, DOCX, PPTX, DOC, PPT), sent as it is.")]
DocumentTitle = Annotated[str, typer.Option("--document-title", help="Its title; else the name of the file.")]
ArticleFile = Annotated[Path | None, typer.Option(help="A Markdown file for the blog among the accounts.")]
Link = Annotated[str, typer.Option(help="An address whose card the posts carry.")]
Language = Annotated[str, typer.Option(help="Language of the text, such as en.")]
Visibility = Annotated[str, typer.Option(help="Who sees it, where a network lets you choose.")]
Warn = Annotated[str, typer.Option(help="Content warning, where a network has one.")]
At = Annotated[str, typer.Option(metavar="TIME", help="When it goes out, such as 2026-12-01T14:30 in your own time.")]
PollOptions = Annotated[list[str] | None, typer.Option("--poll-option", help="An answer of a poll; give two or more.")]
PollHours = Annotated[float, typer.Option("--poll-hours", min=0.1, help="How long the poll runs.")]
PollMultiple = Annotated[bool, typer.Option("--poll-multiple", help="A reader may choose several answers.")]
Replies = Annotated[str, typer.Option(help="Who may answer, as the network names it.")]
LeaveOut = Annotated[
    bool, typer.Option("--leave-out", help="Send without poll, video or document where none is taken.")
]
OverBudget = Annotated[
    bool, typer.Option("--over-budget", help="Send it although it costs more than the month has left.")
]


def moment_of(text: str) -> datetime | None:
    """A day and a time as people write them, in the zone of this computer unless they name one; UTC. '' = none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text} is no date with a time. Write it as 2026-12-01T14:30.") from None
