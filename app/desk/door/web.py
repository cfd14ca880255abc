"""The pages by which staff come in, and their own, for the desk to bind."""

from app.desk.door import (
    prove_views,
    second_views,
    session_views,
    set_up_views,
    sign_in_views,
    you_views,
)

BLUEPRINTS = (
    sign_in_views.bp,
    second_views.bp,
    set_up_views.bp,
    prove_views.bp,
    you_views.bp,
    session_views.bp,
)
