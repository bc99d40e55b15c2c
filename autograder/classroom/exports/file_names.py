"""Make names of students fit to be the names of files, on every system."""

import re
import unicodedata

MAX_LENGTH = 60  # letters; four bytes each is what file systems take, less an ending
# Windows opens a device under these names, whatever ending they get.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def unique(names: list[str]) -> list[str]:
    """Return a key for each name: no two alike, even on systems that ignore case."""
    keys: list[str] = []
    seen: set[str] = set()
    for name in names:
        wanted = candidate = fit(name)
        number = 1
        while candidate.casefold() in seen:
            number += 1
            candidate = f"{wanted}-{number}"
        seen.add(candidate.casefold())
        keys.append(candidate)
    return keys


def fit(name: str) -> str:
    """Keep letters of any alphabet, digits and a few signs; the rest becomes "_"."""
    kept = "".join(sign if _is_kept(sign) else "_" for sign in unicodedata.normalize("NFC", name))
    key = re.sub(r"__+", "_", kept)[:MAX_LENGTH].strip("._-") or "student"
    return f"_{key}" if DEVICES.match(key) else key


def _is_kept(sign: str) -> bool:
    # "M" are the vowels and accents that some alphabets write as signs of their own.
    return sign in "-_.+" or sign.isalnum() or unicodedata.category(sign).startswith("M")
