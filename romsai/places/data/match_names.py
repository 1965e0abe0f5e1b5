"""Builds native_names.csv and viet_nam_2025.csv from the lists of places named in ATTRIBUTION.md.

    python romsai/places/data/match_names.py FOLDER

A name is taken only where its code is the P-code's own, or where the romanised names are the same within one province:
a place without a name in its own script is shown in Latin letters, a place with its neighbour's name misleads.
"""

import csv
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

from anyascii import anyascii

HERE = Path(__file__).parent

# ISO 3166-2 spells these Lao provinces otherwise than OCHA.
OTHER_SPELLING = {
    "attapu": "attapeu",
    "champasak": "champasack",
    "phongsali": "phongsaly",
    "xaignabouli": "xaignabouly",
    "xaisomboun": "xaisomboon",
    "xekong": "sekong",
    "xiangkhouang": "xiengkhouang",
}
# The list gives Khammouan the name of Houaphan; 'Viangchan' is both the capital and the province around it.
CORRECTED = {"LA-KH": "ຄຳມ່ວນ"}
BY_CODE = {"LA-VT": "LA01", "LA-VI": "LA10"}
SUFFIX = re.compile(
    r"(province|municipality|autonomous|region|prefecture|city|zhuang|hui|uygur|special|administrative|league|and)\b",
    re.IGNORECASE,
)


def fold(name):
    """Lower-case Latin letters only: 'Thừa Thiên–Huế' and 'Thua Thien Hue' are the same."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    return re.sub(r"[^a-z]", "", "".join(c for c in plain if not unicodedata.combining(c)).lower())


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def thailand(names, _areas):
    for row in rows(names / "THA_provinces.csv"):
        yield "TH" + row["provinceCode"], row["provinceNameTh"]
    for row in rows(names / "THA_districts.csv"):
        yield "TH" + row["districtCode"], row["districtNameTh"]


def myanmar(names, areas):
    for row in rows(names / "MMR_regions.csv"):
        if fold(areas.get(row["SR_Pcode"], "")) == fold(row["SR_Name_Eng"]):
            yield row["SR_Pcode"], row["SR_Name_MMR"]
    for row in rows(names / "MMR_districts.csv"):
        if fold(areas.get(row["District_Pcode"], "")) == fold(row["District_Name_Eng"]):
            yield row["District_Pcode"], row["District_Name_MMR"]


def laos(names, areas):
    by_name = {fold(name): code for code, name in areas.items() if len(code) == 4}
    for row in iso(names, "LAO"):
        code = BY_CODE.get(row["code"]) or by_name.get(OTHER_SPELLING.get(fold(row["name"]), fold(row["name"])))
        if name := CORRECTED.get(row["code"]) or own_script(row, "lao"):
            yield code, name


def cambodia(names, _areas):
    for row in iso(names, "KHM"):  # ISO numbers are the official ones, as in the P-codes
        if name := own_script(row, "khm"):
            yield f"KH{int(row['code'].split('-')[1]):02d}", name.removeprefix("ខេត្ត")


def iso(names, country):
    return [row for row in rows(names / "iso3166_2_with_local_names.csv") if row["iso3"] == country]


def own_script(row, tongue):
    found = [name.strip() for name in re.findall(rf"([^,]+) \({tongue}\)", row["local_other_name"])]
    return next((name for name in found if ord(name[0]) > 0x0E00), None)


def viet_nam(names, areas):
    by_name = {fold(name.removesuffix(" city")): code for code, name in areas.items() if len(code) == 5}
    for row in iso(names, "VNM"):
        if code := by_name.get(fold(row["name"].replace("–", "-"))):
            yield code, row["name"]


def china(names, areas):
    provinces = {row["code"]: row["name"] for row in rows(names / "CHN_provinces.csv")}
    for code, name in provinces.items():
        if f"CN0{code}" in areas:
            yield f"CN0{code}", name
    cities = {}
    for row in rows(names / "CHN_cities.csv"):
        spoken = fold(anyascii(re.sub("(市|地区|盟|自治州)$", "", row["name"])))
        cities.setdefault(row["provinceCode"], []).append((spoken, row["name"]))
    for code, name in areas.items():
        if len(code) == 5 or not (province := provinces.get(code[3:5])):
            continue
        if name == areas[code[:5]]:
            yield code, province
            continue
        same = [own for spoken, own in cities[code[3:5]] if spoken == fold(SUFFIX.sub("", name))]
        if len(same) == 1:
            yield code, same[0]


def build(folder):
    names = folder / "local-names"
    areas = {}
    for row in rows(HERE / "ocha_pcodes.csv"):
        areas.setdefault(row["Location"], {})[row["P-Code"]] = row["Name"]
    found = {
        ("THA", "th"): thailand(names, areas["THA"]),
        ("MMR", "my"): myanmar(names, areas["MMR"]),
        ("LAO", "lo"): laos(names, areas["LAO"]),
        ("KHM", "km"): cambodia(names, areas["KHM"]),
        ("VNM", "vi"): viet_nam(names, areas["VNM"]),
        ("CHN", "zh-Hans"): china(names, areas["CHN"]),
    }
    with (HERE / "native_names.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["pcode", "language", "name"])
        for (country, language), pairs in found.items():
            once = {code: unicodedata.normalize("NFC", name) for code, name in pairs if code in areas[country]}
            twice = [n for n, count in Counter(once.values()).items() if count > 1]
            print(country, len(once), "of", len(areas[country]), "repeated:", len(twice))
            out.writerows([code, language, once[code]] for code in sorted(once))
    with (HERE / "viet_nam_2025.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["level", "code", "parent", "name", "native_name"])
        for row in rows(names / "VNM_provinces_wards_2025.csv"):
            native = unicodedata.normalize("NFC", row["name_vi"])
            out.writerow([row["level"], row["code"], row["parent_code"], row["name_en"], native])


if __name__ == "__main__":
    build(Path(sys.argv[1]))
