"""A new pack that passes its own check and example: a beginning to write on from."""

FILES = {
    "scenario.yaml": """\
code: CODE
version: "1.0"
title: {zh: 新场景, en: New scenario}
about: {zh: 说明办什么事、为谁办。, en: Say what is done and for whom.}
kind: service
owner: {zh: 主管部门, en: Office in charge}
purpose: government-service
basis:
  - {title: 所依据的法律文件, article: 条款, status: from memory}
""",
    "form.json": """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "required": ["birth_date", "phone"],
  "properties": {
    "birth_date": {"type": "string", "format": "date"},
    "phone": {"type": "string", "maxLength": 20}
  }
}
""",
    "ui.json": """\
{
  "type": "VerticalLayout",
  "elements": [
    {"type": "Control", "scope": "#/properties/birth_date"},
    {"type": "Control", "scope": "#/properties/phone"}
  ]
}
""",
    "decisions/eligibility.csv": """\
U,in,out,note,note
id,age(birth_date),"decision: text [granted, refused]",source,status
young,< 60,refused,依据文件及条款,from memory
old,>= 60,granted,依据文件及条款,from memory
""",
    "flow.yaml": """\
steps:
  - {id: apply, do: ask, fields: [birth_date, phone]}
  - {id: eligible, do: decide, table: eligibility}
  - id: way
    do: branch
    cases:
      - {when: decision = "granted", next: tell}
    next: refused
  - {id: tell, do: notify, channel: sms, to: phone, message: granted}
  - {id: granted, do: end, result: granted}
  - {id: refused, do: end, result: refused}
""",
    "texts.zh.yaml": """\
fields: {birth_date: 出生日期, phone: 手机号码, decision: 结论}
values: {decision: {granted: 准予, refused: 不予}}
tables: {eligibility: 资格条件}
steps: {apply: 填写申请, eligible: 判断条件, way: 分流, tell: 告知, granted: 办结, refused: 不予}
results: {granted: 准予, refused: 不予}
messages: {granted: "您的申请（{number}）已通过。"}
""",
    "texts.en.yaml": """\
fields: {birth_date: Date of birth, phone: Mobile number, decision: Decision}
values: {decision: {granted: granted, refused: refused}}
tables: {eligibility: Entitlement}
steps: {apply: Apply, eligible: Decide, way: Which way, tell: Tell, granted: Done, refused: Refused}
results: {granted: Granted, refused: Refused}
messages: {granted: "Your application {number} is granted."}
""",
    "examples/on-the-day.yaml": """\
title: {zh: 当天满60周岁, en: 60 on this very day}
today: 2026-03-01
input: {birth_date: 1966-03-01, phone: "13000000000"}
expect:
  result: granted
  path: [apply, eligible, way, tell, granted]
""",
    "examples/one-day-short.yaml": """\
title: {zh: 差一天满60周岁, en: One day short of 60}
today: 2026-03-01
input: {birth_date: 1966-03-02, phone: "13000000000"}
expect: {result: refused}
""",
}


def files_for(code: str) -> dict[str, str]:
    """Every file of a new pack."""
    return {name: text.replace("CODE", code) for name, text in FILES.items()}
