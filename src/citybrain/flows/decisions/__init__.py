"""Decision tables with DMN hit policies: for one person in Python, for a population in SQL."""

from citybrain.flows.decisions.csv_file import read_csv, write_csv
from citybrain.flows.decisions.decide import Decision, compile_table
from citybrain.flows.decisions.dmn import read_dmn, write_dmn
from citybrain.flows.decisions.gaps import holes
from citybrain.flows.decisions.model import RawTable, Table
from citybrain.flows.decisions.population import population_sql
from citybrain.flows.decisions.typed import build

__all__ = [
    "Decision",
    "RawTable",
    "Table",
    "build",
    "compile_table",
    "holes",
    "population_sql",
    "read_csv",
    "read_dmn",
    "write_csv",
    "write_dmn",
]
