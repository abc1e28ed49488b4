"""What stands in a rendered MRZ: invented holders, and lines of random characters."""

import numpy as np

from docscan.mrz.compose import compose
from docscan.types import MrzFormat

ALPHABET = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Shares of what border control sees; visas and TD2 are rarer.
_FORMATS = (MrzFormat.TD3, MrzFormat.TD1, MrzFormat.TD2, MrzFormat.MRV_A, MrzFormat.MRV_B)
_FORMAT_SHARES = (0.46, 0.32, 0.10, 0.06, 0.06)
_CODES = {
    MrzFormat.TD3: ("P<", "P<", "P<", "PD", "PS", "PO", "PM", "PN"),
    MrzFormat.TD1: ("I<", "ID", "IR", "AC", "A<", "CR", "IA", "IX"),
    MrzFormat.TD2: ("I<", "ID", "AR", "C<", "IP"),
    MrzFormat.MRV_A: ("V<", "VC", "VI", "VB"),
    MrzFormat.MRV_B: ("V<", "VC", "VD"),
}
_STATES = [
    "UTO",
    "D<<",
    "FRA",
    "GBR",
    "USA",
    "CHE",
    "CZE",
    "FIN",
    "ISL",
    "LUX",
    "POL",
    "AUT",
    "ITA",
    "ESP",
    "PRT",
    "BEL",
    "NLD",
    "DNK",
    "SWE",
    "NOR",
    "EST",
    "LVA",
    "LTU",
    "HUN",
    "ROU",
    "BGR",
    "GRC",
    "HRV",
    "SVN",
    "SVK",
    "IRL",
    "MLT",
    "CYP",
    "TUR",
    "RUS",
    "UKR",
    "CHN",
    "TWN",
    "JPN",
    "KOR",
    "IND",
    "PAK",
    "BGD",
    "THA",
    "VNM",
    "IDN",
    "MYS",
    "SGP",
    "AUS",
    "NZL",
    "CAN",
    "MEX",
    "BRA",
    "ARG",
    "CHL",
    "PER",
    "COL",
    "VEN",
    "EGY",
    "MAR",
    "TUN",
    "DZA",
    "NGA",
    "KEN",
    "ZAF",
    "GHA",
    "ETH",
    "ISR",
    "IRN",
    "IRQ",
    "SAU",
    "ARE",
    "QAT",
    "JOR",
    "LBN",
    "SYR",
    "AFG",
    "KAZ",
    "UZB",
    "GEO",
    "ARM",
    "AZE",
    "XXA",
    "XXB",
    "XXC",
    "UNO",
    "EUE",
    "GBN",
]
_ONSETS = [
    "B",
    "C",
    "D",
    "F",
    "G",
    "H",
    "J",
    "K",
    "L",
    "M",
    "N",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "BR",
    "CH",
    "CZ",
    "DR",
    "FR",
    "GR",
    "KR",
    "KW",
    "PH",
    "PL",
    "SCH",
    "SH",
    "SK",
    "ST",
    "SZ",
    "TH",
    "TR",
    "WR",
]
_VOWELS = ["A", "E", "I", "O", "U", "Y", "AE", "OE", "UE", "AI", "EI", "IE", "OU"]
_ENDS = [
    "",
    "",
    "",
    *["N", "R", "S", "T", "L", "M", "K", "X", "Z", "CH", "CK", "NN", "SS", "TT", "SKI", "OVA", "SEN", "SON", "MANN"],
]


def _word(rng: np.random.Generator, syllables: int) -> str:
    parts = (str(rng.choice(_ONSETS)) + str(rng.choice(_VOWELS)) for _ in range(syllables))
    return "".join(parts) + str(rng.choice(_ENDS))


def _names(rng: np.random.Generator, most: int) -> str:
    return " ".join(_word(rng, int(rng.integers(1, 4))) for _ in range(int(rng.integers(1, most + 1))))


def _date(rng: np.random.Generator) -> str:
    return f"{rng.integers(0, 100):02d}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"


def _number(rng: np.random.Generator, length: int, letters: float) -> str:
    return "".join(
        chr(ord("A") + int(rng.integers(26))) if rng.random() < letters else str(rng.integers(10))
        for _ in range(length)
    )


def _optional(rng: np.random.Generator, room: int) -> str:
    if rng.random() < 0.5:
        return ""
    text = _number(rng, int(rng.integers(1, room + 1)), float(rng.choice([0.0, 0.0, 0.3, 0.6])))
    if rng.random() < 0.3 and len(text) > 4:
        place = int(rng.integers(1, len(text) - 1))
        text = text[:place] + "<" + text[place + 1 :]
    return text


_ROOM = {MrzFormat.TD3: 14, MrzFormat.TD1: 15, MrzFormat.TD2: 7, MrzFormat.MRV_A: 16, MrzFormat.MRV_B: 8}


def random_format(rng: np.random.Generator) -> MrzFormat:
    """Draw a format."""
    return _FORMATS[int(rng.choice(len(_FORMATS), p=_FORMAT_SHARES))]


def holder_lines(rng: np.random.Generator, form: MrzFormat) -> tuple[str, ...]:
    """Compose the MRZ of an invented holder; every check digit agrees."""
    state = str(rng.choice(_STATES))
    number = _number(rng, int(rng.integers(7, 10)), float(rng.choice([0.0, 0.1, 0.3, 0.6])))
    return compose(
        form,
        document_code=str(rng.choice(_CODES[form])),
        issuing_state=state,
        document_number=number,
        surname=_names(rng, 3),
        given_names=_names(rng, 3) if rng.random() < 0.95 else "",
        nationality=state if rng.random() < 0.8 else str(rng.choice(_STATES)),
        birth_date=_date(rng),
        sex=str(rng.choice(["F", "M", "<"], p=[0.48, 0.48, 0.04])),
        expiry_date=_date(rng),
        optional_data=_optional(rng, _ROOM[form]),
        optional_data_2=_optional(rng, 11) if form is MrzFormat.TD1 else "",
    )


# Characters that are told apart by their shape alone, whatever stands beside them.
_ALIKE = [ALPHABET.index(character) for character in "O0QDI1S5B8Z2WNMH"]


def random_lines(rng: np.random.Generator, form: MrzFormat) -> tuple[str, ...]:
    """Draw lines that follow no grammar: what a reader sees must not depend on what a field expects."""
    count, width = form.shape
    lines = []
    for _ in range(count):
        shares = np.full(len(ALPHABET), 1.0)
        shares[0] = float(rng.choice([1.0, 6.0, 40.0]))
        if rng.random() < 0.5:
            shares[_ALIKE] *= rng.uniform(2, 8)
        lines.append("".join(rng.choice(list(ALPHABET), size=width, p=shares / shares.sum())))
    return tuple(lines)


def zone_lines(rng: np.random.Generator, form: MrzFormat, random_share: float = 0.0) -> tuple[str, ...]:
    """Draw the lines of a zone; ``random_share`` of them follow no grammar."""
    return random_lines(rng, form) if rng.random() < random_share else holder_lines(rng, form)
