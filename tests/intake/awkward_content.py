"""Awkward files whose pages are the trouble: contents, forms, fonts, images, actions."""

import zlib
from collections.abc import Callable

from tests.intake.awkward import CATALOGUE, FONT, TEXT, WORDS, Awkward, lost, one_page, read, stream

_SAYS = WORDS.decode()
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] "
_IMAGE = b"/Type /XObject /Subtype /Image "


def content(text: bytes, **more: bytes) -> Callable[[], bytes]:
    return lambda: one_page(text, **more)


def forms(draw: Callable[[int], bytes], count: int) -> Callable[[], bytes]:
    """Form i of `count` (objects 6, 7, ...) draws `draw(i)`, and has all forms as /X0, /X1, ..."""
    names = b"/XObject << %s >>" % b" ".join(b"/X%d %d 0 R" % (i, 6 + i) for i in range(count))
    inside = b"/Resources << /Font << /F 5 0 R >> %s >>" % names
    bodies = [stream(draw(i), _FORM + inside) for i in range(count)]
    return lambda: one_page(TEXT + b" /X0 Do", *bodies, resources=names)


def laughs(wide: int, deep: int) -> Callable[[], bytes]:
    """Each form draws the next one `wide` times."""
    return forms(lambda i: b"/X%d Do " % (i + 1) * wide if i < deep - 1 else b"BT /F 1 Tf (ha) Tj ET", deep)


def annotation_loop() -> bytes:
    look = stream(b"/Me Do", _FORM + b"/Resources << /XObject << /Me 7 0 R >> >>")
    note = b"<< /Type /Annot /Subtype /Stamp /Rect [9 9 99 99] /AP << /N 7 0 R >> /Parent 6 0 R /Popup 6 0 R >>"
    return one_page(TEXT, note, look, page=b"/Annots [6 0 R]")


def field_loop() -> bytes:
    """A form field that is its own parent and its own child."""
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f) /V (value) /DA (/F 9 Tf) /Rect [9 9 99 99] "
        b"/Parent 6 0 R /Kids [6 0 R] >>"
    )
    form = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DR << /Font << /F 5 0 R >> >> >> >>"
    return one_page(TEXT, field, page=b"/Annots [6 0 R]", catalogue=form)


def repeated(before: bytes, piece: bytes, count: int, after: bytes = b"", folds: int = 1) -> Callable[[], bytes]:
    """Content that unfolds to `before`, `count` times `piece`, and `after`."""

    def make() -> bytes:
        packer = zlib.compressobj(9)
        some, rest = divmod(count, 10_000)
        parts = [packer.compress(before), *(packer.compress(piece * 10_000) for _ in range(some))]
        data = b"".join((*parts, packer.compress(piece * rest + after), packer.flush()))
        for _ in range(folds - 1):
            data = zlib.compress(data, 9)
        return one_page(data, filters=b"/Filter [%s]" % (b"/FlateDecode " * folds))

    return make


def encoded() -> bytes:
    """ASCIIHex over RunLength over spaces: 16 MB from 500 KB."""
    runs = (b"\x81 " * 125_000 + b"\x80").hex().encode() + b">"
    return one_page(runs, filters=b"/Filter [/ASCIIHexDecode /RunLengthDecode]")


def image(facts: bytes, data: bytes) -> Callable[[], bytes]:
    picture = stream(data, _IMAGE + facts)
    return lambda: one_page(TEXT + b" q 612 0 0 792 0 0 cm /I Do Q", picture, resources=b"/XObject << /I 6 0 R >>")


def claimed(width: int, height: int, bits: int, colours: bytes, data: bytes = b"tiny") -> Callable[[], bytes]:
    """An image that says it is so large, with next to no data."""
    facts = b"/Width %d /Height %d /BitsPerComponent %d /ColorSpace /%s /Filter /FlateDecode"
    return image(facts % (width, height, bits, colours), zlib.compress(data))


def packed(name: bytes, parameters: bytes = b"", width: int = 200) -> Callable[[], bytes]:
    """An image in format `name` whose data is garbage."""
    facts = b"/Width %d /Height 200 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /%s /DecodeParms << %s >>"
    return image(facts % (width, name, parameters), bytes(range(256)) * 20)


