"""Words as they are compared: case, accents, vowel marks and common endings set aside.

Endings are taken off by short lists in the manner of light stemmers (Larkey, Ballesteros and
Connell 2002 for Arabic; Savoy 2006 for European languages): both the term and the text lose them,
so what is left need not be a word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_WORD = 60  # letters; anything longer is no word of a language

_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200c\u200d]")
_APOSTROPHES = re.compile("['’‘`´ʻʼʹ]")
_LETTERS = str.maketrans(
    {
        "đ": "d", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe",
        "ү": "у", "ө": "о",  # a Russian keyboard has no Mongolian letters
        "ى": "ي", "ی": "ي", "ے": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ں": "ن",
    }
)  # fmt: skip
_UZBEK = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z",
        "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "s", "ч": "ch", "ш": "sh", "ъ": "",
        "ь": "", "э": "e", "ю": "yu", "я": "ya", "ў": "o", "қ": "q", "ғ": "g", "ҳ": "h",
    }
)  # fmt: skip
_NEPALI = str.maketrans({"ी": "ि", "ू": "ु", "ँ": "ं", "ः": None, "ऊ": "उ", "ई": "इ"})
_SPELLINGS = {  # English as the terms are compared: the British form
    "center": "centre", "license": "licence", "neighbor": "neighbour", "labor": "labour",
    "program": "programme", "enrollment": "enrolment", "counseling": "counselling",
    "harbor": "harbour", "color": "colour", "theater": "theatre", "organization": "organisation",
    "authorization": "authorisation", "naturalization": "naturalisation", "canceled": "cancelled",
    "immunization": "immunisation", "notarization": "notarisation", "odor": "odour",
    "fulfill": "fulfil", "installment": "instalment", "behavior": "behaviour",
}  # fmt: skip


def _endings(text: str) -> tuple[str, ...]:
    return tuple(sorted(unicodedata.normalize("NFD", text).split(), key=len, reverse=True))


# Per language: endings, letters that must stay, how many may come off one after the other.
_LIGHT: dict[str, tuple[tuple[str, ...], int, int]] = {
    "ru": (
        _endings(
            "иями ями ами ого его ому ему ыми ими ием иях иеи ях ах ои еи ии ыи ая яя ое ее ые ие "
            "ую юю ов ев ам ям ом ем ью ия ию ия ых их ым им а я о е ы и у ю ь"
        ),
        3, 1,
    ),
    "mn": (
        _endings(
            "ииг ыг ииин ыин ын ин аас ээс оос аар ээр оор таи тэи тои ууд нууд руу луу аа ээ оо "
            "ад эд од ыа иа гуи нии ны гиин гаас гээс гоос гаар гээр гоор д т г н а э о и"
        ),
        4, 3,
    ),
    "uz": (
        _endings("ning lar lari larning dan dagi ga qa ka da ni si i im ing imiz ingiz cha siz"),
        4, 3,
    ),
    "ne": (_endings("हरु हरुको लाइ बाट देखि सम्म संग को का कि मा ले"), 2, 2),
    "bn": (_endings("গুলো গুলি গুলোর সমূহ দের ের য়ের এর র কে তে টি টা টির ে"), 3, 2),
    "si": (_endings("වලට වලින් වල යේ ගේ යට කට ට ය යක් ක් ව න් කින් යෙන් වේ"), 3, 1),
    "ur": (_endings("ون ين يان ات وه ي ا ه"), 3, 1),
    "ar": (_endings("ها هم ات ون ين ان يه ه ي"), 3, 2),
    "es": (_endings("s es a o e as os"), 4, 1),
    "fr": (_endings("s x es e aux"), 4, 1),
    "de": (_endings("e en er es em ern n s"), 4, 1),
    "id": (_endings("nya lah kah ku mu"), 4, 1),
    "fil": (_endings("ng"), 4, 1),
}  # fmt: skip
_ARABIC_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")


def accented(word: str) -> str:
    """Return a word in lower case with each tone of Vietnamese behind its letters.

    So the two habits of placing a tone (``hòa``, ``hoà``) are one.

    >>> accented("hòa") == accented("hoà")
    True
    """
    letters: list[str] = []
    tones: list[str] = []
    for sign in unicodedata.normalize("NFD", word.casefold()):
        (tones if sign in "\u0300\u0301\u0303\u0309\u0323" else letters).append(sign)
    return "".join(letters + tones).replace("đ", "d\u0335")


@lru_cache(maxsize=16_384)
def folded(word: str, language: str) -> str:
    """Return a word without case, accents, vowel marks and apostrophes.

    >>> folded("Điện", "vi"), folded("Oʻzbek", "uz"), folded("Straße", "de")
    ('dien', 'ozbek', 'strasse')
    """
    text = word.casefold()
    if language == "uz":
        text = text.translate(_UZBEK)
    text = _MARKS.sub("", unicodedata.normalize("NFD", _APOSTROPHES.sub("", text)))
    text = text.translate(_LETTERS)
    if language == "ar":
        return _without_article(text)
    if language == "ne":
        return text.translate(_NEPALI)
    if language == "de":  # Ämter, Aemter and Amter are typed for the same
        return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return _SPELLINGS.get(text, text) if language == "en" else text


@lru_cache(maxsize=16_384)
def stem(word: str, language: str) -> str:
    """Return what a folded word is looked up by: without the endings of its language.

    >>> stem("certificates", "en"), stem("заявления", "ru"), stem("nafaqalarini", "uz")
    ('certificate', 'заявлен', 'nafaqa')
    """
    if language == "en":
        return _SPELLINGS.get(_english(word), _english(word))
    endings, least, rounds = _LIGHT.get(language, ((), 0, 0))
    for _round in range(rounds):
        cut = next((e for e in endings if word.endswith(e) and len(word) - len(e) >= least), "")
        if not cut:
            break
        word = word[: -len(cut)]
    return word


def _without_article(word: str) -> str:
    for article in _ARABIC_ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            return word[len(article) :]
    return word


def _english(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
