from __future__ import annotations

import asyncio

import httpx
import pytest

from madang import __version__
from madang.kernel import http
from madang.kernel.http import ForeignRedirect


def answering(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/start":
        return httpx.Response(302, headers={"Location": "/end"})
    if request.url.path == "/away":
        return httpx.Response(302, headers={"Location": "http://169.254.169.254/secret"})
    if request.url.path == "/downgrade":
        return httpx.Response(302, headers={"Location": "http://agency.example/end"})
    if request.url.path == "/other-port":
        return httpx.Response(302, headers={"Location": "https://agency.example:8443/end"})
    if request.url.path == "/same-port":
        return httpx.Response(302, headers={"Location": "https://agency.example:443/end"})
    return httpx.Response(200, text=request.headers["User-Agent"])


def client() -> httpx.Client:
    return http.client("https://agency.example", transport=httpx.MockTransport(answering))


@pytest.mark.parametrize("path", ["/start", "/same-port"])
def test_a_redirect_on_the_same_host_is_followed(path):
    with client() as agency:
        assert agency.get(path).text == f"Madang/{__version__}"


@pytest.mark.parametrize("path", ["/away", "/downgrade", "/other-port"])
def test_a_redirect_elsewhere_is_refused(path):
    with client() as agency, pytest.raises(ForeignRedirect):
        agency.get(path)


def test_the_client_for_asyncio_refuses_it_too():
    async def ask() -> None:
        transport = httpx.MockTransport(answering)
        async with http.async_client("https://agency.example", transport=transport) as agency:
            await agency.get("/away")

    with pytest.raises(ForeignRedirect):
        asyncio.run(ask())


def test_no_call_waits_for_ever():
    with client() as agency:
        assert None not in agency.timeout.as_dict().values()
