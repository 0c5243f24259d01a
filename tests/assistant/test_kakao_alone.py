"""`madang assistant serve-kakao` as a process: a turn and a refusal over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import httpx
import pytest

from madang.kernel.ports import free_offset
from tests.assistant.test_kakao import SECRET, body, limits_hold

pytestmark = [pytest.mark.system, pytest.mark.timeout(90)]


def test_the_skill_alone_is_served(tmp_path):
    port = 8090 + free_offset()
    environment = os.environ | {"MADANG_KAKAO_SECRET": SECRET, "MADANG_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "madang.app", "assistant", "serve-kakao", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
                    break
                except httpx.ConnectError:
                    assert process.poll() is None and time.monotonic() < until
                    time.sleep(0.1)
            address = f"http://127.0.0.1:{port}/kakao"
            answer = httpx.post(address, content=body(), headers={"X-Skill-Secret": SECRET})
            assert answer.status_code == 200
            limits_hold(answer.json())
            assert httpx.post(address, content=body()).status_code == 403
        finally:
            process.terminate()
            process.wait(20)
