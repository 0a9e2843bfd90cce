"""Say what form the bytes of a file have, and name the forms that are no list."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Literal

from flows.steps.common.errors import Unreadable

Form = Literal["workbook", "page", "csv"]

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
AS_WORKBOOK = "save it as .xlsx in a spreadsheet program and import it again"
AGAIN = "download it again from the list page"
STARTS = (
    (b"%PDF", "a PDF document", "import the .xlsx file that ICE published"),
    (b"\x1f\x8b", "packed with gzip", "unpack it and import what is inside"),
    (b"BZh", "packed with bzip2", "unpack it and import what is inside"),
    (b"\xfd7zXZ", "packed with xz", "unpack it and import what is inside"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it and import what is inside"),
    (b"Rar!", "a RAR archive", "unpack it and import what is inside"),
    (b"{\\rtf", "a text document (.rtf)", "import the .xlsx file that ICE published"),
    (b"\x89PNG", "a picture", "import the .xlsx file that ICE published"),
    (b"\xff\xd8\xff", "a picture", "import the .xlsx file that ICE published"),
    (b"version https://git-lfs", "a Git LFS pointer", "import the file that it stands for"),
)
"""How files begin that are no lists: what they are, and what to do."""
INSIDE = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)", AS_WORKBOOK),
    ("word/document.xml", "a text document (.docx)", "import the .xlsx file that ICE published"),
    ("ppt/presentation.xml", "a presentation (.pptx)", "import the .xlsx file that ICE published"),
    ("content.xml", "an OpenDocument file (.ods)", AS_WORKBOOK),
    ("index/document.iwa", "a Numbers document", "export it as .xlsx and import it again"),
)
"""Parts of zips that are no workbooks we read: what holds them, and what to do."""
TEXTS = (
    (
        re.compile(r"<[^\0]*urn:schemas-microsoft-com:office:spreadsheet"),
        "an XML spreadsheet of 2003",
        AS_WORKBOOK,
    ),
    (
        re.compile(r"(?:From: [^\n]*\n(?:[^\n]*\n){0,9})?MIME-Version:", re.I),
        "a saved web archive (.mht)",
        "save the page as HTML and import that",
    ),
    (
        re.compile(r"[{\[]\s*[\"{\[]"),
        "JSON",
        "import the .xlsx or .csv file that ICE published",
    ),
)
"""How texts begin that are no lists: what they are, and what to do."""
SEARCHED = 1 << 16
SEEN = 4096
BLANK = "\ufeff \t\r\n"


def form_of(name: str, data: bytes) -> Form:
    """Return which reader the bytes are for, whatever the name says.

    Raises `Unreadable` with a sentence that names the form of other files and says what to do.
    """
    if data.startswith(ZIP):
        return "workbook"
    if foreign := _foreign(data):
        raise Unreadable(f"{name} is {foreign[0]}, not a list that can be read: {foreign[1]}.")
    return "page" if decoded(data[:SEEN]).lstrip(BLANK).startswith("<") else "csv"


def _foreign(data: bytes) -> tuple[str, str] | None:
    """Return (what it is, what to do) of bytes in a form that is not read."""
    if not data.strip(b"\0 \t\r\n"):
        return "empty", AGAIN
    if data.startswith(OLE):
        return _ole(data)
    for start, what, todo in STARTS:
        if data.startswith(start):
            return what, todo
    if before := _bytes_before_zip(data):
        return f"a workbook with {before:,} bytes before it that do not belong to it", AGAIN
    head = decoded(data[:SEEN]).lstrip(BLANK)
    for pattern, what, todo in TEXTS:
        if pattern.match(head):
            return what, todo
    return None


def zip_form(names: set[str]) -> tuple[str, str]:
    """Return (what it is, what to do) of a zip that is no workbook, by its parts' names."""
    lower = {name.lower() for name in names}
    for part, what, todo in INSIDE:
        if part in lower:
            return what, todo
    if "encryptedpackage" in lower:
        return "locked with a password", "save it without one and import it again"
    return "a zip file but not a workbook", "unpack it, and import the .xlsx or .csv file inside"


def decoded(data: bytes) -> str:
    """Return the text of bytes: by its byte order mark, else UTF-16, UTF-8 or Windows' own."""
    data = data.rstrip(b"\0") if data[:2] not in (b"\xff\xfe", b"\xfe\xff") else data
    for mark, coding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(coding, "replace")
    head = data[:400]
    if head and head.count(0) > len(head) // 4:  # every other byte of Latin text in UTF-16
        is_little = head[1::2].count(0) >= head[::2].count(0)
        return (data + b"\0" * (len(data) % 2)).decode(
            "utf-16-le" if is_little else "utf-16-be", "replace"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _ole(data: bytes) -> tuple[str, str]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "locked with a password", "save it without one and import it again"
    if "WordDocument".encode("utf-16-le") in data:
        return "a text document (.doc)", "import the .xlsx file that ICE published"
    return "in the old .xls form", AS_WORKBOOK


def _bytes_before_zip(data: bytes) -> int:
    """Return where a zip begins that other bytes stand before, 0 when there is none."""
    at = data.find(ZIP, 1, SEARCHED)
    return at if at > 0 and zipfile.is_zipfile(BytesIO(data)) else 0
