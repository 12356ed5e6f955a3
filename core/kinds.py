"""Which kinds of file are taken in. The first bytes decide, never the file's name. Standard library only."""

from typing import Final, Literal, get_args

Kind = Literal["pdf", "tiff", "png", "jpeg"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
HEAD_BYTES: Final = 1024
"""So much of a file is enough to tell its kind."""
TAKEN: Final = "PDF, TIFF, PNG or JPEG"
NOT_TAKEN: Final = f"This file is not a {TAKEN}. Save, print or scan it as one of these and upload that."
EMPTY: Final = "This file is empty. Upload it again from its source."

_PICTURES: tuple[tuple[bytes, Kind], ...] = (
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_NEVER: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"GIF8", b"BM", b"RIFF")
"""Archives and office files, and pictures of other kinds: these letters further on do not make a PDF of them."""


def file_kind(head: bytes) -> Kind | None:
    """The kind that the first HEAD_BYTES bytes of a file speak of; None for one that is not taken in."""
    for start, kind in _PICTURES:
        if head.startswith(start):
            return kind
    if b"%PDF-" not in head[:HEAD_BYTES] or head.startswith(_NEVER):
        return None
    return "pdf"
