"""Past issues of the demo newsroom's lists, each from a file of its own."""

import tomllib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.newsletters.issues import IssueFacts, publish_issue, save_issue
from app.sandbox.demo.newsroom import HERE


def load(session: Session, loaded_at: datetime) -> None:
    """Write every issue, out as many days ago as its file says."""
    for path in sorted(HERE.glob("issues/*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        facts = tomllib.loads(front)
        out_at = loaded_at - timedelta(days=facts["days_ago"])
        issue = save_issue(
            session,
            IssueFacts(
                newsletter=facts["newsletter"],
                slug=facts["slug"],
                subject=facts["subject"],
                preheader=facts["preheader"],
                body=body.strip() + "\n",
            ),
            out_at,
        )
        publish_issue(session, issue, out_at, loaded_at)
