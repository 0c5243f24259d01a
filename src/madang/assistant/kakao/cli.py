"""``madang assistant serve-kakao``: the KakaoTalk skill alone."""

from __future__ import annotations

import click


@click.command("serve-kakao")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--city", default="", help="A city's profile (default: this instance's).")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve_kakao(port: int, host: str, city: str, threads: int) -> None:
    """Serve the KakaoTalk skill (version 2.0) without the other processes and without a database.

    Kakao posts to /kakao with the secret of MADANG_KAKAO_SECRET in the header X-Skill-Secret;
    without one, a secret is made for this run and shown.
    """
    import os
    import secrets

    from madang.assistant import api
    from madang.assistant.kakao import gate
    from madang.kernel.config import settings
    from madang.kernel.errors import Invalid

    if city:
        os.environ["MADANG_CITY"] = city
    settings.cache_clear()
    if not settings().kakao_secret:
        os.environ["MADANG_KAKAO_SECRET"] = secrets.token_urlsafe(24)
        settings.cache_clear()
        click.echo(
            f"no MADANG_KAKAO_SECRET; for this run {gate.HEADER}: {settings().kakao_secret}",
            err=True,
        )
    if len(settings().kakao_secret) < gate.LEAST:
        raise Invalid(f"MADANG_KAKAO_SECRET has at least {gate.LEAST} characters")
    gate.is_in_networks("127.0.0.1", settings().kakao_networks)
    where = api.city_of(city)
    click.echo(f"KakaoTalk skill of {where.name('en')} on http://{host}:{port}/kakao", err=True)
    _served(host, port, threads)


def _served(host: str, port: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "madang.assistant.kakao.server:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        log_access=False,
    ).serve()
