"""Korean letters and the keys they lie on: composing, decomposing, and the wrong keyboard.

The two-set keyboard (KS X 5002) is the one Koreans type on. Who forgets to switch it types
``wnalsemdfhr`` for 주민등록, or ㅗㅑ for hi.
"""

from __future__ import annotations

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_SYLLABLE, _COUNT = 0xAC00, 11172

_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_KEY_OF = {letter: key for key, letter in _KEYS.items()}
_VOWEL_PAIRS = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}
_TAIL_PAIRS = {
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_PARTS = {whole: pair for pair, whole in (_VOWEL_PAIRS | _TAIL_PAIRS).items()}


def letters(text: str) -> str:
    """Return a text with each Korean syllable taken apart into the letters that are typed.

    Examples
    --------
    >>> letters("값 a")
    'ㄱㅏㅂㅅ a'
    """
    out = []
    for char in text:
        code = ord(char) - _SYLLABLE
        if 0 <= code < _COUNT:
            lead, vowel, tail = _LEADS[code // 588], _VOWELS[code % 588 // 28], _TAILS[code % 28]
            out += [lead, _PARTS.get(vowel, vowel), _PARTS.get(tail, tail).strip()]
        else:
            out.append(_PARTS.get(char, char))
    return "".join(out)


def composed(text: str) -> str:
    """Return a text with loose Korean letters put together, as an input method would.

    A consonant closes the syllable before it only if no vowel follows. Letters that make no
    syllable stay as they are.

    Examples
    --------
    >>> composed("ㅈㅜㅁㅣㄴㄷㅡㅇㄹㅗㄱ"), composed("ㅋㅋ"), composed("ㄱㅏㅂㅅ")
    ('주민등록', 'ㅋㅋ', '값')
    """
    text = "".join(_PARTS.get(c, c) if c in _PARTS else c for c in text)
    out: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in _LEADS and at + 1 < len(text) and text[at + 1] in _VOWELS:
            syllable, at = _syllable(text, at)
            out.append(syllable)
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def _syllable(text: str, at: int) -> tuple[str, int]:
    """Return the syllable that begins at a consonant and a vowel, and where the next begins."""
    lead, vowel = text[at], text[at + 1]
    at += 2
    if at < len(text) and vowel + text[at] in _VOWEL_PAIRS:
        vowel, at = _VOWEL_PAIRS[vowel + text[at]], at + 1
    tail = ""
    while len(tail) < 2 and _closes(text, at, tail):
        tail += text[at]
        at += 1
    final = _TAIL_PAIRS.get(tail, tail)
    code = (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28
    return chr(_SYLLABLE + code + (_TAILS.index(final) if final else 0)), at


def _closes(text: str, at: int, tail: str) -> bool:
    if at >= len(text) or text[at] not in _LEADS:
        return False
    if at + 1 < len(text) and text[at + 1] in _VOWELS:
        return False
    return tail + text[at] in _TAIL_PAIRS if tail else text[at] in _TAILS


def hangul_of_keys(word: str) -> str | None:
    """Return the Korean that a Latin word would be on the other keyboard; None where it is none.

    Only whole syllables count: almost no word of another language gives nothing but those.

    Examples
    --------
    >>> hangul_of_keys("wnalsemdfhr"), hangul_of_keys("tax")
    ('주민등록', None)
    """
    typed = "".join(_KEYS.get(c, _KEYS.get(c.lower(), "")) or "?" for c in word)
    found = composed(typed)
    whole = bool(found) and all(0 <= ord(c) - _SYLLABLE < _COUNT for c in found)
    return found if whole else None


def keys_of_hangul(word: str) -> str | None:
    """Return the Latin keys of loose Korean letters or syllables; None where a character has none.

    Examples
    --------
    >>> keys_of_hangul("ㅗㅑ"), keys_of_hangul("ㅅㅁㅌ")
    ('hi', 'tax')
    """
    keys = [_KEY_OF.get(letter) for letter in letters(word)]
    return "".join(key for key in keys if key) if all(keys) and keys else None


def letters_of_keys(text: str) -> str | None:
    """Return the Korean letters of Latin keys, whole syllables or not; None where a key has none.

    Examples
    --------
    >>> letters_of_keys("wnalsemd"), letters_of_keys("1")
    ('ㅈㅜㅁㅣㄴㄷㅡㅇ', None)
    """
    found = [_KEYS.get(c) or _KEYS.get(c.lower()) for c in text]
    return letters("".join(letter for letter in found if letter)) if found and all(found) else None


def initials(text: str) -> str:
    """Return the first consonant of each Korean syllable; other characters stay.

    Examples
    --------
    >>> initials("주민등록 A")
    'ㅈㅁㄷㄹ A'
    """
    return "".join(
        _LEADS[(ord(c) - _SYLLABLE) // 588] if 0 <= ord(c) - _SYLLABLE < _COUNT else c for c in text
    )


def are_initials(text: str) -> bool:
    """Return whether a text is nothing but single consonants, as people abbreviate Korean."""
    return bool(text) and all(c in _LEADS for c in text)
