"""The pages of people, bound to an application."""

from dataclasses import replace

from flask import Flask

from app.core.settings import Settings
from app.people import sign_in_views
from app.people.csrf import csrf_field
from app.people.erasing import remembering
from app.people.guarding import guard
from app.people.registers import REGISTERS, Registers


def register(app: Flask, settings: Settings, registers: Registers) -> None:
    """Add the pages of signing in, the guard of what they open, and what features registered."""
    erasers = (remembering(settings), *registers.erasers)
    app.extensions[REGISTERS] = replace(registers, erasers=erasers)
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.register_blueprint(sign_in_views.bp)
    guard(app)
