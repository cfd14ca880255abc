"""Articles that do not ask readers to join, whatever campaign runs. Callers commit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.versions import bump


def quiet_articles(session: Session) -> list[int]:
    """Return the ids of the articles that ask nothing."""
    return list(session.scalars(select(Article.id).where(Article.asks.is_(False))))


def set_article_asks(session: Session, article_id: int, *, asks: bool) -> bool | None:
    """Say whether an article asks; return whether it did, None for one that is not there."""
    bump(session)
    article = session.get(Article, article_id, populate_existing=True)
    if article is None:
        return None
    was, article.asks = article.asks, asks
    session.flush()
    return was
