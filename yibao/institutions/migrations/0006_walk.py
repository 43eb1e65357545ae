"""PostgreSQL reads the finder's lists in rank order: a function over a full-text index.

The index holds the tokens of `grams`, each with the tier of its row before it, so that what a
tier holds of a token is read without the rest; and three blocks in which the row's position
lies: of a county, a city, a province. A tier is five classes of `position`: a level, and
hospitals, clinics or pharmacies.
"""

from django.db import migrations, models

# What a row that holds the tokens has to pass.
_FITS = """
    AND (i.effective_from IS NULL OR i.effective_from <= listed_on)
    AND (i.effective_to IS NULL OR i.effective_to > listed_on)
    AND i.name_key LIKE ALL (names) AND i.name_key NOT LIKE ALL (other_names)
    AND (fits || unfits = '{}' OR (
        SELECT fields ~ ALL (fits) AND fields !~ ALL (unfits) FROM (SELECT
            i.name_key || ' ' || i.initials || ' ' || i.pinyin || CASE WHEN has_places
            THEN substr(i.grams, strpos(i.grams, ' r:')) || ' ' ELSE '' END
            AS fields OFFSET 0) AS held))
    AND (is_open IS NULL OR is_open = EXISTS (
        SELECT 1 FROM institutions_serviceopening o
        WHERE o.institution_id = i.code AND o.service = wanted_service
        AND (wanted_disease = '' OR o.disease = wanted_disease)
        AND (NOT is_across OR o.scope = 'cross_province')
        AND o.effective_from <= listed_on
        AND (o.effective_to IS NULL OR o.effective_to > listed_on)))"""
POSTGRESQL = (
    "DROP INDEX institutions_grams",
    """CREATE FUNCTION institutions_tokens(grams text, place bigint) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_to_tsvector(
        string_to_array((place / 5000000000000)::text || ':' || replace(
            grams, ' ', ' ' || (place / 5000000000000)::text || ':'), ' ')
        || ARRAY['k0:' || (place / 1000000)::text, 'k1:' || (place / 100000000)::text,
            'k2:' || (place / 10000000000)::text])""",
    # What waits in a pending list is read by every search.
    """CREATE INDEX institutions_tokens ON institutions_institution
    USING gin (institutions_tokens(grams, position)) WITH (fastupdate = off)""",
    # `wanted` is a full-text query with `~` for the tier.
    # A stretch of tiers is read at once (size 3), a tier that holds much block by block in rank
    # order until the page is full; a block without a row that fits is followed by a larger
    # one, in the end by the rest of the tier. `+ 0` keeps the planner from reading the whole table in order of position.
    f"""CREATE FUNCTION institutions_walk(
        wanted text, names text[], other_names text[], fits text[], unfits text[],
        has_places boolean, listed_on date, is_open boolean, wanted_service text,
        wanted_disease text, is_across boolean, after bigint, most integer,
        stretches integer[], first_sizes integer[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
    AS $$
    DECLARE
        tier_size constant bigint := 5000000000000;
        sizes constant bigint[] := ARRAY[1000000, 100000000, 10000000000];
        begins bigint;
        ends bigint;
        block bigint;
        block_ends bigint;
        size integer;
        left_over integer := most;
        found integer;
        query tsquery;
        in_block tsquery;
        place bigint;
    BEGIN
        FOR stretch IN 1..cardinality(first_sizes) LOOP
            begins := greatest(stretches[stretch] * tier_size, after + 1);
            ends := stretches[stretch + 1] * tier_size;
            size := first_sizes[stretch];
            IF begins < ends AND size = 3 THEN
                FOR place IN
                    SELECT best.position
                    FROM generate_series(begins / tier_size, ends / tier_size - 1) AS tier
                    CROSS JOIN LATERAL (
                        SELECT i.position FROM institutions_institution i
                        WHERE institutions_tokens(i.grams, i.position) @@ replace(wanted, '~', tier::text)::tsquery
                        AND i.position + 0 >= begins
                        {_FITS}
                        ORDER BY i.position + 0 LIMIT left_over) AS best
                    ORDER BY best.position LIMIT left_over
                LOOP
                    RETURN NEXT place;
                    left_over := left_over - 1;
                END LOOP;
                CONTINUE WHEN left_over > 0;
                RETURN;
            END IF;
            query := replace(wanted, '~', stretches[stretch]::text)::tsquery;
            WHILE begins < ends LOOP
                SELECT min(i.position) INTO begins
                FROM institutions_institution i WHERE i.position >= begins;
                EXIT WHEN begins IS NULL OR begins >= ends;
                IF size = 3 THEN
                    block_ends := ends;
                    in_block := query;
                ELSE
                    block := begins / sizes[size + 1];
                    block_ends := (block + 1) * sizes[size + 1];
                    in_block := quote_literal('k' || size || ':' || block)::tsquery && query;
                END IF;
                found := 0;
                FOR place IN
                    SELECT i.position FROM institutions_institution i
                    WHERE institutions_tokens(i.grams, i.position) @@ in_block
                    AND i.position + 0 >= begins
                    {_FITS}
                    ORDER BY i.position + 0 LIMIT left_over
                LOOP
                    RETURN NEXT place;
                    found := found + 1;
                END LOOP;
                left_over := left_over - found;
                IF left_over = 0 THEN
                    RETURN;
                END IF;
                begins := block_ends;
                IF found > 0 THEN
                    size := first_sizes[stretch];
                ELSE
                    size := size + 1;
                END IF;
            END LOOP;
        END LOOP;
    END $$""",
    """CREATE FUNCTION institutions_count_tokens(share real, at_least integer) RETURNS void
    LANGUAGE sql AS $$
        DELETE FROM institutions_commontoken;
        INSERT INTO institutions_commontoken (token, tier, rows)
        WITH held AS MATERIALIZED (
            SELECT token, i.position / 5000000000000 AS tier, count(*) * 100 / share AS rows
            FROM institutions_institution i TABLESAMPLE SYSTEM (share) REPEATABLE (1)
            CROSS JOIN unnest(string_to_array(i.grams, ' ')) AS token GROUP BY 1, 2)
        SELECT token, tier, rows FROM held WHERE token IN (
            SELECT token FROM held GROUP BY token HAVING sum(rows) >= at_least) $$""",
)
POSTGRESQL_BACK = (
    "DROP FUNCTION institutions_count_tokens",
    "DROP FUNCTION institutions_walk",
    "DROP INDEX institutions_tokens",
    "DROP FUNCTION institutions_tokens",
    "CREATE INDEX institutions_grams ON institutions_institution "
    "USING gin (string_to_array(grams, ' '))",
    "ALTER INDEX institutions_grams ALTER COLUMN 1 SET STATISTICS 1000",
)


def create(apps, schema_editor):
    _run(schema_editor, POSTGRESQL)


def drop(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK)


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("institutions", "0005_institution_changes")]
    operations = [
        migrations.CreateModel(
            name="CommonToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=40)),
                ("tier", models.PositiveSmallIntegerField()),
                ("rows", models.PositiveIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(create, drop),
    ]
