"""The commands: `flask --app wsgi ...`."""

from functools import wraps

import click
from flask import Flask

from app.cli import (
    api,
    audit,
    database,
    demo,
    embeds,
    funnel,
    goal,
    jobs,
    mail,
    members,
    newsletters,
    payments,
    people,
    retention,
    running,
    staff,
    subscribers,
    webhooks,
)
from app.cli.words import spoken

COMMANDS: tuple[click.Command, ...] = (
    api.api,
    audit.audit,
    database.db,
    demo.demo,
    goal.goal,
    jobs.jobs,
    mail.mail,
    members.members,
    newsletters.newsletters,
    payments.payments,
    people.people,
    retention.retention,
    running.serve,
    running.worker,
    staff.staff,
    webhooks.webhooks,
)

OF_NEWSLETTERS: tuple[click.Command, ...] = (
    embeds.embeds,
    embeds.embed,
    funnel.show,
    *subscribers.COMMANDS,
)


def register(app: Flask) -> None:
    """Add every command of ours to the application's."""
    for command in OF_NEWSLETTERS:
        newsletters.newsletters.add_command(command)
    for command in COMMANDS:
        speak(command)
        app.cli.add_command(command)


def speak(command: click.Command) -> None:
    """Have a command, or all of a group, end an operator's mistake in one sentence."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            speak(one)
        return
    inner = command.callback
    if inner is None or hasattr(inner, "speaks"):
        return

    @wraps(inner)
    def outer(*args: object, **kwargs: object) -> object:
        with spoken():
            return inner(*args, **kwargs)

    outer.speaks = True  # type: ignore[attr-defined] # several applications share the commands
    command.callback = outer
