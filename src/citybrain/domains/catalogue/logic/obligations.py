"""What the policy leaves of a table query: columns that may be touched, rows or groups."""

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.errors import refuse
from citybrain.domains.catalogue.logic.privacy import check_terms
from citybrain.domains.catalogue.logic.query import TableQuery
from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.kernel.policy.decision import Delivery


def allowed_columns(table: TableBase, delivery: Delivery) -> list[Item]:
    """The columns that may leave, in the table's order."""
    fields = delivery.fields
    return [item for item in table.items if fields is None or item.name in fields]


def searched(table: TableBase, delivery: Delivery) -> tuple[Item, ...]:
    """The text columns that words may be looked for in."""
    return tuple(item for item in allowed_columns(table, delivery) if item.letter.is_text)


def touched(query: TableQuery, table: TableBase) -> list[str]:
    """Every column that the answer would tell something about: shown, compared, ordered by."""
    names = [item.name for item in (*query.select, *query.group)]
    names += [one.item.name for one in query.conditions]
    names += [term.item.name for term in query.terms if term.item]
    labels = {term.label for term in query.terms}
    names += [one.key for one in query.order if one.key not in labels]
    if query.bbox is not None or query.format == "geojson":
        names += table.place_columns
    return list(dict.fromkeys(names))


def check(query: TableQuery, table: TableBase, delivery: Delivery) -> None:
    """Raises `PolicyRefusal` when the policy forbids this query."""
    allowed = {item.name for item in allowed_columns(table, delivery)}
    forbidden = [name for name in touched(query, table) if name not in allowed]
    if forbidden or not allowed:
        names = "、".join(forbidden)
        raise refuse(
            "fields",
            "field-not-agreed",
            f"协议不含字段：{names}。请只用协议列出的字段（见 …/schema）。",
            f"The agreement does not cover: {', '.join(forbidden)}; …/schema lists what it does.",
        )
    _check_rows(query, delivery)
    if delivery.epsilon is not None:
        check_terms(query)
    elif cohort(delivery) > 1 and any(t.function in {"min", "max"} for t in query.terms):
        raise refuse(
            "min_cohort",
            "not-with-cohort",
            "协议设有最小群组，不提供最小值和最大值（它们是某一行的真实值）。",
            "Under a smallest group there is no min or max: each is one row's true value.",
        )


def cohort(delivery: Delivery) -> int:
    """The smallest group that may be shown; 1 when the policy says nothing."""
    return max(delivery.min_cohort or 1, 1)


def _check_rows(query: TableQuery, delivery: Delivery) -> None:
    """A smallest group or a privacy budget would mean nothing if single rows could be had."""
    if query.is_aggregate:
        return
    duties = {
        "min_cohort": cohort(delivery) > 1,
        "epsilon": delivery.epsilon is not None,
        "aggregate_only": delivery.aggregate_only,
    }
    for duty, is_set in duties.items():
        if is_set:
            raise refuse(
                duty,
                "aggregates-only",
                "协议只允许汇总结果，不提供单行数据；请使用 group 和 agg 查询。",
                "The agreement covers aggregates only, no single rows; ask with group and agg.",
            )
