"""Every table of every feature, gathered for migrations and for tests."""

import app.articles.editing_models
import app.articles.models
import app.core.alarms
import app.core.caps
import app.core.chosen
import app.core.clock
import app.core.heartbeat
import app.core.job_rows
import app.core.proof_of_work
import app.core.retention
import app.core.tightening
import app.desk.exports.models
import app.goal.models
import app.mail.dns_watching
import app.mail.event_models
import app.mail.models
import app.memberships.gifts.models
import app.memberships.imports.models
import app.memberships.joining.decline_models
import app.memberships.joining.models
import app.memberships.models
import app.memberships.money_models
import app.memberships.orders.models
import app.newsletters.cap_models
import app.newsletters.embeds.models
import app.newsletters.former_models
import app.newsletters.funnel.models
import app.newsletters.imports.models
import app.newsletters.issue_models
import app.newsletters.models
import app.newsletters.preferences.models
import app.newsletters.webhooks.models
import app.payments.models
import app.people.audit
import app.people.merge_models
import app.people.models
import app.people.note_models
import app.people.once
import app.people.sign_in_models
import app.people.staff_credentials_models
import app.people.staff_models
import app.people.staff_morning
import app.people.token_models  # noqa: F401 - imported for the tables they declare
from app.core.orm import Base

metadata = Base.metadata
