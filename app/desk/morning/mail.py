"""The morning by mail: at eight o'clock of the newsroom, to each of the staff, once a day.

It is rendered when it is sent, and holds nobody's personal data. A day's mail that could not be
queued for four hours is not queued any more: by then the page is what to look at. Administrators
may choose another hour.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.clock import now as moment_of
from app.core.jobs import ring
from app.core.languages import prefix
from app.core.leases import Held
from app.core.settings import Settings
from app.core.work import Cron, Runtime
from app.desk.house.needs import sentence
from app.desk.morning.reading import AT_HOUR, Asked, Morning, morning
from app.desk.morning.voice import Voice
from app.mail.jobs import Speak
from app.mail.message import Words, site_name
from app.mail.outbox import CONFIRM, Mail, queue
from app.memberships.flows import WAYS
from app.people import staff_morning
from app.people.audit import head_of
from app.people.staff_models import ADMIN, MEMBERSHIP
from app.people.staff_queries import address_of

TEMPLATE = "morning"
LANE = "mail"
HOURS = 4
NEEDS = 5
VALUE_ROLES = frozenset({MEMBERSHIP, ADMIN})


def sending() -> Cron:
    """Return the cron that looks every minute whether it is time."""
    return Cron("desk.morning", "* * * * *", send)


def send(runtime: Runtime) -> None:
    """Queue the day's mail for everybody who has none yet."""
    with runtime.database.read() as session:
        moment = moment_of(session)
        settings = runtime.settings
        day = due_day(moment, settings.time_zone, settings.morning_hour)
        if day is None or not staff_morning.waiting(session, day):
            return
    with runtime.database.write() as session:
        moment = moment_of(session)
        mails = list(_mails(session, day, moment))
        queue(session, mails, moment)
        if mails:
            ring(session, LANE)
        session.commit()


def due_day(moment: datetime, zone: ZoneInfo, hour: int = AT_HOUR.hour) -> date | None:
    """Return the day whose mail may be queued at a moment: from its hour on, for four."""
    local = moment.astimezone(zone)
    return local.date() if hour <= local.hour < hour + HOURS else None


def _mails(session: Session, day: date, now: datetime) -> Iterator[Mail]:
    for reader in staff_morning.waiting(session, day):
        address = address_of(session, reader.person_id)
        if address and staff_morning.claim(session, reader.staff_id, day, now):
            context = {"staff_id": reader.staff_id, "day": day.toordinal()}
            yield Mail(TEMPLATE, address, reader.language, reader.person_id, context, CONFIRM)


def speakers() -> Mapping[str, Speak]:
    """Return what gives the mail its words."""
    return {TEMPLATE: morning_words}


def morning_words(session: Session, settings: Settings, rows: Sequence[Held]) -> dict[int, Words]:
    """Return the words of each row; none for who has left, or once the day is over."""
    now, found, made = moment_of(session), None, {}
    head = head_of(session)
    for row in rows:
        staff = staff_morning.still_reads(session, row.context.get("staff_id", 0))
        today = now.astimezone(settings.time_zone).date()
        if staff is None or row.context.get("day") != today.toordinal():
            continue
        found = found or morning(session, Asked(now, settings.time_zone))
        voice = Voice(row.language, settings.time_zone)
        values = _values(voice, found, with_value=staff.role in VALUE_ROLES)
        url = f"{settings.site_url}{prefix(row.language)}/desk/"
        audit = "" if head is None else str(head)
        made[row.id] = Words(
            _subject(voice, found, site_name(settings, row.language)),
            {**values, "desk_url": url, "audit_head": audit},
        )
    return made


def _subject(voice: Voice, found: Morning, site: str) -> str:
    count = found.standing.count
    if count is None:
        return voice.gettext("The morning of %(site)s", site=site)
    return voice.gettext(
        "%(site)s: %(members)s members, %(net)s since yesterday",
        site=site,
        members=voice.number(count.members),
        net=voice.signed(_since_yesterday(found)),
    )


def _since_yesterday(found: Morning) -> int:
    """Return the net of yesterday and of today so far."""
    yesterday = found.standing.days[-1].flow.net if found.standing.days else 0
    return yesterday + found.standing.flows["today"].net


def _values(voice: Voice, found: Morning, *, with_value: bool) -> dict[str, str | tuple[str, ...]]:
    standing = found.standing
    count, campaign, tenths = standing.count, standing.campaign, standing.tenths_of_percent
    needed, running, needs = standing.needed_tenths, standing.running_tenths, found.needs or ()
    return {
        "as_of": voice.moment(found.asked.now),
        "members": "" if count is None else voice.number(count.members),
        "goal": "" if campaign is None else voice.number(campaign.goal),
        "percent": "" if tenths is None else voice.percent(tenths),
        "days_left": voice.days_left(standing),
        "needed": "" if needed is None else voice.tenths(needed),
        "running": "" if running is None else voice.signed_tenths(running),
        "forecast": tuple(voice.foretold(standing)),
        "flows": tuple(_flows(voice, found)),
        "needs_count": voice.number(len(needs)),
        "needs": tuple(sentence(one, voice.language) for one in needs[:NEEDS]),
        "due": _due(voice, found),
        "value": tuple(_value(voice, found)) if with_value else (),
    }


def _flows(voice: Voice, found: Morning) -> Iterator[str]:
    """Yield a line for yesterday, and for each longer stretch."""
    flows = [(voice.gettext("7 days"), "7 d"), (voice.gettext("28 days"), "28 d")]
    stretches = [(name, found.standing.flows[key]) for name, key in flows]
    if found.standing.days:
        stretches.insert(0, (voice.gettext("yesterday"), found.standing.days[-1].flow))
    for name, flow in stretches:
        numbers = {way: voice.number(getattr(flow, way)) for way in WAYS}
        yield voice.gettext(
            "%(stretch)s: %(net)s (joined %(joined)s, reinstated %(reinstated)s, cancelled "
            "%(cancelled)s, lapsed %(lapsed)s)",
            stretch=name,
            net=voice.signed(flow.net),
            **numbers,
        )


def _due(voice: Voice, found: Morning) -> str:
    week = next((one for one in found.weeks or () if one.first is not None), None)
    if week is None:
        return ""
    return voice.gettext(
        "In the next seven days %(yearly)s yearly and %(monthly)s monthly memberships must renew, "
        "and %(ending)s end.",
        yearly=voice.number(week.yearly),
        monthly=voice.number(week.monthly),
        ending=voice.number(week.ending + week.elsewhere),
    )


def _value(voice: Voice, found: Morning) -> Iterator[str]:
    for one in found.money.recurring if found.money else ():
        yield voice.gettext(
            "%(amount)s a month from %(number)s memberships",
            amount=voice.money(one.total_minor, one.currency),
            number=voice.number(one.number),
        )
