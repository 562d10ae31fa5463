#!/usr/bin/env python3
"""Makes src/model/assigned.c: which country codes and North American area
codes are in use, and how long numbers are.

assigned.py PhoneNumberMetadata.xml >src/model/assigned.c

The facts are those published in the folder resources of google/libphonenumber
(Apache License 2.0), which follows the ITU's and the national plans. Only the
facts are taken: no code, no pattern.
"""
import re
import sys
import xml.etree.ElementTree as xml

KINDS = ("fixedLine mobile tollFree premiumRate sharedCost personalNumber "
         "voip pager uan voicemail").split()


def lengths(text):
    for part in re.findall(r"\[(\d+)-(\d+)\]|(\d+)", text):
        if part[2]:
            yield int(part[2])
        else:
            yield from range(int(part[0]), int(part[1]) + 1)


def read(path):
    countries, patterns = {}, []
    for territory in xml.parse(path).getroot().iter("territory"):
        code = int(territory.get("countryCode"))
        mask = countries.setdefault(code, set())
        for kind in KINDS:
            for desc in territory.findall(kind):
                for possible in desc.findall("possibleLengths"):
                    mask.update(lengths(possible.get("national", "")))
                pattern = desc.findtext("nationalNumberPattern")
                if code == 1 and pattern:
                    patterns.append(re.compile(re.sub(r"\s", "", pattern)))
    return countries, patterns


def areas(patterns):
    """Those with any exchange that any kind of number may have."""
    for area in range(200, 1000):
        numbers = ["%d%d1234" % (area, nxx) for nxx in range(200, 1000)]
        if any(p.fullmatch(n) for p in patterns for n in numbers):
            yield area


def table(words, line):
    for at in range(0, len(words), line):
        print("\t" + " ".join(words[at:at + line]))


def main():
    countries, patterns = read(sys.argv[1])
    print("/* Made by scripts/assigned.py; see there whose facts these are."
          " */\n#include \"assigned.h\"\n")
    print("/* Country code, and a bit for each length of national numbers. */")
    print("/* clang-format off */")
    print("const struct assigned_country assigned_countries[] = {")
    table(["{%d, 0x%05x}," % (code, sum(1 << n for n in mask))
           for code, mask in sorted(countries.items()) if mask], 4)
    print("};\nconst size_t assigned_countries_count =\n\t"
          "sizeof(assigned_countries) / sizeof(assigned_countries[0]);\n")
    print("const uint16_t assigned_areas[] = {")
    found = list(areas(patterns))
    table(["%d," % area for area in found], 12)
    print("};\nconst size_t assigned_areas_count =\n\t"
          "sizeof(assigned_areas) / sizeof(assigned_areas[0]);")


if __name__ == "__main__":
    main()
