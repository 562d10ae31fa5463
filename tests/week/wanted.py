"""Whose calls are wanted."""

PRIVATE = {"A": .55, "B": .08, "C": .08, "none": .27, "failed": .02}


def friends(week):
    r = week.random
    known = {}
    for subscriber in week.subscribers:
        known[subscriber] = [
            (week.number() if r.random() < .6 else week.subscriber()
             if r.random() < .5 else week.local(),
             week.pick(PRIVATE), week.carrier())
            for _ in range(r.randint(2, 8))]
    for _ in range(week.some(60000)):
        to = week.subscriber()
        number, stir, carrier = r.choice(known[to])
        if r.random() < .06:
            stir = week.pick(PRIVATE)
        week.call(week.any_time(8, 22), "friend", False, number, to, stir,
                  week.outcome(.72, week.chat), carrier, carrier)
    for _ in range(week.some(30000)):
        to = week.subscriber()
        week.dialled(week.any_time(8, 22), to, r.choice(known[to])[0])


def strangers(week):
    r = week.random
    for _ in range(week.some(6000)):
        carrier = week.carrier()
        week.call(week.any_time(), "stranger", False,
                  week.number() if r.random() < .75 else week.local(),
                  week.subscriber(), week.pick(PRIVATE),
                  week.outcome(.6, lambda: r.lognormvariate(3.8, 1.2)),
                  carrier, carrier)
    for _ in range(week.some(1500)):
        week.call(week.any_time(), "anonymous", False, week.number(),
                  week.subscriber(), week.pick(PRIVATE),
                  week.outcome(.6, week.chat), hidden=True,
                  asserted=r.random() < .7)
    for _ in range(week.some(400)):  # relatives abroad
        week.call(week.any_time(0, 24), "abroad", False,
                  week.number(r.choice(["+44203865", "+4930901", "+52551234",
                                        "+91981045", "+63917145"])),
                  week.subscriber(), week.pick({"C": .4, "none": .6}),
                  week.outcome(.6, week.chat), "abroad", week.carrier())


def businesses(week):
    r = week.random
    firms = [(week.number() if r.random() < .6 else week.local(),
              week.pick({"A": .6, "B": .15, "C": .05, "none": .2}),
              week.carrier(), n) for n in range(2500)]
    for _ in range(week.some(14000)):
        number, stir, carrier, n = r.choice(firms)
        to = week.subscriber()
        week.call(week.any_time(8, 18), "business", False, number, to, stir,
                  week.outcome(.6, lambda: r.lognormvariate(4.1, 1)),
                  "%s/%d" % (carrier, n % 300), carrier)
        if r.random() < .1:
            week.dialled(week.any_time(), to, number)
    # Somebody has them reported: by people they never called, or by some of
    # their customers, and has files of complaints filled with them.
    for number, stir, carrier, n in r.sample(firms, week.some(12)):
        t = week.any_time()
        for subscriber in r.sample(week.subscribers, 40):
            t += r.expovariate(1 / 60)
            week.emit(t, event="report", subscriber=subscriber,
                      number=number, call=None, category="scam")
            week.complaint(t - r.uniform(0, 9) * 86400, number)
        for k in range(60):
            week.call(week.any_time(8, 18), "attacked", False, number,
                      week.subscriber(), stir,
                      week.outcome(.6, lambda: r.lognormvariate(4.1, 1)),
                      "%s/%d" % (carrier, n % 300), carrier, reported=.025)


def notices(week, kind, count, bursts, size, gap, hour, talk, stir, first=0):
    """A machine that calls a list of people."""
    r = week.random
    for n in range(week.some(count)):
        number = week.local() if r.random() < .6 else week.number()
        signed, carrier = week.pick(stir), week.carrier()
        people = r.sample(week.subscribers, 400)
        if kind == "clinic":
            for to in people[:120]:
                week.dialled(week.any_time(), to, number)
        for burst in range(bursts):
            t = week.at(first + burst % 5, *hour)
            for to in r.sample(people, r.randint(*size)):
                t += r.expovariate(1 / gap)
                week.call(t, kind, False, number, to, signed,
                          week.outcome(.64, talk), "%s%d" % (kind, n),
                          carrier)


