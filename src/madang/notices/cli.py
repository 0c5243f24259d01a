"""The `madang notices ...` commands."""

from __future__ import annotations

import secrets

import click


@click.command()
def keys() -> None:
    """Make the two keys of notices for production, as lines for the environment.

    Keep them with the other secrets: without the first no address can be read any more, with
    another second key every browser has to sign up again.
    """
    from madang.notices.channels.webpush import Vapid, new_private_key

    private = new_private_key()
    click.echo(f"MADANG_CONTACT_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"MADANG_VAPID_KEY={private}")
    click.echo(f"# public key of web push: {Vapid(private, 'mailto:').public_key}", err=True)
