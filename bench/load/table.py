"""The result as one table for people."""


def number(value, unit):
    if value is None:
        return "-"
    if unit == "1/s" or (unit == "" and value == int(value)):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def limit(value, row):
    if value is None:
        return "-"
    return f"{'>=' if row.higher else '<='} {value:g}"


def verdict(row):
    """Which of its limits a row keeps."""
    if row.value is None or row.milestone is None and row.goal is None:
        return ""
    keeps = [bound is not None and (row.value >= bound if row.higher else row.value <= bound) for bound in (row.milestone, row.goal)]
    if keeps[1]:
        return "goal"
    if keeps[0]:
        return "milestone 1"
    return "missed"


def render(rows):
    lines = [("metric", "value", "unit", "milestone 1", "goal", "keeps", "")]
    for row in rows:
        value = number(row.value, row.unit)
        lines.append((row.metric, value, row.unit, limit(row.milestone, row), limit(row.goal, row), verdict(row), row.note))
    widths = [max(len(line[i]) for line in lines) for i in range(6)]
    out = []
    for index, line in enumerate(lines):
        cells = [line[0].ljust(widths[0]), line[1].rjust(widths[1])]
        cells += [line[i].ljust(widths[i]) for i in range(2, 6)] + [line[6]]
        out.append("  ".join(cells).rstrip())
        if index == 0:
            out.append("  ".join("-" * width for width in widths))
    return "\n".join(out)