def couriers(week):
    r = week.random
    for _ in range(week.some(60)):
        number = week.local() if r.random() < .3 else week.number()
        stir = week.pick({"A": .75, "B": .05, "none": .2})
        carrier = week.carrier()
        talk = r.uniform(2.5, 3.1)
        for day in range(6):
            t = week.at(day, 8, 9)
            for _ in range(r.randint(8, 22)):
                t += r.expovariate(1 / 1500)
                week.call(t, "courier", False, number, week.subscriber(),
                          stir, week.outcome(
                              .72, lambda: r.lognormvariate(talk, .6)),
                          carrier, carrier)


def call_centres(week):
    r = week.random
    for n in range(week.some(20)):
        numbers = [week.number() for _ in range(r.randint(1, 5))]
        stir = week.pick({"A": .7, "B": .2, "none": .1})
        carrier = week.carrier()
        for day in range(6):
            for _ in range(r.randint(15, 80)):
                week.call(week.at(day, 9, 19), "call-centre", False,
                          r.choice(numbers), week.subscriber(), stir,
                          week.outcome(
                              .42, lambda: r.lognormvariate(4.3, 1.2)),
                          "centre%d" % n, carrier,
                          reported=4 * week.mistaken)


def banks(week):
    """They call; so do others in their name, see unwanted.bank_spoofs()."""
    r = week.random
    week.banks = [(week.number("+1800" + week.exchange()),
                   week.carrier(), n) for n in range(8)]
    for number, carrier, n in week.banks:
        for day in range(7):
            for _ in range(r.randint(8, 25)):
                week.call(week.at(day, 8, 20), "bank", False, number,
                          week.subscriber(),
                          week.pick({"A": .93, "B": .02, "none": .05}),
                          week.outcome(.6, lambda: r.lognormvariate(4.8, .9)),
                          "bank%d" % n, carrier, reported=4 * week.mistaken)
        for _ in range(60):
            week.dialled(week.any_time(), week.subscriber(), number)


def lifelines(week):
    r = week.random
    for kind, count in (("hospital", 6), ("alarm", 8), ("psap", 4),
                        ("fraud-desk", 8), ("school-emergency", 3)):
        for n in range(count):
            number = week.local() if r.random() < .5 else week.number()
            carrier = week.carrier()
            stir = week.pick({"A": .5, "B": .15, "C": .05, "none": .3})
            calls = r.randint(4, 40)
            for _ in range(calls):
                to = week.subscriber()
                t = week.any_time(0, 24)
                if kind == "psap":
                    week.dialled(t - r.uniform(60, 3000), to, "911")
                week.call(t, kind, False, number, to, stir, week.outcome(
                    .7, lambda: r.lognormvariate(3.5, 1.2)),
                          carrier, carrier, priority="psap-callback"
                          if kind == "psap" and n % 2 else None,
                          hidden=kind == "hospital" and n < 2,
                          asserted=kind != "hospital" or n < 1)
            if kind == "fraud-desk":
                week.desks.append(number)


def make(week):
    r = week.random
    week.desks = []
    friends(week)
    strangers(week)
    businesses(week)
    reminder = [lambda: r.uniform(5, 14), lambda: r.uniform(18, 35),
                lambda: r.uniform(25, 90)]
    signed = {"A": .65, "B": .2, "none": .15}
    notices(week, "clinic", 22, 5, (20, 70), 12, (9, 10),
            lambda: r.choice(reminder)(), signed)
    notices(week, "new-clinic", 6, 2, (80, 160), 9, (9, 11),
            lambda: r.choice(reminder)(), signed, first=2)
    notices(week, "school", 9, 2, (150, 330), 1.2, (7, 16),
            lambda: r.uniform(4, 12) if r.random() < .33
            else r.uniform(20, 45), {"A": .6, "B": .2, "none": .2})
    couriers(week)
    call_centres(week)
    banks(week)
    lifelines(week)
