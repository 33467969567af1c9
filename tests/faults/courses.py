"""The ways a complaint may go: what people, the customer and the machinery do to it. Data; the script reads it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

TEXTS = {
    "light": "请问我的包裹到哪里了？显示昨天已经出库，想知道什么时候能送到，谢谢。",
    "medium": "退货不退款，商家四五天不回信息，商品有问题也不理人",
    "severe": "昨晚充电宝充电的时候突然起火，沙发烧了一个洞，孩子的手被烫伤，正在医院处理，你们必须给个说法！",
    "unclear": "那个东西不太对，跟之前说的有点出入，你们看着办吧。",
    "outage": "家里的宽带一直断网，报修两天了没有人来处理，要求尽快修好。",
    "hurt": "家里的宽带一直断网，报修没人来处理，师傅上门还把我的手弄伤流血了，去医院缝了针。",
}


@dataclass(frozen=True, slots=True)
class Course:
    """One way. Delays are the script's; `events` come so many minutes after the complaint was filed."""

    name: str
    text: str = "medium"
    offers: tuple[str, ...] = ()
    """What is done with the first offers of the main work: decline or expire. Later ones are confirmed."""
    overdue: str = ""
    """Nobody resolves in time, and the supervisor does this: extend, takeover or lift."""
    options: bool = False
    costs: bool = False
    """The recommended option costs the customer something, so whoever does not choose is called; nobody answers."""
    chooses: int | None = None
    remedy: str | None = "refund"
    amount: int | None = 12_900
    scores: tuple[int | None, ...] = (5,)
    """Of the cycles in turn, the last one again and again; None: the customer never answers."""
    leave: bool = False
    judges: bool | None = True
    """What the customer says to an answer from the library."""
    asks: bool = False
    """The specialist asks another department."""
    declines_contribution: bool = False
    customer: str = "mail"
    """How they can be reached: mail, bounces (mail that is refused), nothing."""
    channel: str = "web_form"
    events: tuple[tuple[int, str], ...] = ()
    breaks: str = ""
    """read: reading fails at first. unread: it cannot be read at all, and a person grades it.
    step: the reminder of the offer cannot be written for a while."""
    cause: str = ""
    """The product, when it is told: what complaints of one cause have in common. The tenth of them comes when the
    others were offered to somebody and nobody has confirmed, whoever dies; its customer was hurt, so it counts and
    stays apart."""
    judged: str = ""
    """How whoever assigns judges the declines; else they are judged as misrouted when asked about."""


MACHINERY = (
    Course("reading fails at first", breaks="read"),
    Course("a step is at fault and a confirm is kept", breaks="step"),
    Course("cannot be read, graded by a person", breaks="unread"),
    Course("mail is refused", customer="bounces"),
    Course(
        "ten of one cause, answered together", "outage", cause="家庭宽带", events=((1, "crowd"), (6, "hurt"))
    ),
)
"""Without these some seams are not reached; each round has them."""

COURSES = (
    Course("answered by one specialist"),
    Course("severe, a contribution declined", "severe", declines_contribution=True, remedy="compensation"),
    Course("survey answered with three", scores=(3, 5)),
    Course("declined twice, assigned", offers=("decline", "decline"), remedy="apology", amount=None),
    Course("offer expires, survey expires", offers=("expire",), scores=(None,)),
    Course("withdrawn", events=((300, "withdraw"),)),
    Course("withdrawn and undone", events=((300, "withdraw"), (720, "undo"))),
    Course("overdue, extended", overdue="extend"),
    Course("severe, three cycles, final review", "severe", scores=(1,)),
    Course("answered from the library", "light"),
    Course("library answer declined", "light", judges=False),
    Course("customer chooses an option", options=True, chooses=2),
    Course("customer never chooses", options=True),
    Course("called for the choice, reached by nobody", options=True, costs=True),
    Course("another department asked", asks=True),
    Course("large remedy, approved", amount=9_000_000),
    Course("overdue, taken over", overdue="takeover", scores=(4,)),
    Course("overdue, lifted to severe", overdue="lift"),
    Course("void and back", events=((240, "void"), (600, "unvoid"))),
    Course("merged and back", events=((240, "merge"), (600, "unmerge"))),
    Course("customer writes, angrily too", events=((200, "message"), (260, "angry"))),
    Course("called for the score", customer="nothing", channel="hotline"),
    Course("graded anew as severe", events=((60, "regrade"),)),
    Course("low score left as it is", scores=(2,), leave=True),
    Course("reopened", events=((30 * 24 * 60, "reopen"),)),
    Course("no sure grade", "unclear"),
    Course("held and released", events=((100, "hold"), (2_000, "release"))),
    Course("said again, merged by itself", events=((43, "again"),)),
    Course("said again when answered, not settled", events=((303, "again"),)),
    Course("declined twice, judged with the assignment", offers=("decline", "decline"), judged="passed_on"),
)
PATHS = (*MACHINERY, *COURSES)
NAMES = {course.name: course for course in PATHS}


def cast(seed: int, cases: int, number: int = 0) -> list[Course]:
    """Who plays in round `number`, shuffled: each machinery course once, then the courses in their order, from where
    the round before left off."""
    others = max(cases - len(MACHINERY), 0)
    rest: Iterator[Course] = islice(cycle(COURSES), number * others % len(COURSES), None)
    chosen = [*MACHINERY, *islice(rest, others)][:cases]
    random.Random(seed).shuffle(chosen)
    return chosen
