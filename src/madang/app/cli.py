"""The ``madang`` command: lazy, so that ``--help`` answers at once."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

# Processes are what runs side by side here. Threads of linear algebra on small matrices mostly wait
# for each other: the air forecast takes ten times the CPU with two. It must be set before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import click

from madang import __version__
from madang.kernel.errors import Invalid, MadangError, NotFound
from madang.kernel.registry import Command, load, registry


class LazyGroup(click.Group):
    """A group whose commands come from the registry and are imported when they run."""

    def __init__(self, prefix: str = "", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.prefix = prefix

    def _below(self) -> dict[str, Command]:
        start = f"{self.prefix} " if self.prefix else ""
        return {
            offer.path[len(start) :]: offer
            for offer in registry().offers(Command)
            if offer.path.startswith(start)
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names one level below this group."""
        return sorted({path.split(" ")[0] for path in self._below()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a sub-group, or the command itself, imported now."""
        below = self._below()
        if cmd_name in below:
            return _with_instance_options(load(below[cmd_name].target))
        if not any(path.startswith(f"{cmd_name} ") for path in below):
            return None
        return LazyGroup(
            prefix=f"{self.prefix} {cmd_name}".strip(), name=cmd_name, help=_group_help(cmd_name)
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of the commands below without importing any of them."""
        below = self._below()
        rows = []
        for name in self.list_commands(ctx):
            rows.append((name, below[name].help if name in below else _group_help(name)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _group_help(name: str) -> str:
    return f"Commands of {name}; 'madang {name} --help' lists them."


def _set(variable: str) -> Any:
    def callback(_ctx: click.Context, _param: click.Parameter, value: object) -> None:
        if value is not None:
            os.environ[variable] = str(value)

    return callback


def _instance_options() -> list[click.Option]:
    """Return the options that every command takes; they set the environment before it runs."""
    shared: dict[str, Any] = {"expose_value": False, "is_eager": True}
    return [
        click.Option(
            ["--data"],
            metavar="DIR",
            help="Folder of this instance (MADANG_DATA, else ./var).",
            callback=_set("MADANG_DATA"),
            **shared,
        ),
        click.Option(
            ["--port-offset"],
            type=int,
            metavar="N",
            help="Added to every port, so that two instances run side by side.",
            callback=_set("MADANG_PORT_OFFSET"),
            **shared,
        ),
    ]


def _with_instance_options(command: click.Command) -> click.Command:
    taken = {name for param in command.params for name in param.opts}
    command.params += [o for o in _instance_options() if not taken & set(o.opts)]
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="madang")
def madang() -> None:
    """Run the digital side of a city."""


madang.params += _instance_options()


def main() -> None:
    """Run the command line; exit 0 done, 2 bad input with a message, 1 our fault."""
    try:
        madang(prog_name="madang")
    except (Invalid, NotFound) as error:
        _say(error)
        sys.exit(2)
    except MadangError as error:
        _say(error)
        sys.exit(1)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f" ({error.filename})" if error.filename else ""
        click.echo(f"madang: the disk is full{where}; make room and try again", err=True)
        sys.exit(1)
    except Exception as error:
        if not type(error).__module__.startswith("django.db"):
            raise
        _say(_no_record(error))
        sys.exit(2)


def _no_record(error: Exception) -> MadangError:
    """Return what to tell where the system of record does not answer, or is not made yet."""
    from madang.kernel.config import settings

    return MadangError(
        f"the system of record of {settings().data} does not answer: {error}\n"
        "start the instance ('madang up'), prepare it ('madang migrate'), or name another --data"
    )


def _say(error: MadangError) -> None:
    click.echo(f"madang: {error.message}", err=True)
    for name, reason in getattr(error, "fields", {}).items():
        if name not in error.message:
            click.echo(f"  {name}: {reason}", err=True)
