"""Static files as they are on disk now, whatever was laid or taken away while we run.

WhiteNoise lists the files once at the start. Assets laid anew (`make assets`, a new wheel under a
running instance) would then be sent with the length and the stamp of the old ones, or fail because
they are gone. Here a file is looked for when it is first asked for; each answer compares it with
what was found then, two calls of `stat`, and looks for it anew where it is another or gone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

_Stamp = tuple[tuple[int, int], ...]


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """WhiteNoise that follows the disk; the limits of its settings hold."""

    def __init__(self, get_response: Any = None) -> None:
        super().__init__(get_response)
        self._stamps: dict[str, _Stamp] = {url: _stamp(file) for url, file in self.files.items()}

    def add_files_from_finders(self) -> None:
        """List nothing: reading a thousand files' stamps at each start, for the few asked for."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a static file, else pass on."""
        url = request.path_info
        if not url.startswith(self.static_prefix):
            return self._passed_on(request)
        for _attempt in range(2):  # it may be taken away between our look and its opening
            file = self._present(url)
            if file is None:
                break
            try:
                answer: HttpResponseBase = self.serve(file, request)
            except OSError:
                self._forget(url)
                continue
            return answer
        return self._passed_on(request)

    def _passed_on(self, request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase = self.get_response(request)
        return answer

    def _present(self, url: str) -> Any:
        """Return the file of that address as it is now, None where there is none."""
        file = self.files.get(url)
        if file is not None and _stamp(file) == self._stamps[url]:
            return file
        try:
            file = self.find_file(url)
        except OSError:  # a folder, or gone while we looked
            file = None
        stamp = () if file is None else _stamp(file)
        if file is None or not stamp:
            self._forget(url)
            return None
        # the stamp first: another thread that sees the file must find it
        self._stamps[url] = stamp
        self.files[url] = file
        return file

    def _forget(self, url: str) -> None:
        self.files.pop(url, None)


def _stamp(file: Any) -> _Stamp:
    """Return time of change [ns] and size [bytes] of a file and its compressed forms.

    Empty where one of them is gone.
    """
    try:
        found = [Path(path).stat() for _accepts, path, _headers in file.alternatives]
    except OSError:
        return ()
    return tuple((one.st_mtime_ns, one.st_size) for one in found)
