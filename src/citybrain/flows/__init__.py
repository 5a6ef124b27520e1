"""Scenario packs and their runs: the N of 1+2+N (通用平台 1、中枢 2、应用场景 N)."""
