"""Reading a complaint: what its text establishes, as plain values a table can grade."""

from complaints.reading.keywords import Confidence, Feature, Keywords, KeywordsError, keywords_from
from complaints.reading.money import Amount, amounts
from complaints.reading.reader import Reader
from complaints.reading.reading import (
    CATEGORIES,
    HARMS,
    Category,
    ComplaintReader,
    Evidence,
    Harm,
    Reach,
    Reading,
    Sentiment,
    Value,
)

__all__ = [
    "CATEGORIES", "HARMS", "Amount", "Category", "ComplaintReader", "Confidence", "Evidence", "Feature",
    "Harm", "Keywords", "KeywordsError", "Reach", "Reader", "Reading", "Sentiment", "Value", "amounts",
    "keywords_from",
]  # fmt: skip
