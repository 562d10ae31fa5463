"""Whose calls are unwanted."""


def snowshoe(week):
    """Many numbers with good signatures, a few calls from each."""
    r = week.random
    for n in range(week.some(7)):
        origins = ["snow%d.%d" % (n, k) for k in range(r.choice([1, 1, 2, 4]))]
        numbers = [week.number() for _ in range(r.randint(150, 700))]
        first = r.uniform(0, 3)
        carriers = [week.carrier() for _ in range(r.choice([1, 1, 2]))]
        if r.random() < .4:  # a carrier that lives by it
            carriers = ["LCR%d" % n]
            week.carriers[carriers[0]] = "call"
        stir = {"A": .9, "B": .1} if r.random() < .7 \
            else {"A": .5, "B": .3, "C": .2}
        for _ in range(r.randint(900, 2200)):
            week.call(week.at(int(first + r.uniform(0, 4))), "snowshoe", True,
                      r.choice(numbers), week.subscriber(), week.pick(stir),
                      week.outcome(.4, week.hook), r.choice(origins),
                      r.choice(carriers))


def neighbours(week):
    r = week.random
    for n in range(week.some(5)):
        for _ in range(r.randint(900, 1800)):
            to = week.subscriber()
            last = 5 if r.random() < .3 else 4
            number = to[:-last] + "%0*d" % (last, r.randrange(10**last))
            week.call(week.any_time(), "neighbour", True, number, to,
                      week.pick({"none": .5, "C": .4, "failed": .1}),
                      week.outcome(.42, week.hook),
                      "near%d.%d" % (n, r.randrange(2)), week.carrier())


def wangiri(week):
    r = week.random
    for n in range(week.some(4)):
        prefix = r.choice(["+2324", "+37377", "+9607", "+23233", "+68312"])
        numbers = [prefix + "".join(r.choice("0123456789")
                                    for _ in range(11 - len(prefix)))
                   for _ in range(r.randint(3, 25))]
        for _ in range(r.randint(300, 800)):
            number, to, t = r.choice(numbers), week.subscriber(), \
                week.any_time(0, 24)
            week.call(t, "wangiri", True, number, to,
                      week.pick({"none": .7, "C": .3}),
                      (False, r.uniform(1, 4), 0), "once%d" % n,
                      week.carrier(), reported=week.reports / 3)
            if r.random() < .05:
                week.dialled(t + r.uniform(60, 9000), to, number)


def diallers(week):
    """Through a range, the next one every half minute."""
    r = week.random
    for n in range(week.some(8)):
        number, t = week.number(), week.at(r.randrange(6), 9, 11)
        block = r.choice(week.blocks)
        people = sorted(s for s in week.subscribers if s.startswith(block))
        at = r.randrange(len(people))
        stir = week.pick({"A": .3, "B": .3, "C": .2, "none": .2})
        carrier = week.carrier()
        for _ in range(r.randint(120, 400)):
            t, at = t + r.expovariate(1 / 25), at + 1
            week.call(t, "sequential", True, number, people[at % len(people)],
                      stir, week.outcome(.4, week.hook), "dialler%d" % n,
                      carrier)


def robocallers(week):
    """The complaint files know some of them, days later."""
    r = week.random
    for n in range(week.some(45)):
        number, carrier = week.number(), week.carrier()
        stir = week.pick({"A": .4, "B": .25, "C": .2, "none": .15})
        days = r.sample(range(7), r.randint(2, 6))
        for _ in range(r.choice([0, 10, 40])):
            week.complaint(week.at(r.randrange(-12, 5)), number)
        for day in days:
            for _ in range(r.randint(15, 60)):
                week.call(week.at(day), "robocall", True, number,
                          week.subscriber(), stir,
                          week.outcome(.4, week.hook), "robot%d" % n, carrier)


def slow(week):
    """A call or two an hour, all week."""
    r = week.random
    for n in range(week.some(25)):
        number, carrier = week.number(), week.carrier()
        stir = week.pick({"A": .5, "B": .3, "none": .2})
        for day in range(7):
            for _ in range(r.randint(6, 16)):
                week.call(week.at(day), "slow", True, number,
                          week.subscriber(), stir,
                          week.outcome(.45, week.hook), "slow%d" % n, carrier)


def reused(week):
    """Numbers change hands in the middle of the week."""
    r = week.random
    for n in range(week.some(12)):
        number, carrier, better = week.number(), week.carrier(), week.carrier()
        for _ in range(r.randint(60, 150)):
            week.call(week.at(r.randrange(3)), "reused", True, number,
                      week.subscriber(), week.pick({"A": .7, "B": .3}),
                      week.outcome(.4, week.hook), "robot%d" % n, carrier)
        friends = [week.subscriber() for _ in range(3)]
        for _ in range(r.randint(5, 25)):
            week.call(week.at(r.randrange(4, 7)), "new-owner", False, number,
                      r.choice(friends) if r.random() < .7
                      else week.subscriber(), "A",
                      week.outcome(.7, week.chat), better, better)


def bank_spoofs(week):
    r = week.random
    for number, _, n in week.banks[:5]:
        for _ in range(r.randint(250, 600)):
            t = week.any_time()
            week.call(t, "bank-spoof", True, number, week.subscriber(),
                      week.pick({"none": .5, "C": .35, "failed": .15}),
                      week.outcome(.5, week.hook),
                      "gateway%d" % r.randrange(3), week.carrier())
            if r.random() < .05:
                week.complaint(t, number)
    for number in week.desks[:4]:
        for day in r.sample(range(7), 2):
            for _ in range(r.randint(40, 120)):
                week.call(week.at(day), "desk-spoof", True, number,
                          week.subscriber(),
                          week.pick({"none": .5, "C": .35, "failed": .15}),
                          week.outcome(.5, week.hook),
                          "gateway%d" % r.randrange(3), week.carrier())


def loners(week):
    r = week.random
    for _ in range(week.some(3000)):
        week.call(week.any_time(), "lone", True, week.number(),
                  week.subscriber(),
                  week.pick({"A": .3, "B": .2, "C": .25, "none": .2,
                             "failed": .05}),
                  week.outcome(.45, lambda: r.lognormvariate(3, 1.3)),
                  "lone%d" % r.randrange(300), week.carrier())
    for _ in range(week.some(1000)):
        week.call(week.any_time(), "hidden", True, week.number(),
                  week.subscriber(), week.pick({"C": .5, "none": .5}),
                  week.outcome(.35, week.hook), "hidden", week.carrier(),
                  hidden=True, asserted=r.random() < .3)


def make(week):
    snowshoe(week)
    neighbours(week)
    wangiri(week)
    diallers(week)
    robocallers(week)
    slow(week)
    reused(week)
    bank_spoofs(week)
    loners(week)
