"""The rules engine: plain Python, no Django, no clock, no float, no region codes.

It takes facts about a case and the terms of the policy in force on a day and
returns a decision (`eligibility.decide`) or a settlement (`settlement.settle`),
each step with its citation. Reading order: terms, money, period, citation,
policy, facts, decision, then filing, eligibility and settlement.
"""
