"""The demo's members: a file of invented people, the same each time but for the dates.

It holds 18,412 people who are members at loading and for a year to come. Around them are those
who left, who came back after a gap, and who are members by two ways at once and count once.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

MEMBERS = 18_412
LEFT = 1_507
RETURNED = 610
TWICE = 284
JOINED_TODAY, LEFT_TODAY = 23, 4
JOINED_THIS_WEEK, LEFT_THIS_WEEK = 241, 37
SOURCES = ("demo-bank", "demo-card", "demo-fair")
WEIGHTS = (30, 62, 8)
DAYS = 400
COLUMNS = ("email", "name", "source", "source_ref", "starts_at", "ends_at")

FIRST = (
    *("Alina", "Anton", "Bohdan", "Daryna", "Denys", "Emma", "Fedir", "Halyna", "Hanna", "Hlib"),
    *("Ihor", "Ilona", "Inna", "Ivan", "Jonas", "Kateryna", "Lesia", "Liam", "Liudmyla", "Maksym"),
    *("Marko", "Marta", "Mykola", "Nadiia", "Nina", "Oksana", "Oleh", "Olena", "Ostap", "Pavlo"),
    *("Petro", "Polina", "Roman", "Ruslan", "Sofiia", "Stefan", "Taras", "Tamara", "Vira", "Zoe"),
)
LAST = (
    *("Babych", "Berezko", "Bilyk", "Chaban", "Dudnyk", "Fedak", "Halushka", "Honta", "Horobets"),
    *("Hrytsak", "Ivashko", "Kalyna", "Klymko", "Kobzar", "Kosenko", "Kravets", "Lahoda", "Lysak"),
    *("Malko", "Marchuk", "Melnyk", "Moroz", "Nahirny", "Oliinyk", "Panchuk", "Pylypko", "Rudenko"),
    *("Savchyn", "Shulha", "Skyba", "Sokil", "Stetsko", "Tkach", "Vasylko", "Vovk", "Yarosh"),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of membership, in days before loading; `left` None for one that goes on."""

    joined: float
    left: float | None = None


def write_file(path: Path, loaded_at: datetime) -> None:
    """Write the import file, as staff would get it from elsewhere."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(loaded_at))


def rows(loaded_at: datetime) -> Iterator[tuple[str, ...]]:
    """Yield one row per stretch, person by person."""
    chance = random.Random("the morning ferry")  # noqa: S311 - the same people each time
    number = 0
    for person, stays in enumerate(people(chance), 1):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        address = f"{name.lower().replace(' ', '.')}.{person}@reader.test"
        for stay in stays:
            number += 1
            source = chance.choices(SOURCES, WEIGHTS)[0]
            starts = _written(loaded_at, stay.joined)
            ends = (
                _written(loaded_at, stay.left) if stay.left is not None else _end(chance, loaded_at)
            )
            yield address, name, source, f"M{number:06}", starts, ends


def people(chance: random.Random) -> Iterator[list[Stay]]:
    """Yield everybody's stretches: those who stay, then those who left."""
    for number in range(MEMBERS):
        joined = _joined(chance, number)
        stays = [Stay(joined)]
        if number >= MEMBERS - RETURNED:
            gap = chance.uniform(5, 60)
            stays.insert(0, Stay(joined + gap + chance.uniform(31, 200), joined + gap))
        elif number >= MEMBERS - RETURNED - TWICE:
            stays.append(Stay(joined * chance.uniform(0.1, 0.9)))
        yield stays
    for number in range(LEFT):
        left = _left(chance, number)
        yield [Stay(left + chance.uniform(31, 180), left)]


def _joined(chance: random.Random, number: int) -> float:
    """Return how many days ago somebody joined; more of them of late, while the drive runs."""
    if number < JOINED_TODAY:
        return chance.uniform(0.002, 0.02)
    if number < JOINED_THIS_WEEK:
        return chance.uniform(0.05, 6.9)
    if number < MEMBERS // 3:
        return chance.uniform(7, 60)
    return chance.uniform(60, DAYS)


def _left(chance: random.Random, number: int) -> float:
    """Return how many days ago somebody left."""
    if number < LEFT_TODAY:
        return chance.uniform(0.002, 0.02)
    if number < LEFT_THIS_WEEK:
        return chance.uniform(0.05, 6.9)
    return chance.uniform(7, DAYS / 2)


def _written(loaded_at: datetime, days_ago: float) -> str:
    return (loaded_at - timedelta(days=days_ago)).isoformat(timespec="seconds")


def _end(chance: random.Random, loaded_at: datetime) -> str:
    """Return when a membership that goes on will end: mostly never, else in over a year."""
    if chance.random() < 0.8:  # noqa: PLR2004 - four in five have no end
        return ""
    return (loaded_at + timedelta(days=chance.uniform(370, 720))).isoformat(timespec="seconds")
