"""Write a zip that is the same, byte for byte, whenever it is made from the same files."""

import datetime
import zipfile
from pathlib import Path


def write(path: Path, files: dict[str, bytes], day: datetime.date) -> None:
    """Write the files, given by their paths inside the zip, as if all were last changed on `day`.

    What begins with #! can be executed once it is unpacked.  Nothing is compressed: what
    zlib makes of the same bytes differs from version to version.
    """
    noon = (day.year, day.month, day.day, 12, 0, 0)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, noon)
            entry.create_system = 3  # as on Unix, so that the permissions count
            entry.external_attr = (0o755 if content.startswith(b"#!") else 0o644) << 16
            archive.writestr(entry, content)
