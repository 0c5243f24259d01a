"""The application that `madang assistant serve-kakao` serves."""

from __future__ import annotations

from madang.assistant.kakao.standalone import App
from madang.city.api import profile
from madang.kernel import logs, orm
from madang.kernel.config import settings

logs.configure("kakao", settings().log_format)
orm.ready()
application = App(profile(), settings())
