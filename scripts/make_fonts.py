"""Make the fonts in src/emos/report/fonts from Noto Sans CJK SC.

Nothing at run time needs this script. It is run again when the page's words gain a character that
ought to be in the second slice, or when Noto Sans CJK has a new version:

    apt-get download fonts-noto-cjk=1:20220127+repack1-1
    pip download --no-deps --no-binary :all: jieba==0.42.1
    pip install fonttools==4.68.0 brotli==1.2.1
    python scripts/make_fonts.py fonts-noto-cjk_*.deb jieba-0.42.1.tar.gz

The font is Noto Sans CJK SC 2.004 (SIL Open Font License 1.1), in Debian's package fonts-noto-cjk,
from https://github.com/googlefonts/noto-cjk. jieba (MIT) is a dictionary with the frequency of each
word; it only says which characters are common, none of it is shipped. Both are checked by hash.

Written are one OpenType font for pictures with all characters, and WOFF2 slices for the page: the
first has Latin and signs, the second the characters of the program's own words and the commonest
others, the rest follow in order of frequency, so that a page carries few of them. slices.json lists
them. Only the first two are there in bold. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

DEB_SHA256 = "4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502"
JIEBA_SHA256 = "055ca12f62674fafed09427f176506079bc135638a14e23e25be909131928db2"
SIMPLIFIED_CHINESE = 2  # its place in the collection

FAMILY = "EmoS Sans SC"  # not "Source", which is Adobe's reserved font name
SOURCE = Path(__file__).parents[1] / "src" / "emos"
FONTS = SOURCE / "report" / "fonts"

COMMONEST = 600  # in the second slice, beside the words of the program
SLICE = 700  # characters in each of the others

# Outside GB 2312, but met in today's speech and names.
SINCE_1980 = (
    "囧怼嘚嬛啰撸嘞哏咗嚯噁嗮囍槑烎靐瞭镕喆堃祎玥昇锺彧翀垚犇玚珺琋珮瑆璟晞晗暐洺湉滢漪漩煊燚"
    "婳婧嫚媖孖芃苡莀萱蔚蕤榕樾橦粿糍馕齁滘埗砼氹冇攞"
)

# Latin-1, Latin Extended-A and pinyin; Greek; punctuation, arrows, maths, enclosed numbers, boxes,
# shapes, ticks and crosses; full-width forms. The font has not all of them; it is asked below.
BLOCKS = (
    (0x0020, 0x007E), (0x00A0, 0x017F), (0x01CD, 0x01DC), (0x0391, 0x03C9), (0x2010, 0x203B),
    (0x20AC, 0x20AC), (0x2100, 0x214F), (0x2150, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF),
    (0x2460, 0x249B), (0x2500, 0x257F), (0x2580, 0x25FF), (0x2600, 0x2606), (0x2610, 0x2612),
    (0x2713, 0x2718), (0x3000, 0x3017), (0xFF01, 0xFF5E), (0xFFE5, 0xFFE5),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("deb", type=Path, help="Debian's fonts-noto-cjk")
    parser.add_argument("jieba", type=Path, help="jieba-0.42.1.tar.gz")
    arguments = parser.parse_args()
    check(arguments.deb, DEB_SHA256)
    check(arguments.jieba, JIEBA_SHA256)

    regular = source_font(arguments.deb, "Regular")
    there = set(regular.getBestCmap())
    names = {ord(character) for character in SINCE_1980} & there
    signs = {code for first, last in BLOCKS for code in range(first, last + 1)} & there
    common = by_frequency(arguments.jieba)
    core = ((own_words() | set(common[:COMMONEST])) & there) - signs
    rest = [code for code in common if code not in core]
    rest += sorted(names - core - set(rest))

    for old in FONTS.rglob("*"):
        if old.suffix in (".otf", ".woff2"):
            old.unlink()
    pictures = FONTS / "pictures" / "EmoSSansSC-Regular.otf"
    write(regular, signs | core | set(rest), "Regular", pictures)
    regular = TTFont(
        pictures, recalcTimestamp=False
    )  # much smaller, so that the slices are soon cut
    bold = source_font(arguments.deb, "Bold")
    parts = [signs, core, *(set(rest[at : at + SLICE]) for at in range(0, len(rest), SLICE))]
    slices = []
    for place, part in enumerate(parts):
        for font, weight, number in ((regular, "Regular", 400), (bold, "Bold", 700)):
            if font is bold and place > 1:
                continue
            name = f"{weight.lower()}-{place}.woff2"
            write(font, part, weight, FONTS / name)
            slices.append({"file": name, "weight": number, "range": as_range(part)})
    table = {"family": FAMILY, "slices": slices}
    (FONTS / "slices.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def check(path: Path, sha256: str) -> None:
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise SystemExit(f"{path}: not the file this script was written for (SHA-256 differs)")


def source_font(deb: Path, weight: str) -> TTFont:
    """Noto Sans CJK SC of one weight out of the Debian package."""
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(unpacked.stdout)) as archive:
        member = archive.extractfile(f"./usr/share/fonts/opentype/noto/NotoSansCJK-{weight}.ttc")
        assert member is not None
        collection = io.BytesIO(member.read())
    return TTCollection(collection, recalcTimestamp=False).fonts[SIMPLIFIED_CHINESE]


def by_frequency(jieba: Path) -> list[int]:
    """GB 2312's 6,763 Chinese characters, commonest first."""
    counts: Counter[str] = Counter()
    with tarfile.open(jieba) as archive:
        member = archive.extractfile("jieba-0.42.1/jieba/dict.txt")
        assert member is not None
        for line in io.TextIOWrapper(member, "utf-8"):
            word, count = line.split()[:2]
            for character in word:
                counts[character] += int(count)
    rows = range(0xB0, 0xF8)  # level 1 in pinyin's order, then level 2 by radical
    pairs = [bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF)]
    # Five places at the end of level 1 are empty.
    characters = [pair.decode("gb2312", "ignore") for pair in pairs]
    characters = [character for character in characters if character]
    assert len(characters) == 6763
    return [ord(each) for each in sorted(characters, key=lambda each: -counts[each])]


