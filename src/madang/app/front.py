"""The public front: Caddy's configuration, derived from what the rooms offer."""

from __future__ import annotations

from pathlib import Path

from madang.app.doors import speaks_seoul
from madang.kernel.config import Settings
from madang.kernel.registry import StreamRoute

DIALECT_PREFIX = "/_dialect/seoul"

_TEMPLATE = """\
{{
    admin off
    auto_https off
    persist_config off
    storage file_system "{storage}"
    log {{
        output stderr
        level WARN
    }}
    servers {{
        timeouts {{
            read_header 10s
            idle 2m
        }}
{trusted}    }}
}}

(web) {{
    reverse_proxy 127.0.0.1:{web} {{
        header_up X-Forwarded-For {{client_ip}}
        lb_try_duration 5s
        lb_try_interval 100ms
    }}
}}

http://:{front} {{
    bind {host}
    request_body {{
        max_size 64MB
    }}
    header -Server
    header -Via
{routes}
    @sent_often path /static/*
    handle @sent_often {{
        encode {{
            gzip 9
        }}
        import web
    }}
    handle {{
        encode zstd gzip
        import web
    }}
}}
"""

_DIALECT = """
http://:{dialect} {{
    bind {host}
    rewrite * {prefix}{{uri}}
    encode gzip
    import web
}}
"""

_ROUTE = """\
    @{name} {{
        method {methods}
        path_regexp {pattern}
    }}
    handle @{name} {{
        reverse_proxy 127.0.0.1:{stream} {{
            header_up X-Forwarded-For {{client_ip}}
            lb_try_duration 5s
            lb_try_interval 100ms
        }}
    }}
"""


def _trusted(here: Settings) -> str:
    """Return whose word we take on the reader's address and on TLS: in a demo nobody's."""
    if not (here.is_production and here.trusted_proxies):
        return ""
    return (
        f"        trusted_proxies static {here.trusted_proxies}\n        trusted_proxies_strict\n"
    )


def caddyfile(here: Settings, routes: list[StreamRoute]) -> str:
    """Return the Caddyfile: stream routes first, all else to the web; the port of Seoul's dialect
    where the city speaks it."""
    blocks = [
        _ROUTE.format(
            name=f"stream{number}",
            methods=" ".join(route.methods),
            pattern=f'"{route.pattern}"',
            stream=here.stream_port,
        )
        for number, route in enumerate(routes)
    ]
    text = _TEMPLATE.format(
        storage=here.data / "caddy",
        front=here.front_port,
        host=here.host,
        trusted=_trusted(here),
        web=here.web_port,
        routes="".join(blocks),
    )
    if not speaks_seoul(here.city):
        return text
    return text + _DIALECT.format(dialect=here.dialect_port, host=here.host, prefix=DIALECT_PREFIX)


def write_caddyfile(here: Settings, routes: list[StreamRoute]) -> Path:
    """Write the Caddyfile into the instance's run folder and return its path."""
    path = here.data / "run" / "Caddyfile"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(caddyfile(here, routes), encoding="utf-8")
    return path
