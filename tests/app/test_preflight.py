"""What is said before a start that cannot work."""

from __future__ import annotations

import shutil
import socket
from collections import namedtuple

import pytest

from madang.app import preflight
from madang.kernel.config import read_settings
from madang.kernel.errors import Conflict, Invalid, Unavailable

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def settings_at(tmp_path, **more):
    base = {"MADANG_DATA": str(tmp_path), "MADANG_PORT_OFFSET": "21000"}
    return read_settings({**base, **{f"MADANG_{k.upper()}": str(v) for k, v in more.items()}})


def test_a_taken_port_is_named_with_the_way_out(tmp_path, taken):
    here = settings_at(tmp_path, port=taken, port_offset=0)
    with pytest.raises(Unavailable, match=rf"portal: port {taken}(.|\n)*--port-offset"):
        preflight.check_start(here)


def test_a_taken_side_door_moves_in_a_demo_but_never_in_production(tmp_path, taken):
    demo = settings_at(tmp_path, mqtt=taken, port_offset=0)
    moved = preflight.moved_side_doors(demo)
    assert taken < moved["MADANG_MQTT"] < taken + 100
    assert preflight.moved_side_doors(settings_at(tmp_path, mqtt=taken, mode="production")) == {}


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 << 30, 100 << 30, 7 << 20))
    with pytest.raises(Unavailable, match="only 7 MiB are free"):
        preflight.check_start(settings_at(tmp_path))


def test_a_missing_program_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("madang.app.processes.sysconfig.get_path", lambda _: "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="'caddy' is missing"):
        preflight.check_start(settings_at(tmp_path))


def test_a_data_folder_has_one_instance(tmp_path):
    here = settings_at(tmp_path)
    with preflight.hold_data_folder(here), pytest.raises(Conflict, match="already runs"):
        preflight.hold_data_folder(here)
    preflight.hold_data_folder(here).close()


def test_a_setting_that_is_no_number_is_named():
    with pytest.raises(Invalid, match="MADANG_PORT is 'high'"):
        read_settings({"MADANG_PORT": "high"})


def test_a_doctor_names_what_is_off(tmp_path, taken):
    found = {
        item.what: item
        for item in preflight.findings(settings_at(tmp_path, port=taken, port_offset=0))
    }
    assert found["ports"].level == "off"
    assert str(taken) in found["ports"].message
    assert found["caddy"].level == "ok"
