"""Languages: the city's language and English complete, and made of the texts that stand there."""

from __future__ import annotations

from collections.abc import Iterator

from madang.kernel.readability import reading_faults
from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.texts import (
    EASY,
    PLACEHOLDER,
    TO_TRANSLATE,
    all_texts,
    digest,
    source_texts,
)

_MOST_TOLD = 20  # of one file


def languages(subject: Subject) -> Iterator[Fault]:
    """Yield languages that lack texts, and texts that do not fit their source."""
    package = subject.package
    source = source_texts(package)
    wordless = {path for path, text in all_texts(package) if text} - source.keys()
    official = subject.profile.city.languages[0].code
    wanted = {official, "en"} - {package.service.language}
    for tag in sorted(wanted - package.translations.keys()):
        message = f"lacks i18n/{tag}.yaml with {len(source)} texts: `madang services texts`"
        yield subject.fault("missing-language", "service.yaml", ("language",), message)
    known = {language.code for language in subject.profile.languages}
    for tag, translation in package.translations.items():
        file = f"i18n/{tag}.yaml"
        plain = tag.removesuffix(EASY)
        if plain not in known or tag == package.service.language:
            message = f"{tag} is no other language of {subject.profile.id}"
            yield subject.fault("unknown-language", file, (), message)
        missing = [path for path in source if path not in translation.texts]
        for path in missing[:_MOST_TOLD] if tag in wanted else ():
            message = f"{path} is not translated: {source[path]!r}"
            yield subject.fault("missing-text", file, ("texts",), message)
        for path, text in translation.texts.items():
            if path in wordless:
                continue
            yield from _text(subject, file, path, (source.get(path), text))


def _text(subject: Subject, file: str, path: str, pair: tuple[str | None, str]) -> Iterator[Fault]:
    original, text = pair
    place = ("texts", path)
    if original is None:
        yield subject.fault("unknown-text", file, place, f"the package has no text {path}")
        return
    tag = file.removeprefix("i18n/").removesuffix(".yaml")
    if text.startswith(TO_TRANSLATE.format(subject.package.service.language)):
        yield subject.fault("missing-text", file, place, f"{path} is still to be translated")
        return
    stamp = subject.package.translations[tag].of.get(path)
    if stamp is None:
        message = f"of.{path} is missing: `madang services texts --write` stamps it"
        yield subject.fault("unstamped-text", file, place, message)
    elif stamp != digest(original):
        message = f"{path} was translated from another text; now it is {original!r}"
        yield subject.fault("stale-text", file, place, message)
    if tag.endswith(EASY):
        for wrong in reading_faults(text, tag.removesuffix(EASY)):
            yield subject.fault("hard-to-read", file, place, f"{path}: {wrong}")
    here, there = (sorted(PLACEHOLDER.findall(one)) for one in (text, original))
    if here != there:
        message = f"{path} has the placeholders {here}, its source {there}"
        yield subject.fault("lost-placeholder", file, place, message)
