"""Every own command: where it is defined, and one line about it in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`module` below `cli.commands`, `attribute` in it; `django`: set it up before import."""

    module: str
    attribute: str
    en: str
    zh: str
    django: bool = True

    @property
    def line(self) -> str:
        """For `--help`."""
        return f"{self.en} {self.zh}"


OWN: dict[str, Entry] = {
    "demo": Entry("serving", "demo", "Build a demo city, run the main job, serve it.", "演示"),
    "serve": Entry("serving", "serve", "Serve console, API and gateway.", "启动网站与网关"),
    "worker": Entry("serving", "worker", "Seal, watch clocks, book fees.", "运行后台任务"),
    "migrate": Entry("house", "migrate", "Bring the database up to date.", "更新数据库结构"),
    "settings": Entry(
        "settings", "settings", "Show every setting.", "列出全部配置项", django=False
    ),
    "backup": Entry("house", "backup", "Back the installation up while it runs.", "在线备份"),
    "restore": Entry("house", "restore", "Restore a backup.", "恢复备份"),
    "seal": Entry("proof", "seal", "Seal what waits into the ledger.", "封存待入账记录"),
    "audit": Entry("proof", "audit", "Compare every record with the ledger.", "核对全部记录与账本"),
    "report": Entry("report", "report", "The report of a period, such as 2025H1.", "生成工作报告"),
    "party": Entry("parties", "party", "Departments, enterprises, persons.", "单位"),
    "account": Entry("parties", "account", "Sign-ins and roles.", "账号与角色"),
    "resource": Entry("resources", "resource", "What the city has.", "资源"),
    "offer": Entry("offers", "offer", "Who may use it, and how.", "供给条件"),
    "scenario": Entry("offers", "scenario", "Why resources are used.", "场景"),
    "request": Entry("requests", "request", "Who asks for what.", "申请"),
    "agreement": Entry("agreements", "agreement", "What both sides signed.", "协议"),
    "use": Entry("uses", "use", "Calls through the gateway.", "使用"),
    "entry": Entry("uses", "entry", "Savings, fees, payments.", "核算账目"),
    "issue": Entry("issues", "issue", "What is wrong.", "问题"),
    "deadline": Entry("issues", "deadline", "What is due.", "时限"),
    "ledger": Entry("proof", "ledger", "Checkpoints, proofs, receipts.", "账本"),
    "api": Entry("api", "api", "Keys and description of the API.", "接口密钥与描述"),
    "test": Entry("develop", "test", "Lint, types, layers, tests.", "运行全部检查", django=False),
    "bench": Entry("develop", "bench", "Run a benchmark.", "运行基准测试", django=False),
}
