"""A newsroom of 25,000 members and 1,000,000 subscriptions, made by PostgreSQL's own hand."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import Database
from app.goal.queries import ANY, Words
from app.goal.service import CampaignFacts, save_campaign, save_words
from app.memberships.counting import rebuild
from tests.newsletters.making import make_list

PEOPLE = 620_000
JOINED = 29_000
"""Memberships ever begun: about 25,000 of their people are members still."""

ELSEWHERE = 3_000
SUBSCRIPTIONS = 1_000_000
MAILS, WAITING, EVENTS = 1_000_000, 20_000, 200_000
NUMBERED = ("person", "subscription", "intent", "membership", "outgoing_mail", "dirty_key")
LISTS = ("daily", "weekly", "culture", "sport", "city", "money", "science", "cinema")
PAGES = 300

_PEOPLE = """
INSERT INTO person (id, public_id, name, language, created_at)
SELECT n, 'person-' || n, 'Reader ' || n, CASE WHEN n % 3 = 0 THEN 'uk' ELSE 'en' END, :now
FROM generate_series(1, :people) AS n
"""
_SUBSCRIPTIONS = """
INSERT INTO subscription (id, person_id, newsletter_id, state, from_path, created_at, asked_at,
                          confirmed_at)
SELECT n, (n - 1) % :people + 1, ids[1 + (n / :people + (n - 1) % :people) % 8],
       CASE WHEN n % 10 < 7 THEN 'confirmed' WHEN n % 10 = 7 THEN 'pending'
            ELSE 'unsubscribed' END,
       '/2026/11/story-' || n % :pages || '/', at, at, at
FROM generate_series(1, :subscriptions) AS n, (SELECT :lists ::bigint[] AS ids) AS l,
     LATERAL (SELECT CAST(:now AS timestamptz) - (n % 900) * interval '1 day' AS at) AS a
"""
_CONSENTS = """
INSERT INTO consent (person_id, newsletter_id, what, happened_at, form, from_path, wording,
                     language)
SELECT person_id, newsletter_id, 'confirmed', confirmed_at, 'article', from_path, '1', 'en'
FROM subscription
"""
_FUNNEL = """
INSERT INTO funnel_day (newsletter_id, day, from_path, form, seen, asked, accepted, confirmed,
                        unsubscribed)
SELECT l.id, CAST(:now AS date) - d, '/2026/11/story-' || p || '/', 'article',
       40 + p % 60, 3 + p % 4, 3, 2 + p % 2, p % 2
FROM unnest(CAST(:lists AS bigint[])) AS l(id), generate_series(0, 89) AS d,
     generate_series(0, :pages - 1, 5) AS p
"""
# 65 of 100 by the month; a fifth of all ask to stop after a while, a twentieth lapses.
_INTENTS = """
INSERT INTO intent (id, public_id, nonce, revision, thanks_hash, kind, interval, amount_minor,
                    fee_minor, currency, language, from_path, ask_key, person_id, state,
                    created_at, expires_at, looks, checkout_key)
SELECT n, 'intent-' || n, 'nonce-' || n, 1, 'thanks-' || n,
       CASE WHEN n % 20 = 7 AND n > :joined THEN 'gift' ELSE 'membership' END,
       CASE WHEN n % 100 < 65 THEN 'month' ELSE 'year' END,
       (ARRAY[500, 1000, 2000, 700])[1 + n % 4] * CASE WHEN n % 100 < 65 THEN 1 ELSE 10 END, 0,
       (ARRAY['EUR', 'EUR', 'UAH', 'USD'])[1 + n / 7 % 4], 'en',
       '/2026/11/story-' || n % :pages || '/', (ARRAY['over_half', 'strip-over_half'])[1 + n % 2],
       CASE WHEN n <= :joined THEN n END,
       CASE WHEN n <= :joined OR n % 20 = 7 THEN 'paid' ELSE 'expired' END,
       CAST(:now AS timestamptz) - (n * 7919 % 700) * interval '1 day'
           - n % 1440 * interval '1 minute',
       :now, 1, 'key-' || n
FROM generate_series(1, :joined * 2) AS n
"""
_MEMBERSHIPS = """
INSERT INTO membership (id, subscription_id, customer_id, person_id, intent_id, amount_minor,
                        currency, interval, status, started_at, period_ends_at, paid_through,
                        ends_at, ended_at, cancel_asked_at, paused, card_last4)
SELECT i.id, 'sub_' || i.id, 'cus_' || i.id, i.person_id, i.id, i.amount_minor, i.currency,
       i.interval, CASE WHEN gone THEN 'canceled' ELSE 'active' END, i.created_at, through,
       through, CASE WHEN gone AND asked THEN through END, CASE WHEN gone THEN through END,
       CASE WHEN gone AND asked THEN through - interval '5 days' END, false, '4242'
FROM intent AS i,
     LATERAL (SELECT CASE WHEN i.interval = 'month' THEN interval '30 days'
                          ELSE interval '365 days' END AS step) AS s,
     LATERAL (SELECT 1 + floor(extract(epoch FROM CAST(:now AS timestamptz) - i.created_at)
                               / extract(epoch FROM step)) AS whole) AS w,
     LATERAL (SELECT i.id % 4 = 0 AND whole > 1 AS gone, i.id % 20 < 16 AS asked,
                     i.created_at + step * CASE WHEN i.id % 4 = 0 AND whole > 1
                                                THEN 1 + floor((whole - 1) * (i.id % 10) / 10)
                                                ELSE whole END AS through) AS t
