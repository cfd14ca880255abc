"""The floor: what Flask and the database cost before anything of ours is done.

A bare application with one view per thing measured, over the same engine as ours, with nothing
between the request and the work: no guard, no cache, no language.
"""

import hashlib
import hmac
import json
import os
from datetime import datetime
from pathlib import Path

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from jinja2 import Environment
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, insert, select

from app.core.database import Database

metadata = MetaData()
notes = Table(
    "floor_note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(254), nullable=False),
    Column("written_at", DateTime, nullable=False),
)
events = Table(
    "floor_event",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("type", String(100), nullable=False),
    Column("received_at", DateTime, nullable=False),
)
texts = Table(
    "floor_text", metadata, Column("id", Integer, primary_key=True), Column("body", String)
)

NOW = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001 - the floor knows no zones
COLD = (
    "<!doctype html><title>{{ title }}</title>{% for part in parts %}<p>{{ part }}</p>{% endfor %}"
)


def make_floor() -> Flask:
    """Return the bare application; its page is the file named by FLOOR_PAGE."""
    app = Flask("floor")
    page = Path(os.environ["FLOOR_PAGE"]).read_bytes()
    database = Database(os.environ["FLOOR_DATABASE_URL"])
    writing = insert(notes)
    reading = select(texts.c.body).where(texts.c.id == 1)
    template = Environment(autoescape=True).from_string(COLD)

    @app.get("/page")
    def cached() -> ResponseReturnValue:
        response = Response(page, mimetype="text/html", headers={"Content-Encoding": "gzip"})
        response.set_etag("floor")
        return response.make_conditional(request)

    @app.get("/cold")
    def cold() -> str:
        with database.read() as session:
            body = session.execute(reading).scalar_one()
        return template.render(title="Floor", parts=body.split("\n"))

    @app.post("/insert")
    def write() -> ResponseReturnValue:
        values = {"address": request.form["email"], "written_at": NOW}
        with database.write() as session:
            session.execute(writing, values)
            session.commit()
        return redirect("/page", 303)

    take_events(app, database)
    return app


def take_events(app: Flask, database: Database) -> None:
    """Add the view that verifies an event and keeps it."""
    keeping = insert(events)

    @app.post("/event")
    def event() -> ResponseReturnValue:
        body = request.get_data()
        if not is_signed(body, request.headers["Stripe-Signature"]):
            return Response(status=400)
        told = json.loads(body)
        with database.write() as session:
            values = {"id": told["id"], "type": told["type"], "received_at": NOW}
            session.execute(keeping, values)
            session.commit()
        return Response(status=200)


def is_signed(body: bytes, header: str) -> bool:
    """Tell whether a body carries Stripe's signature, by the shortest way there is."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    secret = os.environ["FLOOR_WEBHOOK_SECRET"].encode()
    expected = hmac.new(secret, f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts["v1"])


def prepare(url: str, page: str) -> None:
    """Make the floor's tables, with one text that renders to a page of `page`'s size."""
    database = Database(url)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        paragraphs = [page[at : at + 800] for at in range(0, len(page), 800)]
        body = "\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)
        connection.execute(insert(texts), {"id": 1, "body": body})
    database.dispose()
