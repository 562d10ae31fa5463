#!/usr/bin/env python3
"""What replay made of a labelled week.

score.py BASE.labels ANSWERS STOPPED PUT-OFF prints, for each kind of caller,
what share was refused for good, refused once and labelled, and the sums. Fails
if less than STOPPED per cent of the unwanted calls are refused, for good or
once; if more than PUT-OFF of 10,000 wanted ones are refused once, or more than
the shipped defaults promise for good; or if anyone was refused for good whose
call must not be lost.
"""
import collections
import json
import sys

HARMED_MAX = 2  # of 10,000 wanted, for good: at most 0.2 on five seeds
LIFELINES = {"hospital", "alarm", "psap", "fraud-desk", "school-emergency"}


def main():
    stopped_min, put_off_max = map(float, sys.argv[3:5])
    labels = {}
    for line in open(sys.argv[1]):
        name, unwanted, kind = line.split()
        labels[name] = (unwanted == "1", kind)
    actions = collections.defaultdict(collections.Counter)
    for line in open(sys.argv[2]):
        answer = json.loads(line)
        actions[labels[answer["id"]]][answer["action"]] += 1
    sums = {True: collections.Counter(), False: collections.Counter()}
    lost = 0
    for (unwanted, kind), count in sorted(actions.items()):
        calls = sum(count.values())
        once = count["greylist"]
        refused = calls - count["allow"] - count["label"] - once
        sums[unwanted] += collections.Counter(
            calls=calls, refused=refused, once=once, label=count["label"])
        if kind in LIFELINES:
            lost += refused
        print("%-9s %-17s %6d calls %6.2f %% refused %6.2f %% once "
              "%6.2f %% labelled" % (
                  "unwanted" if unwanted else "wanted", kind, calls,
                  100 * refused / calls, 100 * once / calls,
                  100 * count["label"] / calls))
    bad, fine = sums[True], sums[False]
    stopped = 100 * (bad["refused"] + bad["once"]) / bad["calls"]
    harmed = 1e4 * fine["refused"] / fine["calls"]
    put_off = 1e4 * fine["once"] / fine["calls"]
    print("stopped %.1f %% (%.1f %% by refusing once; labelled %.1f %% more), "
          "harmed %.1f of 10,000 (and %.1f once), lifelines lost %d" % (
              stopped, 100 * bad["once"] / bad["calls"],
              100 * bad["label"] / bad["calls"], harmed, put_off, lost))
    good = (stopped >= stopped_min and harmed <= HARMED_MAX
            and put_off <= put_off_max and not lost)
    print("%d passed, %d failed" % (good, not good))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
