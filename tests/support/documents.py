"""Small documents: PDFs as Pillow writes them, office packages and compound files made by hand."""

import io
import zipfile

from PIL import Image

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pdf(pages: int = 3, *, added: int = 0, side: int = 0) -> bytes:
    """`added` pages come in a second part, as editors append them; a `side` in pixels makes it large."""
    file = io.BytesIO()
    sheets = [Image.new("L", (8, 8), number % 256) for number in range(pages + added)]
    if side:
        sheets[0] = Image.effect_noise((side, side), 120)
    sheets[0].save(file, "PDF", save_all=True, append_images=sheets[1:pages])
    for sheet in sheets[pages:]:
        file.seek(0)
        sheet.save(file, "PDF", append=True)
    return file.getvalue()


def package(kind: str = "docx", slides: int = 4) -> bytes:
    """The parts that tell a DOCX, PPTX or XLSX apart."""
    file = io.BytesIO()
    named = "".join(f'<p:sldId id="{256 + number}" r:id="rId{number}"/>' for number in range(slides))
    parts = {
        "docx": ("word/document.xml", "<w:document/>"),
        "pptx": ("ppt/presentation.xml", f"<p:presentation><p:sldIdLst>{named}</p:sldIdLst></p:presentation>"),
        "xlsx": ("xl/workbook.xml", "<workbook/>"),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(*parts[kind])
    return file.getvalue()


def compound(stream: str) -> bytes:
    """An older office file with one stream of this name."""
    return COMPOUND + bytes(1016) + stream.encode("utf-16-le") + bytes(128)
