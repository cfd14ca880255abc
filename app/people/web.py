"""The pages of people, bound to an application."""

from flask import Flask

from app.core.settings import Settings
from app.people import sign_in_views, staff_guarding, token_guarding
from app.people.csrf import csrf_field
from app.people.guarding import guard
from app.people.registers import REGISTERS, Registers


def register(
    app: Flask, settings: Settings, registers: Registers, doors: staff_guarding.Doors
) -> None:
    """Add the pages of signing in, the guard of what they open, and what features registered."""
    app.extensions[REGISTERS] = registers
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.register_blueprint(sign_in_views.bp)
    guard(app)
    staff_guarding.guard(app, doors)
    token_guarding.guard(app, settings)