def own_words() -> set[int]:
    """Characters that the program itself writes: words of pages and pictures, names of labels."""
    files = [*SOURCE.rglob("*.toml"), *(SOURCE / "taxonomy").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return {ord(character) for character in re.sub(r"\s", "", text)}


def write(font: TTFont, codes: set[int], weight: str, path: Path) -> None:
    """A subset of ``font`` under our own name."""
    options = subset.Options(
        hinting=False,  # screens and printers of today draw these outlines well without
        # Not locl, which brings Japanese, Korean and traditional forms of each character.
        layout_features=["kern"],
        drop_tables=[*subset.Options().drop_tables, "vhea", "vmtx", "VORG", "BASE"],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
        notdef_outline=True,
        desubroutinize=path.suffix == ".woff2",  # Brotli finds the repetitions better by itself
    )
    options.flavor = "woff2" if path.suffix == ".woff2" else None
    stream = io.BytesIO()
    font.flavor = None
    font.save(stream)
    part = TTFont(io.BytesIO(stream.getvalue()), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(part)
    rename(part, weight)
    path.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(part, str(path), options)


def rename(font: TTFont, weight: str) -> None:
    full, postscript = f"{FAMILY} {weight}", f"EmoSSansSC-{weight}"
    version = "2.004; subset made by scripts/make_fonts.py of EmoS from Noto Sans CJK SC"
    names = {1: FAMILY, 2: weight, 3: f"{version}; {postscript}", 4: full, 5: f"Version {version}"}
    names[6] = postscript
    table = font["name"]
    table.names = [record for record in table.names if record.platformID == 3]
    table.names = [record for record in table.names if record.langID == 0x409]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames = [postscript]
    outlines.topDictIndex[0].FullName = full
    outlines.topDictIndex[0].FamilyName = FAMILY


def as_range(codes: Iterable[int]) -> str:
    """CSS's unicode-range: ``U+20-7E,U+4E00``."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


if __name__ == "__main__":
    main()