def blank_image_60000() -> bytes:
    """A sound image of 60,000 x 60,000 white dots in 450 KB."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\xff" * 7500) for _ in range(60_000)) + packer.flush()
    facts = b"/Width 60000 /Height 60000 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /FlateDecode"
    return image(facts, data)()


def glyph_that_draws_itself() -> bytes:
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 "
        b"/LastChar 97 /Widths [1000] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> "
        b"/Resources << /Font << /F 5 0 R >> >> >>"
    )
    glyph = stream(b"1000 0 d0 0 0 500 500 re f BT /F 500 Tf (aaa) Tj ET")
    return one_page(b"BT /F 12 Tf 72 700 Td (aaa) Tj ET", glyph, font=font)


def huge_unicode_table() -> bytes:
    lines = b"".join(b"<%04x> <%s>\n" % (i, b"0041" * 60) for i in range(0x100, 0x4000))
    table = b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange 9999 beginbfchar\n%sendbfchar endcmap"
    font = FONT.replace(b">>", b"/ToUnicode 6 0 R >>")
    return one_page(TEXT, stream(zlib.compress(table % lines), b"/Filter /FlateDecode"), font=font)


def font(facts: bytes, *more: bytes) -> Callable[[], bytes]:
    return lambda: one_page(TEXT, *more, font=b"<< /Type /Font %s >>" % facts)


def letters(codes: str) -> Callable[[], bytes]:
    """A page whose letters a..z mean `codes`."""
    rows = b"".join(b"<%02x> <%s>\n" % (97 + i, c.encode("utf-16-be").hex().encode()) for i, c in enumerate(codes))
    table = b"1 begincodespacerange <00> <ff> endcodespacerange 26 beginbfchar\n%sendbfchar" % rows
    text = bytes(range(97, 97 + len(codes)))
    words = b"BT /F 12 Tf 72 700 Td (%s) Tj 0 -40 Td (ABC %s) Tj ET" % (WORDS, text)
    return lambda: one_page(words, stream(table), font=FONT.replace(b">>", b"/ToUnicode 6 0 R >>"))


def acting(catalogue: bytes, *more: bytes, page: bytes = b"") -> Callable[[], bytes]:
    return lambda: one_page(TEXT, *more, page=page, catalogue=CATALOGUE.replace(b">>", catalogue + b" >>"))


_EVIL = b"app.launchURL('http://127.0.0.1:9/'); this.exportDataObject({cName: 'a', nLaunch: 2});"
_LAUNCH = b"/OpenAction << /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>"
_FILES = b"/Names << /EmbeddedFiles << /Names [(../../etc/cron.d/a) 6 0 R (../../etc/cron.d/a) 6 0 R] >> >>"
_XFA = stream(
    b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;"
)

CONTENTS = (
    read("a form that draws itself", forms(lambda _: b"/X0 Do " * 3, 1)),
    read("two forms that draw each other", forms(lambda i: b"/X%d Do" % (1 - i), 2), 1, slow=True),
    lost("forms that draw forms, a thousand million", laughs(10, 10)),
    read("a look that draws itself", annotation_loop, 1, _SAYS),
    lost("a field that is its own parent", field_loop, at=None),
    lost("50,000 times q", content(b"q " * 50_000 + TEXT)),
    lost("an array 100,000 deep in the content", content(b"[" * 100_000 + TEXT), slow=True),
    lost("the content is not what it says", content(TEXT, filters=b"/Filter /LZWDecode"), slow=True),
    read("a filter nobody knows", content(TEXT, filters=b"/Filter /EvilDecode"), slow=True),
    read("twenty filters of nothing", repeated(TEXT, b" ", 0, folds=20), 1, _SAYS, slow=True),
    lost("100 MB of text", repeated(b"BT /F 1 Tf (", b"ha ", 33_000_000, b") Tj ET"), at=None, slow=True),
    lost("12 MB of text", repeated(b"BT /F 1 Tf (", b"ha ", 4_000_000, b") Tj ET"), at=None, slow=True),
    lost("400 MB of spaces", repeated(TEXT, b" ", 400 << 20, folds=2), at=None, slow=True),
    read("30 MB of spaces, twice folded", repeated(TEXT, b" ", 30 << 20, folds=2), 1, _SAYS),
    read("16 MB in runs", encoded, slow=True),
    lost("a million words", repeated(b"BT /F 1 Tf ", b"1 0 0 1 9 9 Tm (a) Tj ", 1_000_000, b"ET"), at=None, slow=True),
    lost("50,000 words", repeated(b"BT /F 1 Tf 1 0 0 1 9 9 Tm (", b"ab ", 50_000, b") Tj ET"), at=None),
    lost("300,000 lines", repeated(b"", b"1 1 m 600 700 l S ", 300_000), at=None, slow=True),
    lost("numbers that are too long", content(b"9" * 400 + b" 0 0 1e999 -" + b"9" * 400 + b" 0 cm " + TEXT)),
    lost("text as large as the world", content(b"BT /F 1e30 Tf 72 700 Td (large) Tj ET"), slow=True),
    read("invisible text", content(TEXT.replace(b"Tf", b"Tf 3 Tr")), 1, _SAYS, slow=True),
)

LETTERS = (
    read("control letters", letters("\x00\x01\x07\x08\x0b\x1b\x7f\x85\x9f"), 1, _SAYS[:2]),
    read("letters that turn the line around", letters("\u202e\u2066\u200b\ufeff\u061c"), 1, slow=True),
    read("half of a letter", letters("\U0010ffff\ufffe\uffff\ue000\ufffd"), 1, slow=True),
    read("a glyph that draws itself", glyph_that_draws_itself),
    read("a huge table of letters", huge_unicode_table, slow=True),
    read("no widths", font(b"/Subtype /TrueType /BaseFont /Odd /FirstChar 250 /LastChar 3 /Widths [1]")),
    read(
        "a font of garbage",
        font(
            b"/Subtype /TrueType /BaseFont /Odd /FontDescriptor << /Type /FontDescriptor /FontFile2 6 0 R >>",
            stream(b"\x00\x01\x00\x00\xff\xff" + bytes(range(256)) * 4),
        ),
        1,
    ),
    read(
        "a font that is its own descendant",
        font(b"/Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [5 0 R]"),
        slow=True,
    ),
    read("names of other letters", lambda: one_page(TEXT).replace(b"/F ", b"/F\xc3\xa9#00\xff "), slow=True),
)

IMAGES = (
    read("an image of 30,000 x 30,000", claimed(30_000, 30_000, 8, b"DeviceRGB")),
    read("an image of 2,000 million dots", claimed(2_000_000_000, 1, 8, b"DeviceGray"), slow=True),
    read("an image of less than nothing", claimed(-5, -5, 8, b"DeviceGray"), slow=True),
    read("an image of 33 bits", claimed(9, 9, 33, b"DeviceGray"), slow=True),
    lost("a white image of 60,000 x 60,000", blank_image_60000, at=None, slow=True),
    read("a fax of minus one column", packed(b"CCITTFaxDecode", b"/K -1 /Columns -1 /Rows -1")),
    read("a fax of 2,000 million columns", packed(b"CCITTFaxDecode", b"/K -1 /Columns 2000000000"), slow=True),
    read("a JBIG2 of garbage", packed(b"JBIG2Decode")),
    read("a JPEG 2000 of garbage", packed(b"JPXDecode")),
    read("a JPEG of garbage", packed(b"DCTDecode"), slow=True),
    read(
        "a mask of its own",
        image(b"/Width 9 /Height 9 /BitsPerComponent 8 /ColorSpace /DeviceGray /SMask 6 0 R", b"a" * 81),
    ),
)

ACTIONS = (
    read(
        "script on opening",
        acting(b"/OpenAction << /S /JavaScript /JS (%s) >>" % _EVIL.replace(b"(", b"\\(").replace(b")", b"\\)")),
        1,
        _SAYS,
    ),
    read(
        "a program to launch", acting(_LAUNCH, page=b"/AA << /O << /S /Launch /F (/bin/sh) >> >>"), 1, _SAYS, slow=True
    ),
    read(
        "files to be written elsewhere",
        acting(
            _FILES, b"<< /Type /Filespec /F (../../etc/cron.d/a) /EF << /F 7 0 R >> >>", stream(b"* * * * * root true")
        ),
        1,
        _SAYS,
        slow=True,
    ),
    read("a form of XFA", acting(b"/AcroForm << /XFA 6 0 R /Fields [] >>", _XFA), 1, _SAYS),
    read(
        "layers that are off",
        acting(
            b"/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] /Order [6 0 R [6 0 R]] >> >>",
            b"<< /Type /OCG /Name (layer) >>",
        ),
        1,
        _SAYS,
        slow=True,
    ),
    read(
        "an outline in a circle",
        acting(b"/Outlines 6 0 R", b"<< /First 6 0 R /Next 6 0 R /Last 6 0 R /Title (a) >>"),
        slow=True,
    ),
)

ALL: tuple[Awkward, ...] = (*CONTENTS, *LETTERS, *IMAGES, *ACTIONS)
