"""How the processes of an instance are started."""

from __future__ import annotations

import subprocess
import sys

import pytest

from madang.app.processes import core
from madang.kernel.config import read_settings

pytestmark = pytest.mark.system

# glibc says what it was told by the environment only through its behaviour: threads that allocate
# at once share one heap, or each has its own
_HEAPS = """
import ctypes, os, tempfile, threading
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.fopen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
libc.fclose.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
together = threading.Barrier(4)

def allocate():
    together.wait()
    for _ in range(1000):
        libc.malloc(600)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(4)]
[one.start() for one in threads]
[one.join() for one in threads]
path = tempfile.mktemp()
file = libc.fopen(path.encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
print(open(path).read().count("<heap nr="))
os.unlink(path)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc has these settings")
def test_threads_of_a_web_process_share_one_heap(tmp_path):
    here = read_settings({"MADANG_DATA": str(tmp_path)})
    web = next(one for group in core(here) for one in group if one.name == "web")
    heaps = subprocess.run(
        [sys.executable, "-c", _HEAPS],
        env={"PATH": "", **web.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(heaps.stdout) == 1
