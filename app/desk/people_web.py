"""The pages about people, for the desk to bind."""

from app.desk import (
    people_data_views,
    people_details_views,
    people_giving_views,
    people_money_views,
    people_notes_views,
    people_views,
)

PEOPLE = (
    people_views.bp,
    people_money_views.bp,
    people_notes_views.bp,
    people_details_views.bp,
    people_giving_views.bp,
    people_data_views.bp,
)
