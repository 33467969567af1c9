"""What the API takes, field by field. Unknown fields are refused, so that a misspelt one is not lost."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from cases.checking import LONGEST_SEED
from complaints.reading import Category
from complaints.remedies import MOST_AMOUNT
from desk.words import Key, NeededWords, Words

Score = Annotated[int, Field(ge=1, le=5, strict=True)]
Amount = Annotated[
    int, Field(gt=0, le=MOST_AMOUNT, strict=True, description="In minor units: 12950 is 129.50.")
]
Remedy = Literal["apology", "refund", "replacement", "repair", "compensation", "coupon", "fix"]
Judged = Annotated[
    Literal["misrouted", "passed_on"] | None,
    Field(
        description="How declines of this work are judged: sent to the wrong person, or theirs and passed on."
    ),
]
Reason = Annotated[NeededWords, Field(description="Why, in a few words; kept with the complaint.")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(Body):
    """No field is needed; an empty body will do."""


class WithReason(Body):
    reason: Reason


# --- complaints


class NewMessage(Body):
    """What the customer said to a member of staff, taken down."""

    text: Annotated[NeededWords, Field(description="The customer's words.")]
    channel: Annotated[
        Key | None, Field(description="How it came; the complaint's own channel unless given.")
    ] = None


class Withdrawal(WithReason):
    by_customer: Annotated[
        bool,
        Field(
            description="The customer did it themselves; else they get a confirmation and 7 days to undo it."
        ),
    ] = False


class Regrading(WithReason):
    """At least one of the grades. A new category is routed to its department unless one is given."""

    tier: Literal["light", "medium", "severe"] | None = None
    urgency: Literal["low", "normal", "urgent"] | None = None
    impact: Literal["none", "single", "high", "batch"] | None = None
    category: Category | None = None
    department: Annotated[Key | None, Field(description="Key of a department.")] = None

    @property
    def changes(self) -> dict[str, str]:
        return {
            name: value for name, value in self.model_dump(exclude={"reason"}).items() if value is not None
        }

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.changes:
            raise ValueError("name what changes: tier, urgency, impact, category or department")
        return self


class Reassignment(WithReason):
    person: Annotated[Key, Field(description="Staff id of whoever takes the main work over.")]


class Merging(WithReason):
    into: Annotated[Key, Field(description="Reference of the complaint that leads.")]


class Following(WithReason):
    lead: Annotated[Key, Field(description="Reference of the severe complaint that leads the matter.")]


class PhoneAnswer(Body):
    """The customer's answer to the survey, taken by somebody without a part in the complaint."""

    score: Annotated[Score, Field(description="Satisfaction with the result, 1 to 5.")]
    attitude: Annotated[
        Score | None, Field(description="Satisfaction with how they were treated, 1 to 5.")
    ] = None
    nps: Annotated[
        int | None, Field(ge=0, le=10, strict=True, description="Willingness to recommend, 0 to 10.")
    ] = None
    leave: Annotated[bool, Field(description="At a score of 3 or less: the customer leaves it at that.")] = (
        False
    )
    comment: Words = ""


# --- work items


class OptionBody(Body):
    """One way to put it right, for the customer to choose."""

    text: NeededWords
    remedy: Remedy | None = None
    amount: Amount | None = None
    recommended: bool = False
    costs_customer: Annotated[
        bool,
        Field(description="Taking it costs the customer a right or effort, so it is never taken by default."),
    ] = False


class Resolution(Body):
    """The decision with its reason, and what the customer is offered."""

    solution: Annotated[
        NeededWords, Field(description="What was found and what follows, as the customer reads it.")
    ]
    cause: Annotated[Words, Field(description="The root cause, for ourselves.")] = ""
    decision: Literal["upheld", "partly", "not_upheld"] = "upheld"
    remedy: Remedy | None = None
    amount: Amount | None = None
    options: Annotated[
        list[OptionBody],
        Field(max_length=3, description="Two or three for the customer to choose from; instead of `remedy`."),
    ] = []

    @model_validator(mode="after")
    def _one_way_or_choice(self) -> Self:
        if self.options and (self.remedy is not None or self.amount is not None):
            raise ValueError("give options, or one remedy with its amount, not both")
        return self


