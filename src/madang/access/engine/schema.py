"""What policies can speak of: the Cedar schema of the house."""

from __future__ import annotations

ACTIONS = ("read", "add", "change", "remove")

SCHEMA = """
entity Role;
entity Room;
entity Account in [Role];
entity System;
entity Client;
entity Visitor;
entity Dataset in [Room];

type Why = {
  purpose: String,
  has_case: Bool,
  ial: Long,
  aal: Long,
  is_assisted: Bool,
  is_represented: Bool,
  departments: Set<String>,
  districts: Set<String>,
};

action read, add, change, remove appliesTo {
  principal: [Account, System, Client, Visitor],
  resource: [Dataset],
  context: Why,
};
"""
