"""Reading SQL: which tables and columns a statement touches, and what is refused as unreadable."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.access.engine.rewriting import Insertion, inserted
from madang.access.engine.sql import Unreadable, read, tokens

WATCHED = {"person", "order_line"}


def uses(sql: str) -> list[tuple[str, str, str]]:
    return [(use.table, use.role, use.alias) for use in read(sql, WATCHED).uses]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT 1 FROM "person"', [("person", "read", "")]),
        ("select 1 from Person as P", [("person", "read", "p")]),
        ('SELECT 1 FROM public."person" p', [("person", "read", "p")]),
        ("SELECT 1 FROM `person`", [("person", "read", "")]),
        ('SELECT 1 FROM a, "person" WHERE 1=1', [("person", "read", "")]),
        ("SELECT 1 FROM a LEFT OUTER JOIN person ON TRUE", [("person", "read", "")]),
        ("SELECT 1 FROM (person)", [("person", "read", "")]),
        ("SELECT 1 FROM a WHERE x IN (SELECT id FROM person U0)", [("person", "read", "u0")]),
        ("WITH x AS (SELECT id FROM person) SELECT * FROM x", [("person", "read", "")]),
        ('UPDATE "person" SET a = 1', [("person", "change", "")]),
        ("UPDATE a SET x = p.y FROM person p", [("person", "read", "p")]),
        ("DELETE FROM person WHERE id = 1", [("person", "remove", "")]),
        ("DELETE FROM a USING person", [("person", "read", "")]),
        ("INSERT INTO person (a) VALUES (1)", [("person", "add", "")]),
        ("INSERT INTO a SELECT id FROM person", [("person", "read", "")]),
        ("SELECT 1 FROM person /* person */ -- person", [("person", "read", "")]),
        ("SELECT 1 FROM a JOIN person x ON x.a = person.id", [("person", "read", "x")]),
        ("SELECT 1 FROM (SELECT 1) person", []),
        ('SELECT 1 FROM "a" "person"', []),
        ("SELECT 1 FROM persons JOIN my_person", []),
        ("SELECT 1 FROM person FOR UPDATE OF person", [("person", "read", "")]),
        ("PRAGMA table_info('person')", []),
        ("SAVEPOINT person_1", []),
    ],
)
def test_tables_are_found_with_what_is_done_to_them(sql, expected):
    assert uses(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT person FROM person",
        "SELECT row_to_json(person) FROM person",
        "SELECT * FROM 'person'",
        "SELECT * FROM [person]",
        "TABLE person",
        "TRUNCATE person",
        "COPY person TO STDOUT",
        "LOCK TABLE person",
        "DROP TABLE person",
        "CREATE TABLE x AS SELECT * FROM person",
        "CREATE VIEW x AS SELECT * FROM person",
        "PREPARE p AS SELECT * FROM person",
        "SELECT name INTO copy FROM person",
        "SELECT 1; DELETE FROM person",
        "DO $$ BEGIN DELETE FROM person; END $$",
        "DO $x$ BEGIN DELETE FROM person; END $x$",
        "SELECT query_to_xml('SELECT * FROM person', true, true, '')",
        r"SELECT dblink(E'SELECT \' FROM person')",
        r'SELECT * FROM U&"\0070erson"',
        "MERGE INTO person USING a ON TRUE WHEN MATCHED THEN DELETE",
        "SELECT 1 UNION TABLE person",
    ],
)
def test_what_cannot_be_read_is_refused(sql):
    with pytest.raises(Unreadable):
        read(sql, WATCHED)


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("SELECT name FROM person", ("", "name")),
        ('SELECT p."Name" FROM person p', ("p", "name")),
        ("SELECT 1 FROM person WHERE lower(person.name) = 'x'", ("person", "name")),
        ("SELECT 1 FROM person ORDER BY name DESC", ("", "name")),
        ("SELECT person.'name' FROM person", ("person", "name")),
        ("SELECT 'person'.name FROM person", ("person", "name")),
        ("UPDATE person SET a = name", ("", "name")),
        ("UPDATE person SET a = 1 WHERE name = 'x'", ("", "name")),
        ("DELETE FROM person WHERE name IS NULL", ("", "name")),
        ("INSERT INTO person (a) VALUES (1) RETURNING name", ("", "name")),
        ("SELECT 1 FROM a JOIN person USING (name)", ("", "name")),
        ("SELECT sum(CASE WHEN name > 1 THEN 1 END) FROM person", ("", "name")),
    ],
)
def test_columns_that_are_read_are_found(sql, column):
    if "'person'." in sql:
        with pytest.raises(Unreadable):
            read(sql, WATCHED)
        return
    assert column in read(sql, WATCHED).mentions


def test_columns_that_are_written_are_told_from_those_read():
    found = read(
        'UPDATE "person" SET "name" = %s, "a" = ("person"."b" || %s) WHERE c = %s', WATCHED
    )
    assert found.written == {"name", "a"}
    assert ("", "name") not in found.mentions
    assert ("person", "b") in found.mentions
    assert ("", "c") in found.mentions
    assert read("UPDATE person SET (a, b) = (c, 1)", WATCHED).written == {"a", "b"}
    added = read("INSERT INTO person (a, b) VALUES (%s, %s) RETURNING id", WATCHED)
    assert added.written == {"a", "b"}
    assert added.outputs == {("", "id")}


def test_an_upsert_is_known_as_one():
    sql = "INSERT INTO person (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = EXCLUDED.a"
    assert read(sql, WATCHED).upserts
    assert not read(sql.replace("UPDATE SET a = EXCLUDED.a", "NOTHING"), WATCHED).upserts


@pytest.mark.parametrize("star", ["SELECT * FROM person", "SELECT 1, p.* FROM person p"])
def test_a_star_gives_everything_back(star):
    assert any(name == "*" for _, name in read(star, WATCHED).outputs)


def test_counting_gives_nothing_back():
    found = read("SELECT COUNT(*) AS n FROM person WHERE name = %s", WATCHED)
    assert not any(name in ("*", "name") for _, name in found.outputs)


@given(st.text(alphabet="ab\"'`$-/*%;(). \n\\se[]&uU:E", max_size=60))
def test_every_character_is_in_exactly_one_token_or_skipped(sql):
    """Nothing hides between two tokens, and no text makes the reader fail otherwise."""
    at = 0
    for token in tokens(sql):
        assert token.start >= at
        between = sql[at : token.start]
        assert not between.strip() or between.lstrip().startswith(("--", "/*")), between
        at = token.end
    with suppress(Unreadable):
        read(sql, {"ab"})


def test_values_keep_their_places_when_texts_are_put_in():
    sql = "SELECT %s FROM a WHERE x = %s AND y = %s"
    put = [
        Insertion(14, 15, 1, "(SELECT * FROM a WHERE u = %s AND v = %s) a", ("u", "v")),
        Insertion(22, 22, 1, " id IN (SELECT %s) AND (", ("w",), (len(sql), ")")),
    ]
    text, values = inserted(sql, (1, 2, 3), put)
    assert text.count("%s") == len(values)
    assert values == [1, "u", "v", "w", 2, 3]
    assert text.endswith("y = %s)")
    _, many = inserted(sql, [(1, 2, 3), (4, 5, 6)], put, many=True)
    assert many == [[1, "u", "v", "w", 2, 3], [4, "u", "v", "w", 5, 6]]


def test_a_percent_sign_stays_one_where_values_come_in():
    text, values = inserted(
        "SELECT 1 FROM a WHERE n LIKE 'x%'", None, [Insertion(14, 15, 0, "(SELECT %s) a", (1,))]
    )
    assert text % tuple(values) == "SELECT 1 FROM (SELECT 1) a WHERE n LIKE 'x%'"
