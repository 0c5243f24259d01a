"""Pack the city profiles beside their reader: cities/ becomes madang/city/profiles in a wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithProfiles(build_py):
    """Copies cities/ into the package; an editable install reads cities/ where it stands."""

    def run(self) -> None:
        """Build the package, then add the profiles."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "madang" / "city" / "profiles"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(Path(__file__).parent / "cities", target)


setup(cmdclass={"build_py": BuildWithProfiles})
