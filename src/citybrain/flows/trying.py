"""Trying a pack at the command line: what an example does not say is asked for."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from citybrain.flows.expressions.values import BadValueError, typed
from citybrain.flows.faults import FaultyError
from citybrain.flows.machine import try_example
from citybrain.flows.machine.steps import hidden
from citybrain.flows.machine.values import World
from citybrain.flows.packs import Pack
from citybrain.flows.packs.contract import Property, flat
from citybrain.flows.packs.model import (
    Ask,
    Done,
    ExampleFile,
    Expected,
    Human,
    Served,
    UseStep,
    Wait,
)
from citybrain.flows.packs.yamls import parsed, read_yaml

_YES = {"y", "yes", "true", "是", "1"}


def ask_for(pack: Pack, text: str | None, language: str) -> ExampleFile:
    """An example out of a file, or out of answers at the terminal."""
    if text is not None:
        try:
            return parsed(ExampleFile, read_yaml(text, "--input"))
        except FaultyError as error:
            raise click.ClickException(str(error)) from None
    data: dict[str, Any] = {}
    today = date.today()
    for step in pack.flow.steps:
        if isinstance(step, Ask):
            _fields(pack, step.fields, data, today, language)
    return ExampleFile(
        title=pack.scenario.title,
        today=today.isoformat(),
        input=data,
        uses=_uses(pack, language),
        people=tuple(_people(pack, language)),
        events=tuple(_events(pack, language)),
        expect=Expected(result="any"),
    )


def _fields(
    pack: Pack, names: tuple[str, ...], data: dict[str, Any], today: date, language: str
) -> None:
    for name in names:
        if name in data or name in hidden(pack, World(pack, data, today)):
            continue
        one = pack.contract.properties[name]
        value = _value(pack, name, one, language)
        if value is not None:
            data[name] = value


def _value(pack: Pack, name: str, one: Property, language: str) -> Any:
    """Ask until the answer keeps to the contract; nothing is an answer where it may be missing."""
    label = pack.text(f"fields.{name}", language)
    choices = f" ({' / '.join(one.field.allowed)})" if one.field.allowed else ""
    while True:
        text = click.prompt(f"{label}{choices}", default="", show_default=False).strip()
        if not text and not one.required:
            return None
        value = _read(text, one.field.type)
        problems = pack.contract.faults({name: value})
        if value is not None and not problems:
            return value
        click.echo("  " + "; ".join(f"{zh} {en}" for _, zh, en in problems))


def _read(text: str, kind: str) -> Any:
    if kind == "boolean":
        return text.lower() in _YES
    if kind == "list":
        return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]
    if kind != "number":
        return text
    try:
        value = json.loads(text)
        typed(value, "number")
    except (json.JSONDecodeError, BadValueError):
        return text
    return value


def _uses(pack: Pack, language: str) -> dict[str, tuple[Served, ...]]:
    found: dict[str, tuple[Served, ...]] = {}
    for step in pack.flow.steps:
        if isinstance(step, UseStep) and step.resource not in found:
            text = click.prompt(f"{pack.text(f'steps.{step.id}', language)} JSON", default="{}")
            try:
                found[step.resource] = (Served(answer=json.loads(text)),)
            except json.JSONDecodeError:
                found[step.resource] = (Served(refused=text[:60]),)
    return found


def _people(pack: Pack, language: str) -> Iterator[Done]:
    for step in pack.flow.steps:
        if isinstance(step, Human):
            codes = [one.code for one in step.outcomes]
            label = pack.text(f"steps.{step.id}", language)
            chosen = click.prompt(label, type=click.Choice(codes), default=codes[0])
            yield Done(step=step.id, outcome=chosen, reasons="-")


def _events(pack: Pack, language: str) -> Iterator[str]:
    for step in pack.flow.steps:
        if isinstance(step, Wait) and step.event:
            label = f"{pack.text(f'steps.{step.id}', language)}: {step.event}"
            if click.confirm(label, default=True):
                yield step.event


def told(pack: Pack, example: ExampleFile, language: str) -> Iterator[str]:
    """The path in words, the result, the papers waived, what was decided."""
    trial = try_example(pack, example)
    for step in trial.path:
        rules = f"  [{', '.join(trial.rules[step])}]" if step in trial.rules else ""
        yield f"→ {pack.text(f'steps.{step}', language)} ({step}){rules}"
    if trial.problem:
        yield "! " + trial.problem[0 if language == "zh" else 1]
    if trial.result:
        yield f"= {pack.text(f'results.{trial.result}', language)} ({trial.result})"
    if trial.waived:
        titles = {one.code: getattr(one.title, language) for one in pack.scenario.materials}
        yield "- " + "、".join(titles.get(one, one) for one in trial.waived)
    given = flat(example.input)
    for name, value in trial.data.items():
        if name not in given:
            yield f"  {name} = {json.dumps(value, ensure_ascii=False)}"