WHERE i.id <= :joined AND i.kind = 'membership'
"""
_PAYMENTS = """
INSERT INTO payment (payment_id, receipt_number, person_id, membership_id, intent_id,
                     amount_minor, currency, refunded_minor, paid_at, covers_until, warned)
SELECT 'pi_' || m.id || '_' || k, 'R-' || m.id || '-' || k, m.person_id, m.id,
       CASE WHEN k = 1 THEN m.intent_id END, m.amount_minor, m.currency, 0,
       m.started_at + step * (k - 1), m.started_at + step * k, false
FROM membership AS m,
     LATERAL (SELECT CASE WHEN m.interval = 'month' THEN interval '30 days'
                          ELSE interval '365 days' END AS step) AS s,
     generate_series(1, CAST(round(extract(epoch FROM m.paid_through - m.started_at)
                                   / extract(epoch FROM step)) AS integer)) AS k
"""
_GIFTS = """
INSERT INTO payment (payment_id, receipt_number, person_id, intent_id, amount_minor, currency,
                     refunded_minor, paid_at, warned)
SELECT 'gift_' || id, 'G-' || id, 1, id, amount_minor, currency, 0, created_at, false
FROM intent WHERE kind = 'gift'
"""
_ENTITLEMENTS = """
INSERT INTO entitlement (person_id, source, source_ref, revision, starts_at, ends_at, counts,
                         reason, recorded_at)
SELECT m.person_id, 'membership', m.subscription_id,
       row_number() OVER (PARTITION BY m.id ORDER BY p.paid_at), m.started_at,
       p.covers_until + CASE WHEN m.cancel_asked_at IS NOT NULL
                              AND p.covers_until = m.paid_through
                             THEN interval '0' ELSE interval '14 days' END,
       true, 'paid', p.paid_at
FROM membership AS m JOIN payment AS p ON p.membership_id = m.id
"""
_ELSEWHERE = """
INSERT INTO entitlement (person_id, source, source_ref, revision, starts_at, ends_at, counts,
                         reason, recorded_at)
SELECT :joined + n, 'patreon', 'P' || n, 1, at, at + interval '365 days', true, 'import 1', at
FROM generate_series(1, :elsewhere) AS n,
     LATERAL (SELECT CAST(:now AS timestamptz) - (n % 500) * interval '1 day' AS at) AS a
"""
# A mailing is under way; all other work of a year is done.
_MAILS = """
INSERT INTO outgoing_mail (id, message_id, stream, address, language, template, context, created_at,
                           due_at, done_at)
SELECT n, 'mail-' || n, 'bulk', 'r' || n || '@example.org', 'en', 'letter', '{}', at, at,
       CASE WHEN n > :waiting THEN at END
FROM generate_series(1, :mails) AS n,
     LATERAL (SELECT CAST(:now AS timestamptz) - n * interval '30 seconds' AS at) AS a
"""
_EVENTS = """
INSERT INTO stripe_event (event_id, type, object_kind, object_id, created_at, received_at, state)
SELECT 'evt_' || n, 'invoice.paid', 'invoice', 'in_' || n, at, at + interval '1 second', 'ours'
FROM generate_series(1, :events) AS n,
     LATERAL (SELECT CAST(:now AS timestamptz) - n * interval '2 minutes' AS at) AS a
"""
_LOOKS = """
INSERT INTO dirty_key (id, kind, object_id, dirty_seq, due_at, done_at)
SELECT n, 'invoice', 'in_' || n, n, :now, :now FROM generate_series(1, :events) AS n
"""
_ORDER = (
    _PEOPLE,
    _SUBSCRIPTIONS,
    _CONSENTS,
    _FUNNEL,
    _INTENTS,
    _MEMBERSHIPS,
    _PAYMENTS,
    _GIFTS,
    _ENTITLEMENTS,
    _ELSEWHERE,
    _MAILS,
    _EVENTS,
    _LOOKS,
)


def furnish(database: Database) -> None:
    """Fill an empty, migrated PostgreSQL."""
    with database.write() as session:
        moment = now(session)
        lists = [make_list(session, slug).id for slug in LISTS]
        _campaign(session, moment)
        values = {
            "now": moment,
            "people": PEOPLE,
            "subscriptions": SUBSCRIPTIONS,
            "lists": lists,
            "pages": PAGES,
            "joined": JOINED,
            "elsewhere": ELSEWHERE,
            "mails": MAILS,
            "waiting": WAITING,
            "events": EVENTS,
        }
        for statement in _ORDER:
            session.execute(text(statement), values)
        for table in NUMBERED:
            highest = f"(SELECT max(id) FROM {table})"  # noqa: S608 - ours
            session.execute(text(f"SELECT setval('{table}_id_seq', {highest})"))
        rebuild(session, moment)
        session.commit()
    with database.engine.connect() as plain:
        plain.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _campaign(session: Session, moment: datetime) -> None:
    facts = CampaignFacts(
        key="drive",
        name={"en": "The drive"},
        goal=30_000,
        currency="EUR",
        amounts={"EUR": {"monthly": [500, 1000, 2000], "yearly": [5000], "once": [1000]}},
        starts_at=moment.replace(year=moment.year - 1),
        ends_at=moment.replace(year=moment.year + 1),
    )
    words = Words("Strip", "Before ", "light", " after", ("One.", "Two."), "Will you?")
    save_words(session, save_campaign(session, facts), {(ANY, "en"): words})
