"""How long a registration is valid. Pure arithmetic of days."""

from datetime import date, timedelta

from citybrain.domains.registration.logic.rules import RENEWAL, whole


def years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day(first: date, years: int, limit: date | None) -> date:
    """The last day of validity from `first` on, never beyond the authorised operation's end."""
    end = years_later(first, years) - timedelta(days=1)
    return min(end, limit) if limit else end


def first_validity(coded_on: date, limit: date | None) -> date:
    """The last day of a new registration."""
    return last_day(coded_on, whole("validity"), limit)


def renewed_validity(valid_to: date, years: int, limit: date | None) -> date:
    """The last day after a renewal, which goes on from the day after the old one."""
    return last_day(valid_to + timedelta(days=1), min(years, whole("renewal")), limit)


def renewal_opens(valid_to: date) -> date:
    """The first day on which a renewal can be applied for, and on which one is reminded."""
    return valid_to - timedelta(days=RENEWAL.days)


def may_renew(valid_to: date, today: date) -> bool:
    """Whether today lies within the window before expiry."""
    return renewal_opens(valid_to) <= today <= valid_to
