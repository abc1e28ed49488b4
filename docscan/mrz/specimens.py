"""Documents that are shown and not travelled on."""

from docscan.types import MrzFields

SPECIMEN_WORDS = frozenset(
    {"SPECIMEN", "MUSTER", "MUSTERMANN", "MUSTERFRAU", "VZOR", "WZOR", "MINTA", "SPECIMENT", "ESPECIMEN", "UZORAK",
     "OBRAZEC", "PAVYZDYS", "PARAUGS", "NAIDIS", "MALLI", "CAMPIONE", "FACSIMILE", "SAMPLE", "VOID"}
)  # fmt: skip


def is_specimen(fields: MrzFields) -> bool:
    """Tell whether the MRZ calls the document a specimen: state UTO (part 3, section 5), or the word in a name."""
    words = f"{fields.surname} {fields.given_names}".split()
    return fields.issuing_state == "UTO" or not SPECIMEN_WORDS.isdisjoint(words)
