#!/usr/bin/env python3
"""A made-up week of calls, labelled, for callsieve replay.

week.py SEED BASE writes BASE.events (what replay reads) and BASE.labels (id,
1 if unwanted, kind of caller). Kinds and their habits are guesses at what
carriers see; no real call went into them.
"""
import json
import random
import sys

DAY = 86400
START = 1790000000 // DAY * DAY
PRIVATE = {"A": .55, "B": .08, "C": .08, "none": .27, "failed": .02}


class Week:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.events = []
        self.labels = []
        self.origins = {}
        r = self.random
        self.blocks = ["+1%s%d" % (r.choice(["212", "646", "718", "201", "908"]),
                                   r.randint(200, 999)) for _ in range(14)]
        self.subscribers = [block + "%04d" % line for block in self.blocks
                            for line in r.sample(range(10000), 700)]
        self.carriers = ["SPC%d" % r.randint(100, 999) for _ in range(12)]

    # ---- what things look like

    def number(self, prefix=None):
        r = self.random
        area = r.choice(["305", "312", "415", "602", "713", "404", "206",
                         "512", "617", "503"])
        return "%s%04d" % (prefix or "+1%s%d" % (area, r.randint(200, 999)),
                           r.randint(0, 9999))

    def local(self):
        return self.number(self.random.choice(self.blocks))

    def pick(self, shares):
        at = self.random.random()
        for value, share in shares.items():
            at -= share
            if at < 0:
                return value
        return "none"

    def origin(self, name):
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
        r = self.random
        return r.lognormvariate(2, .9) if r.random() < .88 \
            else r.lognormvariate(4.5, 1)

    # ---- what happens

    def emit(self, t, **event):
        self.events.append((round(t, 1), len(self.events), event))

    def dialled(self, t, subscriber, number):
        self.emit(t, event="outbound", subscriber=subscriber, number=number)

    def call(self, t, kind, unwanted, number, to, stir, outcome, origin=None,
             signer=None, hidden=False, asserted=True, priority=None,
             reported=None):
        name = "c%d" % len(self.labels)
        signed = stir in "ABC"
        answered, ring, talk = outcome
        uri = "sip:%s@carrier.example" % number
        self.labels.append((name, int(unwanted), kind))
        self.emit(t, event="call", id=name, trunk="carrier",
                  **{"from": "sip:anonymous@anonymous.invalid"
                     if hidden else uri},
                  pai=uri if asserted else None, display=None,
                  privacy="id" if hidden else None, priority=priority,
                  to="sip:%s@carrier.example" % to, stir=stir,
                  signer=signer if signed else None,
                  origid=self.origin(origin) if signed and origin else None)
        end = t + ring + talk
        self.emit(end, event="ended", id=name, answered=answered,
                  status=200 if answered else 487, ring=round(ring, 1),
                  talk=round(talk, 1))
        if reported is None:
            reported = (.08 if answered else .02) if unwanted else .0008
        if self.random.random() < reported:
            self.emit(end + self.random.uniform(20, 7200), event="report",
                      subscriber=to, number=None, call=name, category="scam")

    # ---- who calls: the wanted

    def friends(self):
        r = self.random
        known = {}
        for subscriber in self.subscribers:
            known[subscriber] = [
                (self.number() if r.random() < .6 else
                 r.choice(self.subscribers) if r.random() < .5 else
                 self.local(), self.pick(PRIVATE), r.choice(self.carriers))
                for _ in range(r.randint(2, 8))]
        for _ in range(62000):
            to = r.choice(self.subscribers)
            number, stir, carrier = r.choice(known[to])
            if r.random() < .06:
                stir = self.pick(PRIVATE)
            self.call(self.any_time(8, 22), "friend", False, number, to, stir,
                      self.outcome(.72, self.chat), carrier, carrier,
                      reported=.0003)
        for _ in range(30000):
            to = r.choice(self.subscribers)
            self.dialled(self.any_time(8, 22), to, r.choice(known[to])[0])

    def strangers(self):
        r = self.random
        for _ in range(6000):
            carrier = r.choice(self.carriers)
            self.call(self.any_time(), "stranger", False,
                      self.number() if r.random() < .75 else self.local(),
                      r.choice(self.subscribers), self.pick(PRIVATE),
                      self.outcome(.6, lambda: r.lognormvariate(3.8, 1.2)),
                      carrier, carrier)
        for _ in range(1500):
            self.call(self.any_time(), "anonymous", False, self.number(),
                      r.choice(self.subscribers), self.pick(PRIVATE),
                      self.outcome(.6, self.chat), hidden=True,
                      asserted=r.random() < .7)

    def businesses(self):
        r = self.random
        firms = [(self.number() if r.random() < .6 else self.local(),
                  self.pick({"A": .6, "B": .15, "C": .05, "none": .2}),
                  r.choice(self.carriers), n) for n in range(2500)]
        for _ in range(14000):
            number, stir, carrier, n = r.choice(firms)
            to = r.choice(self.subscribers)
            self.call(self.any_time(8, 18), "business", False, number, to,
                      stir,
                      self.outcome(.6, lambda: r.lognormvariate(4.1, 1)),
                      "%s/%d" % (carrier, n % 300), carrier)
            if r.random() < .1:
                self.dialled(self.any_time(), to, number)
        # Somebody has them reported by people they never called.
        for number, _, _, _ in r.sample(firms, 6):
            t = self.any_time()
            for subscriber in r.sample(self.subscribers, 40):
                t += r.expovariate(1 / 60)
                self.emit(t, event="report", subscriber=subscriber,
                          number=number, call=None, category="scam")

    def notices(self, kind, count, bursts, size, gap, hour, talk, stir):
        r = self.random
        for n in range(count):
            number = self.local() if r.random() < .6 else self.number()
            signed, carrier = self.pick(stir), r.choice(self.carriers)
            people = r.sample(self.subscribers, 400)
            for to in people:
                if kind == "clinic" and r.random() < .3:
                    self.dialled(self.any_time(), to, number)
            for burst in range(bursts):
                t = self.at(burst % 5, *hour)
                for to in r.sample(people, r.randint(*size)):
                    t += r.expovariate(1 / gap)
                    self.call(t, kind, False, number, to, signed,
                              self.outcome(.64, talk), "%s%d" % (kind, n),
                              carrier)

    def couriers(self):
        r = self.random
        for _ in range(60):
            number = self.local() if r.random() < .3 else self.number()
            stir = self.pick({"A": .75, "B": .05, "none": .2})
            carrier = r.choice(self.carriers)
            for day in range(6):
                t = START + day * DAY + 8.5 * 3600
                for _ in range(r.randint(8, 22)):
                    t += r.expovariate(1 / 1500)
                    self.call(t, "courier", False, number,
                              r.choice(self.subscribers), stir, self.outcome(
                                  .72, lambda: r.lognormvariate(2.9, .6)),
                              carrier, carrier)

    def call_centres(self):
        r = self.random
        for n in range(20):
            numbers = [self.number() for _ in range(r.randint(1, 5))]
            stir = self.pick({"A": .7, "B": .2, "none": .1})
            carrier = r.choice(self.carriers)
            for day in range(6):
                for _ in range(r.randint(15, 80)):
                    self.call(self.at(day, 9, 19), "call-centre", False,
                              r.choice(numbers), r.choice(self.subscribers),
                              stir, self.outcome(
                                  .42, lambda: r.lognormvariate(4.3, 1.2)),
                              "centre%d" % n, carrier, reported=.004)

    def banks(self):
        r = self.random
        for n in range(8):
            number = self.number("+1800%d" % r.randint(200, 999))
            carrier = r.choice(self.carriers)
            for day in range(7):
                for _ in range(r.randint(8, 25)):
                    self.call(self.at(day, 8, 20), "bank", False, number,
                              r.choice(self.subscribers),
                              self.pick({"A": .93, "B": .02, "none": .05}),
                              self.outcome(
                                  .6, lambda: r.lognormvariate(4.8, .9)),
                              "bank%d" % n, carrier, reported=.004)
            for _ in range(60):
                self.dialled(self.any_time(), r.choice(self.subscribers),
                             number)
            for _ in range(r.randint(250, 600) if n < 5 else 0):
                self.call(self.any_time(), "bank-spoof", True, number,
                          r.choice(self.subscribers),
                          self.pick({"none": .5, "C": .35, "failed": .15}),
                          self.outcome(.5, self.hook),
                          "gateway%d" % r.randrange(3),
                          r.choice(self.carriers))

    def lifelines(self):
        r = self.random
        for kind, count in (("hospital", 6), ("alarm", 8), ("psap", 3),
                            ("fraud-desk", 4), ("school-emergency", 3)):
            for _ in range(count):
                number = self.local() if r.random() < .5 else self.number()
                carrier = r.choice(self.carriers)
                stir = self.pick({"A": .5, "B": .2, "none": .3})
                for _ in range(r.randint(4, 40)):
                    self.call(self.any_time(0, 24), kind, False, number,
                              r.choice(self.subscribers), stir, self.outcome(
                                  .7, lambda: r.lognormvariate(3.5, 1.2)),
                              carrier, carrier, priority="psap-callback"
                              if kind == "psap" else None)

    # ---- and the unwanted

    def snowshoe(self):
        r = self.random
        for n in range(7):
            origins = ["snow%d.%d" % (n, k)
                       for k in range(r.choice([1, 1, 2, 4]))]
            numbers = [self.number() for _ in range(r.randint(150, 700))]
            first, carrier = r.uniform(0, 3), r.choice(self.carriers)
            stir = {"A": .9, "B": .1} if r.random() < .7 \
                else {"A": .5, "B": .3, "C": .2}
            for _ in range(r.randint(900, 2200)):
                self.call(self.at(int(first + r.uniform(0, 4))), "snowshoe",
                          True, r.choice(numbers),
                          r.choice(self.subscribers), self.pick(stir),
                          self.outcome(.4, self.hook), r.choice(origins),
                          carrier)

    def neighbours(self):
        r = self.random
        for n in range(5):
            for _ in range(r.randint(900, 1800)):
                to = r.choice(self.subscribers)
                last = 5 if r.random() < .3 else 4
                number = to[:-last] + "%0*d" % (last, r.randrange(10**last))
                self.call(self.any_time(), "neighbour", True, number, to,
                          self.pick({"none": .5, "C": .4, "failed": .1}),
                          self.outcome(.42, self.hook),
                          "near%d.%d" % (n, r.randrange(2)),
                          r.choice(self.carriers))

    def wangiri(self):
        r = self.random
        for n in range(4):
            prefix = r.choice(["+2324", "+37377", "+9607", "+23233", "+68312"])
            numbers = [prefix + "".join(r.choice("0123456789") for _ in
                                        range(11 - len(prefix)))
                       for _ in range(r.randint(3, 25))]
            for _ in range(r.randint(300, 800)):
                self.call(self.any_time(0, 24), "wangiri", True,
                          r.choice(numbers), r.choice(self.subscribers),
                          self.pick({"none": .7, "C": .3}),
                          (False, r.uniform(1, 4), 0), "once%d" % n,
                          r.choice(self.carriers), reported=.03)

    def diallers(self):
        r = self.random
        for n in range(8):
            number, t = self.number(), self.at(r.randrange(6), 9, 11)
            block = r.choice(self.blocks)
            range_ = sorted(s for s in self.subscribers
                            if s.startswith(block))
            at = r.randrange(len(range_))
            stir = self.pick({"A": .3, "B": .3, "C": .2, "none": .2})
            for _ in range(r.randint(120, 400)):
                t, at = t + r.expovariate(1 / 25), at + 1
                self.call(t, "sequential", True, number,
                          range_[at % len(range_)], stir,
                          self.outcome(.4, self.hook), "dialler%d" % n,
                          r.choice(self.carriers))

    def robocallers(self):
        r = self.random
        for n in range(45):
            number, carrier = self.number(), r.choice(self.carriers)
            stir = self.pick({"A": .4, "B": .25, "C": .2, "none": .15})
            for day in r.sample(range(7), r.randint(2, 6)):
                for _ in range(r.randint(15, 60)):
                    self.call(self.at(day), "robocall", True, number,
                              r.choice(self.subscribers), stir,
                              self.outcome(.4, self.hook), "robot%d" % n,
                              carrier)

    def loners(self):
        r = self.random
        for _ in range(3000):
            self.call(self.any_time(), "lone", True, self.number(),
                      r.choice(self.subscribers),
                      self.pick({"A": .3, "B": .2, "C": .25, "none": .2,
                                 "failed": .05}),
                      self.outcome(.45, lambda: r.lognormvariate(3, 1.3)),
                      "lone%d" % r.randrange(300), r.choice(self.carriers))
        for _ in range(1000):
            self.call(self.any_time(), "hidden", True, self.number(),
                      r.choice(self.subscribers),
                      self.pick({"C": .5, "none": .5}),
                      self.outcome(.35, self.hook), "hidden",
                      r.choice(self.carriers), hidden=True,
                      asserted=r.random() < .3)

    def make(self):
        r = self.random
        self.friends()
        self.strangers()
        self.businesses()
        self.notices("clinic", 25, 5, (20, 70), 12, (9, 10), lambda: r.choice(
            [r.uniform(5, 14), r.uniform(18, 35), r.uniform(25, 90)]),
                     {"A": .65, "B": .2, "none": .15})
        self.notices("school", 10, 2, (150, 330), 1.2, (7, 16),
                     lambda: r.choice([r.uniform(4, 12), r.uniform(20, 45),
                                       r.uniform(20, 45)]),
                     {"A": .6, "B": .2, "none": .2})
        self.couriers()
        self.call_centres()
        self.banks()
        self.lifelines()
        self.snowshoe()
        self.neighbours()
        self.wangiri()
        self.diallers()
        self.robocallers()
        self.loners()


def main():
    week = Week(int(sys.argv[1]))
    week.make()
    with open(sys.argv[2] + ".events", "w") as out:
        for t, _, event in sorted(week.events, key=lambda e: e[:2]):
            out.write(json.dumps({"t": t, **event}) + "\n")
    with open(sys.argv[2] + ".labels", "w") as out:
        for label in week.labels:
            out.write("%s %d %s\n" % label)


if __name__ == "__main__":
    main()
