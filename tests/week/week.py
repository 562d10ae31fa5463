#!/usr/bin/env python3
"""A made-up week of calls, labelled, for callsieve replay.

week.py SEED BASE writes BASE.events (what replay reads), BASE.labels (id,
1 if unwanted, kind of caller) and BASE.dayN.csv, files of public complaints.
Kinds and their habits are guesses at what carriers see, and how much of each
there is differs from seed to seed; no real call went into them.
"""
import csv
import json
import random
import sys
import time

import unwanted
import wanted

DAY = 86400
START = 1790000000 // DAY * DAY


class Week:
    def __init__(self, seed, base):
        r = self.random = random.Random(seed)
        self.base = base
        self.events = []
        self.labels = []
        self.complaints = []
        self.origins = {}
        areas = ["212", "646", "718", "201", "908"]
        self.blocks = ["+1%s%s" % (r.choice(areas), self.exchange())
                       for _ in range(14)]
        self.subscribers = [block + "%04d" % line for block in self.blocks
                            for line in r.sample(range(10000), 700)]
        # What an origin identifier stands for differs by who signs.
        self.carriers = {
            "SPC%d" % r.randint(100, 999):
                self.pick({"customer": .7, "carrier": .1, "call": .1, None: .1})
            for _ in range(12)}
        self.honest = list(self.carriers)
        self.unsigned = r.uniform(0, .2)  # calls that lose their signature
        self.reports = r.uniform(.05, .11)  # of answered unwanted calls
        self.mistaken = r.uniform(.0003, .0012)  # of wanted calls
        self.hook_median = r.uniform(6, 9)
        self.hold = r.uniform(.08, .14)  # share of people who fall for it

    # ---- what things look like

    def some(self, count):
        """About so many."""
        return int(count * self.random.uniform(.7, 1.3))

    def number(self, prefix=None):
        r = self.random
        area = r.choice(["305", "312", "415", "602", "713", "404", "206",
                         "512", "617", "503"])
        return "%s%04d" % (prefix or "+1%s%s" % (area, self.exchange()),
                           r.randint(0, 9999))

    def exchange(self):
        """Of the North American plan: none ends in 11, and 555 is nobody's."""
        while True:
            name = str(self.random.randint(200, 999))
            if name != "555" and not name.endswith("11"):
                return name

    def local(self):
        return self.number(self.random.choice(self.blocks))

    def carrier(self):
        return self.random.choice(self.honest)

    def subscriber(self):
        return self.random.choice(self.subscribers)

    def pick(self, shares):
        at = self.random.random()
        for value, share in shares.items():
            at -= share
            if at < 0:
                return value
        return list(shares)[-1]

    def origin(self, name, signer):
        how = self.carriers.get(signer)
        if not how or not name:
            return None
        name = {"customer": name, "carrier": signer,
                "call": len(self.labels)}[how]
        return self.origins.setdefault(
            name, "%032x" % self.random.getrandbits(128))

    def at(self, day, first=9, last=20):
        hour = first + (last - first) * self.random.betavariate(2, 2)
        return START + day * DAY + hour * 3600

    def any_time(self, first=9, last=20):
        return self.at(self.random.randrange(7), first, last)

    def outcome(self, answers, talk):
        r = self.random
        if r.random() < answers:
            return True, r.uniform(4, 18), max(1, min(5400, talk()))
        return False, r.uniform(18, 35), 0

    def chat(self):
        return self.random.lognormvariate(4.6, 1.1)

    def hook(self):
        """Most hang up on an announcement, some listen."""
        r = self.random
        return r.lognormvariate(4.5, 1) if r.random() < self.hold \
            else self.hook_median * r.lognormvariate(0, .9)

    # ---- what happens

    def emit(self, t, **event):
        self.events.append((round(t, 1), len(self.events), event))

    def dialled(self, t, subscriber, number):
        self.emit(t, event="outbound", subscriber=subscriber, number=number)

    def complaint(self, t, number):
        """Somebody tells the authority; its file of the day has it."""
        self.complaints.append((t, number))

    def call(self, t, kind, bad, number, to, stir, outcome, origin=None,
             signer=None, hidden=False, asserted=True, priority=None,
             reported=None):
        r = self.random
        name = "c%d" % len(self.labels)
        if r.random() < self.unsigned:
            stir = "none"
        signed = stir in "ABC"
        answered, ring, talk = outcome
        uri = "sip:%s@carrier.example" % number
        self.labels.append((name, int(bad), kind))
        self.emit(t, event="call", id=name, trunk="carrier",
                  **{"from": "sip:anonymous@anonymous.invalid"
                     if hidden else uri},
                  pai=uri if asserted else None, display=None,
                  privacy="id" if hidden else None, priority=priority,
                  to="sip:%s@carrier.example" % to, stir=stir,
                  signer=signer if signed else None,
                  origid=self.origin(origin, signer) if signed else None)
        end = t + ring + talk
        self.emit(end, event="ended", id=name, answered=answered,
                  status=200 if answered else 487, ring=round(ring, 1),
                  talk=round(talk, 1))
        if reported is None:
            reported = self.mistaken if not bad else \
                self.reports if answered else self.reports / 4
        if r.random() < reported:
            self.emit(end + r.uniform(20, 7200), event="report",
                      subscriber=to, number=None, call=name, category="scam")
            if not hidden and r.random() < .1:
                self.complaint(end, number)

    def publish(self):
        """Each night the authority publishes what it was told by then, of
        whole the country: most of it of numbers that never call here."""
        r = self.random
        for day in range(7):
            until = START + day * DAY
            rows = [(t, n) for t, n in self.complaints
                    if until - 2 * DAY <= t < until - DAY]
            rows += [(until - r.uniform(DAY, 2 * DAY), self.number())
                     for _ in range(200)]
            path = "%s.day%d.csv" % (self.base, day)
            with open(path, "w", newline="") as out:
                table = csv.writer(out)
                table.writerow(["Company_Phone_Number", "Created_Date",
                                "Violation_Date", "Consumer_City",
                                "Consumer_State", "Consumer_Area_Code",
                                "Subject",
                                "Recorded_Message_Or_Robocall"])
                for t, number in rows:
                    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))
                    table.writerow([number[2:] if number.startswith("+1")
                                    else number, when, when, "", "NY", "212",
                                    "Other", "Y"])
            self.emit(until + 4 * 3600, event="import", kind="ftc", file=path)

    def write(self):
        with open(self.base + ".events", "w") as out:
            for t, _, event in sorted(self.events, key=lambda e: e[:2]):
                out.write(json.dumps({"t": t, **event}) + "\n")
        with open(self.base + ".labels", "w") as out:
            for label in self.labels:
                out.write("%s %d %s\n" % label)


def main():
    week = Week(int(sys.argv[1]), sys.argv[2])
    wanted.make(week)
    unwanted.make(week)
    week.publish()
    week.write()


if __name__ == "__main__":
    main()
