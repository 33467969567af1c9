"""The keyword reader: Chinese and English word lists, no model; each judgement has its place in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from complaints.reading.keywords import Feature, Keywords
from complaints.reading.money import amounts
from complaints.reading.reading import Category, Evidence, Harm, Reading, Sentiment, Value

_SENTENCE_END = re.compile(r"[。；！？!?;\n]|\.\s")
_GRAVE: tuple[Harm, ...] = ("threat", "danger", "data_leak", "running_loss", "authority")
_OFTEN = 3


class Reader:
    """Reads by keywords. Stateless after construction, so one instance serves all threads."""

    def __init__(self, keywords: Keywords) -> None:
        self._keywords = keywords

    def read(self, text: str, *, value: Value, amount: int | None, authority: bool, repeats: int) -> Reading:
        """See `ComplaintReader.read`; a `ValueError` for a negative amount or count."""
        if (amount or 0) < 0 or repeats < 0:
            raise ValueError(f"amount and repeats count from zero, not {amount} and {repeats}")
        del value  # a keyword says the same of every customer; the tables weigh the value
        finds = {name: self._find(feature, text) for name, feature in self._keywords.features.items()}
        doubted = self._doubted(text)
        loss, loss_evidence = self._loss(text, amount)
        category, margin, category_evidence = self._category(text)
        sentiment, sentiment_evidence = self._sentiment(text, bool(finds["settled"]))
        harm = self._harm(finds, loss, sentiment, authority)
        return Reading(
            harm=harm,
            reach="many" if finds["many"] else "one",
            injury=bool(finds["injury"]),
            loss=loss,
            consequence=bool(finds["consequence"]),
            leaving=bool(finds["leaving"]),
            repeats=max(repeats, self._repeats(finds)),
            regret=self._regret(finds, harm, loss),
            category=category,
            sentiment=sentiment,
            confidence=self._confidence(text, finds, harm, margin, doubted),
            danger_word=bool(finds["danger"] or finds["threat"]) or doubted,
            evidence=(
                *(Evidence(name, *span) for name, spans in finds.items() for span in spans),
                *loss_evidence,
                *sentiment_evidence,
                *category_evidence,
            ),
        )

    def _find(self, feature: Feature, text: str) -> list[tuple[int, int]]:
        """Spans of the feature that are neither spared nor, if deniable, denied or doubted."""
        context = self._keywords.context
        spans = _spans(feature, text)
        if not feature.deniable:
            return spans
        return [
            span
            for span in spans
            if not self._before(context.denials, text, span) and not self._hedged(text, span)
        ]

    def _doubted(self, text: str) -> bool:
        features = (self._keywords.features[name] for name in ("danger", "threat"))
        return any(self._hedged(text, span) for feature in features for span in _spans(feature, text))

    def _hedged(self, text: str, span: tuple[int, int]) -> bool:
        return self._before(self._keywords.context.hedges, text, span)

    def _before(self, words: re.Pattern[str], text: str, span: tuple[int, int]) -> bool:
        """Whether one of `words` stands shortly before the span, in the same clause."""
        context = self._keywords.context
        start = span[0]
        latin = text[start : start + 1].isascii()
        window = text[max(0, start - (context.reach_latin if latin else context.reach)) : start]
        return words.search(re.split(r"[，,。；！？!?;\n]|\.\s|\bbut\b|但", window)[-1]) is not None

    def _harm(
        self, finds: Mapping[str, list[tuple[int, int]]], loss: int, sentiment: Sentiment, authority: bool
    ) -> Harm:
        if finds["threat"]:
            return "threat"
        if finds["danger"]:
            return "danger"
        if finds["leak"]:
            return "data_leak"
        many_without_service = bool(finds["outage"]) and bool(finds["many"] or finds["vital"])
        drained = bool(finds["recurring"]) and loss >= self._keywords.money.running
        if finds["takeover"] or many_without_service or drained:
            return "running_loss"
        if finds["authority"]:
            return "authority"
        displeased = sentiment in ("negative", "very_negative")
        failed = finds["failure"] or (not finds["question"] and (finds["loss"] or displeased))
        if finds["settled"] or not failed:
            return "question"
        # The regulator has already been asked: that step is taken, whatever the words are.
        return "authority" if authority else "failure"

    def _regret(self, finds: Mapping[str, list[tuple[int, int]]], harm: Harm, loss: int) -> bool:
        if loss or finds["loss"] or finds["injury"]:
            return False
        return harm == "question" or bool(finds["no_loss"])

    def _repeats(self, finds: Mapping[str, list[tuple[int, int]]]) -> int:
        if finds["repeated"]:
            return _OFTEN
        return len(finds["again"]) + 1 if finds["again"] else 0

    def _loss(self, text: str, amount: int | None) -> tuple[int, list[Evidence]]:
        money = self._keywords.money
        most, evidence = amount or 0, list[Evidence]()
        for stated in amounts(text):
            latin = text[max(0, stated.start - 2) : stated.start].isascii()
            before, after = (money.before_latin, money.after_latin) if latin else (money.before, money.after)
            left = _SENTENCE_END.split(text[max(0, stated.start - before) : stated.start])[-1]
            right = _SENTENCE_END.split(text[stated.end : stated.end + after])[0]
            if money.near.search(left) or money.near.search(right):
                most = max(most, stated.minor * money.rates[stated.currency] // 100)
                evidence.append(Evidence("stated_loss", stated.start, stated.end))
        return most, evidence

    def _category(self, text: str) -> tuple[Category, int, list[Evidence]]:
        """Best category, how far it leads the next, and the places that spoke for it."""
        scores: dict[Category, int] = {}
        places: dict[Category, list[Evidence]] = {}
        for category, weighted in self._keywords.categories.items():
            hits = [
                (weight, hit) for weight, pattern in weighted if (hit := pattern.search(text)) is not None
            ]
            scores[category] = sum(weight for weight, _ in hits)
            places[category] = [Evidence(f"category.{category}", *hit.span()) for _, hit in hits]
        ranked = sorted(scores, key=lambda category: -scores[category])
        if scores[ranked[0]] == 0:
            return "other", 0, []
        return ranked[0], scores[ranked[0]] - scores[ranked[1]], places[ranked[0]]

    def _sentiment(self, text: str, settled: bool) -> tuple[Sentiment, list[Evidence]]:
        lists = self._keywords.sentiment
        worst = _spans(lists["very_negative"], text)
        if worst:
            return "very_negative", [Evidence("very_negative", *span) for span in worst]
        bad, good = _spans(lists["negative"], text), _spans(lists["positive"], text)
        if good and (settled or not bad):
            return "positive", [Evidence("positive", *span) for span in good]
        return ("negative" if bad else "neutral"), [Evidence("negative", *span) for span in bad]

    def _confidence(
        self, text: str, finds: Mapping[str, list[tuple[int, int]]], harm: Harm, margin: int, doubted: bool
    ) -> int:
        points = self._keywords.confidence
        if harm in _GRAVE:
            sure = points.grave
        elif any(finds[name] for name in ("failure", "question", "settled", "loss")):
            sure = points.found
        else:
            sure = points.none
        if margin:
            sure += points.margin_clear if margin >= _OFTEN else points.margin_slight
        if len(text) >= points.long_text_from:
            sure += points.long_text
        if finds["failure"] and finds["question"] and harm not in _GRAVE:
            sure -= points.mixed
        if doubted and harm not in ("danger", "threat"):
            sure = min(sure, points.doubt)
        return max(0, min(100, sure))


def _spans(feature: Feature, text: str) -> list[tuple[int, int]]:
    spared = text if feature.spare is None else feature.spare.sub(lambda hit: "\0" * len(hit[0]), text)
    return [hit.span() for hit in feature.pattern.finditer(spared)]
