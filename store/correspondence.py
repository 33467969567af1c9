"""What a case tells people: to whom, by which way, in which language, with which words filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from complaints.organisation import Person
from complaints.routes import day_of, free_day, route, sending_time
from store.tables import Option

if TYPE_CHECKING:
    from store.case_file import CaseFile


class Correspondence:
    """Owes letters in the name of one open case. A repeat under the same activation writes nothing twice."""

    def __init__(self, file: CaseFile) -> None:
        self._file = file

    def to_customer(
        self,
        kind: str,
        values: Mapping[str, object] | None = None,
        *,
        template: str | None = None,
        purposes: Sequence[str] = ("track",),
        suffix: str = "",
        once: bool = False,
        after: datetime | None = None,
    ) -> None:
        """A letter in the customer's language, on the way back of their channel. `once`: in a cycle, whatever
        brings the process here again. `after`: not to go before.

        `purposes` name the pages to link, the last one first in the text. Under a public post only a holding
        sentence is written; the letter itself goes by a private way.
        """
        case = self._file.case
        channel = self._file.books.channel(case.channel)
        if channel is not None and channel.public and kind == "acknowledgement":
            self._write(
                kind, "acknowledgement_public", channel.reply, {}, values or {}, suffix=f"{suffix}/public"
            )
        links: dict[str, str] = {}
        for purpose in purposes:
            links |= self._file.links(case, purpose)
        self._write(
            kind,
            template or kind,
            self.private_way(),
            links,
            values or {},
            suffix=suffix,
            once=once,
            after=after,
        )

    def private_way(self) -> str:
        """The route of what only the customer may read; never the public one of their channel."""
        case, customer = self._file.case, self._file.customer
        channel = self._file.books.channel(case.channel)
        reply = "mailbox" if channel is None else "email" if channel.public else channel.reply
        return route(reply, email=customer.email, phone=customer.phone)

    def can_link(self) -> bool:
        """Whether a link would reach the customer: not where only a call is left, or a mailbox that nobody told
        them of, because they gave neither address nor number to a channel that keeps no mailbox itself."""
        channel = self._file.books.channel(self._file.case.channel)
        way = self.private_way()
        kept = channel is None or (channel.reply == "mailbox" and not channel.public)
        return way != "call" and (way != "mailbox" or kept)

    def to_person(
        self, person: str, template: str, values: Mapping[str, object] | None = None, *, suffix: str = ""
    ) -> None:
        """A message to a member of staff, in a language they speak."""
        file = self._file
        known = file.books.organisation.person(person)
        language = self.language_of(known)
        words = {**self.common_values(language), "handler": known.name, "link": "", **(values or {})}
        text = file.books.letter(template, language, words)
        written = file.letters.write(
            key=f"{file.case.ref}/{file.case.instance_no}/{file.activation}/{template}/{person}{suffix}",
            kind=template,
            audience="staff",
            person=person,
            channel="email",
            language=language,
            subject=text.subject,
            body=text.body,
            at=file.now,
            send_at=file.now,
            machine_now=file.machine_now,
        )
        if written:
            file.log("letter_written", letter=template, to=person, way="email")

    def language_of(self, person: Person) -> str:
        """The case's language where the person speaks it, else their own."""
        language = self._file.case.language
        return language if person.speaks(language) else min(person.languages, default="zh")

    def common_values(self, language: str | None = None) -> dict[str, object]:
        """What every template may name."""
        case, words = self._file.case, language or self._file.case.language

        def named(kind: str, key: str | None) -> str:
            return self._file.books.name(kind, key, words) if key else ""

        action = self._file.improvement if case.kind == "improvement" else None
        return {
            "title": action.title if action is not None else "",
            "ref": case.ref,
            "tier": named("tier", case.tier),
            "category": named("category", case.category),
            "department": named("department", case.department),
            "cycle": case.cycle,
            "decision": named("decision", case.decision),
        }

    def decision_values(self) -> dict[str, object]:
        """What letters about the decision may name: the reason, the remedy, its amount, the options."""
        file = self._file
        decision = file.decision()
        options = file.options(decision) if decision else ()
        chosen = next((o for o in options if o.chosen_at), options[0] if options else None)
        language = file.case.language
        reason = file.newest_note("solution")

        def remedy(option: Option) -> str:
            return file.books.name("remedy", option.remedy, language) if option.remedy else ""

        return {
            "decision": file.books.name("decision", decision.decision, language) if decision else "",
            "reason": reason.text if reason else "",
            "remedy": remedy(chosen) if chosen else "",
            "amount_text": money(chosen.amount) if chosen and chosen.amount else "",
            "may_propose": decision is not None and file.may_propose(),
            "options": [
                {"title": remedy(o) or str(o.position), "text": o.text, "recommended": o.recommended}
                for o in options
            ],
        }

    def _write(
        self,
        kind: str,
        template: str,
        way: str,
        links: Mapping[str, str],
        values: Mapping[str, object],
        *,
        suffix: str,
        once: bool = False,
        after: datetime | None = None,
    ) -> None:
        file = self._file
        case, customer = file.case, file.customer
        found = file.decide("contact", {"kind": template})
        exempt, unasked = bool(found["exempt"]), bool(found["unasked"])
        name = customer.name or file.books.name("word", "customer", case.language)
        place = f"cycle/{case.cycle}" if once else f"{case.instance_no}/{file.activation}"
        link = list(links.values())[-1] if links else ""
        words = {**self.common_values(), "customer": name, "link": link, **values}
        text = file.books.letter(template, case.language, words)
        send_at = sending_time(way, max(file.now, after or file.now), customer.zone, exempt=exempt)
        key = f"{case.ref}/{place}/{template}{suffix}"
        if found["news"] and not file.letters.knows(key):
            file.letters.drop_overtaken(file.now)
        if unasked:
            taken = {day_of(x.delivered_at or x.send_at, customer.zone) for x in file.letters.unasked()}
            send_at = sending_time(way, free_day(send_at, customer.zone, taken), customer.zone, exempt=exempt)
        written = file.letters.write(
            key=key,
            kind=kind,
            audience="customer",
            channel=way,
            language=case.language,
            subject=text.subject,
            body=text.body,
            at=file.now,
            send_at=send_at,
            machine_now=file.machine_now,
            links=links,
            any_hour=exempt,
            unasked=unasked,
            news=bool(found["news"]),
        )
        if written:
            digest = file.history.digest(text.body)
            file.log("letter_written", letter=kind, to="customer", way=way, digest=digest)


def money(minor: int) -> str:
    """An amount in minor units as people write it: 12950 is 129.50."""
    return f"{minor // 100:,}.{minor % 100:02d}"
