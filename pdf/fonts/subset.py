"""Makes the subsets in this folder: `python3 subset.py FOLDER`, the folder with BIZUDPGothic-{Regular,Bold}.ttf 1.05.

Needs fontTools. Kept are the characters of JIS X 0208 (kanji of level 1 and 2) and the rest of code page 932 (such as 髙 and
①), Latin with accents, combining dakuten, and every symbol that a report uses; hinting and vertical forms are dropped.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont


def wanted() -> set[int]:
    """Code points to keep, as far as the font has them."""
    points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x250)) | set(range(0x2000, 0x2070)) | {0x3099, 0x309A, 0x20AC, 0x2713}
    for point in range(0x10000):
        if 0xD800 <= point < 0xE000:
            continue
        try:
            chr(point).encode("cp932")
        except UnicodeEncodeError:
            continue
        points.add(point)
    return {point for point in points if not 0xE000 <= point < 0xF900 and point >= 0x20}


def main() -> None:
    """Writes both weights beside this script."""
    for weight in ["Regular", "Bold"]:
        name = f"BIZUDPGothic-{weight}.ttf"
        options = subset.Options(layout_features=["kern"], hinting=False, notdef_outline=True, name_IDs=["*"], recalc_timestamp=False)
        options.drop_tables += ["DSIG", "vhea", "vmtx", "meta", "gasp"]
        font = TTFont(Path(sys.argv[1]) / name, recalcTimestamp=False)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted())
        subsetter.subset(font)
        font.save(Path(__file__).parent / name)
        print(name, len(font.getBestCmap()), "characters")


main()
