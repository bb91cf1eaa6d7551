"""What stands in a question's form or YAML, and what a button of the form does to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from quiz.bank import question as q
from quiz.bank.form.reading import problems, read
from quiz.bank.form.rows import named, pressed
from quiz.bank.form.yaml import as_yaml, from_yaml
from quiz.bank.plain import as_data
from quiz.bank.scaffold import NO_REASON
from quiz.store.revisions import Text
from quiz.web.typed import UNSHOWABLE

Form = Mapping[str, list[str]]


@dataclass(frozen=True)
class Sheet:
    """What is being written: the newest stored text, the revision that was opened, and what stands in the form now.

    `yaml`: what was typed, where it is written as YAML. `errors`: by place. `dirty`: it differs from what is stored.
    """

    base: Text
    opened: int
    data: dict[str, Any]
    yaml: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    dirty: bool = False

    @property
    def question(self) -> q.Question | None:
        """The text, if the schema takes it."""
        if self.errors:
            return None
        return q.TYPES[str(self.data["type"])].model_validate({**self.data, "status": "draft"})

    @property
    def stopped(self) -> str:
        """How a question that is asked no more was ended: `retired` or `withdrawn`; empty for others."""
        status = self.base.question.status
        return status if status in {"retired", "withdrawn"} else ""


def stored_sheet(text: Text, *, as_text: bool = False) -> Sheet:
    """A stored text, opened to be changed."""
    data = without_status(as_data(text.question))
    return Sheet(text, text.revision, data, as_yaml(data) if as_text else None)


def typed_sheet(base: Text, form: Form, button: str = "preview") -> Sheet:
    """What stands in the form, after what the button does to it."""
    clean = {name: [UNSHOWABLE.sub("", value) for value in values] for name, values in form.items()}
    stored, opened = without_status(as_data(base.question)), opened_in(form) or base.revision
    if "yaml" in clean:
        text = clean["yaml"][0].replace("\r\n", "\n")
        data, errors = from_yaml(text, as_data(base.question))
        sheet = Sheet(base, opened, data or stored, text, errors, text != as_yaml(stored))
        return replace(sheet, yaml=None) if button == "form" and data is not None else sheet
    data = with_proof({**read(base.question.type, clean), "id": base.question.id}, stored, clean)
    if button.split(" ", maxsplit=1)[0] in {"add", "remove", "up", "down"}:
        data = pressed(data, button)
    data = named({name: data[name] for name in q.FIELD_ORDER if name in data})
    found = problems({**data, "status": "draft"})
    errors = {".".join(map(str, path)): message for path, message in found.items()}
    sheet = Sheet(base, opened, data, None, errors, data != stored)
    return replace(sheet, yaml=as_yaml(data)) if button == "yaml" else sheet


def opened_in(form: Form) -> int | None:
    """The revision that the form began with; None where it does not say."""
    text = (form.get("base") or [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def without_status(data: dict[str, Any]) -> dict[str, Any]:
    """The data that an editor writes: its status is its life's business."""
    return {name: value for name, value in data.items() if name != "status"}


def with_proof(data: dict[str, Any], stored: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The data with the stored proofs, which are edited in files; only the reason for having none is typed."""
    data = dict(data)
    if data["type"] != "case":
        data["proof"] = _proof(stored.get("proof"), form, "proof.reason")
        return data
    kept = {part["id"]: part["proof"] for part in stored.get("parts", [])}
    data["parts"] = [
        {**part, "proof": _proof(kept.get(part["id"]), form, f"parts.{i}.proof.reason")}
        for i, part in enumerate(data.get("parts", []))
    ]
    return data


def _proof(stored: Mapping[str, Any] | None, form: Form, name: str) -> dict[str, Any]:
    if stored is not None and stored["kind"] != "none":
        return dict(stored)
    reason = (form.get(name) or [""])[0].replace("\r\n", "\n")
    return {"kind": "none", "reason": reason or (stored or {}).get("reason") or NO_REASON}
