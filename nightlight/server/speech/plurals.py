"""How each language counts: the number of its plural forms and the rule that picks one.

Source: Unicode CLDR 46, cardinal rules for whole numbers, as gettext writes them; Maltese and Irish after gettext's own
table. "Many" of French, Italian, Portuguese and Spanish is for millions, which no page of ours counts.
"""

_TWO = (2, "n != 1")
_ZERO_IS_ONE = (2, "n > 1")
_CZECH = (3, "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2")
_ONE_FEW = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"

PLURALS: dict[str, tuple[int, str]] = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"),
    "bg": _TWO,
    "cs": _CZECH,
    "da": _TWO,
    "de": _TWO,
    "el": _TWO,
    "en": _TWO,
    "es": _TWO,
    "et": _TWO,
    "fi": _TWO,
    "fr": _ZERO_IS_ONE,
    "ga": (5, "n==1 ? 0 : n==2 ? 1 : n>=3 && n<=6 ? 2 : n>=7 && n<=10 ? 3 : 4"),
    "hr": (3, _ONE_FEW),
    "hu": _TWO,
    "it": _TWO,
    "lt": (3, "n%10==1 && (n%100<11 || n%100>19) ? 0 : n%10>=2 && (n%100<11 || n%100>19) ? 1 : 2"),
    "lv": (3, "n%10==1 && n%100!=11 ? 0 : n!=0 ? 1 : 2"),
    "mt": (4, "n==1 ? 0 : n==0 || (n%100>=2 && n%100<=10) ? 1 : n%100>=11 && n%100<=19 ? 2 : 3"),
    "nl": _TWO,
    "pl": (3, "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"),
    "pt": _TWO,
    "ro": (3, "n==1 ? 0 : n==0 || (n%100>=1 && n%100<=19) ? 1 : 2"),
    "sk": _CZECH,
    "sl": (4, "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3"),
    "sv": _TWO,
    "tr": _TWO,
    "uk": (3, _ONE_FEW),
}
