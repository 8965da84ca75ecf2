"""`socialdesk import`, `export`, `inspect`, `doctor`, `restore`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from socialdesk.app.recovery import restore_last_good_copy
from socialdesk.cli.context import COULD_NOT, Json, fail, read_file, say, shell_of, show
from socialdesk.core.errors import StoreError
from socialdesk.core.reports import Finding, ImportReport, InspectReport
from socialdesk.services.bundle import Services


def add(root: typer.Typer) -> None:
    root.command("import")(import_file)
    root.command("export")(export)
    root.command("inspect")(inspect)
    root.command("doctor")(doctor)
    root.command("restore")(restore)


def import_file(ctx: typer.Context, file: Path, as_json: Annotated[bool, Json] = False) -> None:
    """Adds the feeds of an OPML file as one column."""
    data = read_file(file)

    async def job(services: Services) -> ImportReport:
        return await services.transfer.import_opml(data)

    report = shell_of(ctx).run(job)
    show(report, as_json=as_json, lines=lambda: [f"{report.added} feeds added, {report.known} were known."])
    for text, why in report.refused:
        say(f"Not taken: {text}: {why}")


def export(
    ctx: typer.Context,
    opml: Annotated[Path, typer.Option("--opml", metavar="FILE", help="Write the feeds to FILE; - for the output.")],
    as_json: Annotated[bool, Json] = False,
) -> None:
    """Writes all feeds as OPML, one folder per column."""

    async def job(services: Services) -> bytes:
        return await services.transfer.export_opml()

    data = shell_of(ctx).run(job)
    if str(opml) == "-" and not as_json:
        sys.stdout.write(data.decode())
        return
    try:
        opml.write_bytes(data)
    except OSError as error:
        fail(f"{opml} cannot be written: {error.strerror or error}.")
    show({"file": str(opml), "bytes": len(data)}, as_json=as_json, lines=lambda: [f"Written: {opml}"])


def inspect(ctx: typer.Context, target: str, as_json: Annotated[bool, Json] = False) -> None:
    """Shows what a feed, a page or a file gives: title, entries, feeds it names, article."""

    async def job(services: Services) -> InspectReport:
        return await services.inspecting.inspect(target, try_usual_places=True)

    report = shell_of(ctx).run(job)
    show(report, as_json=as_json, lines=lambda: _report(report))
    if report.kind == "nothing":
        raise typer.Exit(COULD_NOT)


def _report(report: InspectReport) -> list[str]:
    lines = [f"{report.kind}: {report.url}"]
    if report.meta is not None:
        lines.append(f"title: {report.meta.title}")
    lines += [f"  {e.published:%Y-%m-%d}  {e.title}" if e.published else f"  {e.title}" for e in report.entries]
    lines += [f"feed: {found.title or found.kind}  {found.url}" for found in report.found]
    if report.article is not None:
        lines.append(f"article: {report.article.title} ({len(report.article.text.split())} words)")
    return lines


def doctor(ctx: typer.Context, as_json: Annotated[bool, Json] = False) -> None:
    """Shows versions, places, keyring, proxy, the store's health and whether the accounts answer. No secrets."""

    async def job(services: Services) -> tuple[Finding, ...]:
        return await services.health.doctor()

    findings = shell_of(ctx).run(job)
    show(findings, as_json=as_json, lines=lambda: [_finding(finding) for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(COULD_NOT)


def _finding(finding: Finding) -> str:
    mark = "ok " if finding.ok else "!! "
    return f"{mark} {finding.name}: {finding.value}" + (f" {finding.fix}" if finding.fix else "")


def restore(ctx: typer.Context, as_json: Annotated[bool, Json] = False) -> None:
    """Puts the last good copy of a damaged store in its place; the damaged file is kept beside it."""
    try:
        kept = restore_last_good_copy(shell_of(ctx).profile)
    except StoreError as error:
        fail(str(error))
    show({"kept": str(kept)}, as_json=as_json, lines=lambda: [f"Restored. The damaged file is kept as {kept}."])