class Completion(Body):
    """Done, with what this kind of work brings."""

    text: Annotated[Words, Field(description="What was done or found; kept as a note.")] = ""
    score: Annotated[
        Score | None, Field(description="Of a call that asks for the score; absent: nobody answered.")
    ] = None
    leave: bool = False
    choice: Annotated[
        int | None,
        Field(
            ge=0,
            le=9,
            strict=True,
            description="Of a call that asks for a choice: the option's position; absent: nobody answered.",
        ),
    ] = None
    judged: Judged = None


class Extension(WithReason):
    until: Annotated[
        AwareDatetime | None,
        Field(
            description="For one's own main work: by when the customer will have the answer; "
            "not after the time to resolve."
        ),
    ] = None


class Question(Body):
    """Either a department is asked, or the customer for something that only they have."""

    department: Annotated[Key | None, Field(description="Key of the department that is asked.")] = None
    thing: Annotated[
        Words,
        Field(
            description="What the customer is asked for, by name; the time to resolve stands still meanwhile."
        ),
    ] = ""
    text: Annotated[NeededWords, Field(description="What they are asked, in words for them.")]

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.department is None) == (not self.thing.strip()):
            raise ValueError("name the department that is asked, or the thing that the customer is asked for")
        return self


class Waiver(WithReason):
    instead: Annotated[NeededWords, Field(description="What those who depend on it use instead.")]


class Assignment(Body):
    person: Annotated[Key, Field(description="Staff id of whoever takes it.")]
    judged: Judged = None


class NewNote(Body):
    text: NeededWords
    contact: Annotated[
        bool, Field(description="It tells of a talk with the customer: first contact is made.")
    ] = False
    answered: Annotated[
        bool, Field(description="What the customer was asked for is here: the time to resolve runs again.")
    ] = False


# --- improvement actions

Percent = Annotated[
    int,
    Field(
        ge=-100, le=1000, strict=True, description="Change that counts as an effect: -25 is a quarter less."
    ),
]


class NewImprovement(Body):
    """What is to change, by whom and when, and which figure shows that it worked."""

    title: Annotated[NeededWords, Field(max_length=200)]
    what: Annotated[NeededWords, Field(description="What is to change.")]
    owner: Annotated[Key, Field(description="Staff id of whoever carries it out.")]
    due_at: AwareDatetime
    finding: Annotated[Words | None, Field(max_length=300, description="Finding of a monthly review.")] = None
    figure: Annotated[
        Key | None, Field(description="Figure that it is meant to move, as in docs/figures.md.")
    ] = None
    dimension: Annotated[Key | None, Field(description="By what the figure is broken down.")] = None
    group: Annotated[Words | None, Field(max_length=200, description="Which group of that breakdown.")] = None
    expected_percent: Percent | None = None


class Replanning(WithReason):
    """Another owner, or a later date, or both."""

    owner: Annotated[Key | None, Field(description="Staff id.")] = None
    due_at: AwareDatetime | None = None


class Work(Body):
    text: Annotated[Words, Field(description="What was done.")] = ""


class Remark(Body):
    text: NeededWords


# --- checks


class Drawing(Body):
    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", description="The month that is over.")]
    kind: Literal["retrospective", "quality", "accuracy"] | None = None
    seed: Annotated[
        Key | None, Field(max_length=LONGEST_SEED, description="Makes the same choice again elsewhere.")
    ] = None


class CheckFound(Body):
    """What a check of its kind finds."""

    text: Words = ""
    deviation: bool | None = None
    steps_required: Annotated[int | None, Field(ge=1, le=1000, strict=True)] = None
    steps_covered: Annotated[int | None, Field(ge=0, le=1000, strict=True)] = None
    tier: Literal["light", "medium", "severe"] | None = None
