"""OGC SensorThings over telemetry's tables and the lake.

    expressions.py, syntax.py   the expression of $filter and $orderby as a tree; its reader
    options.py, paths.py        query options (with nested $expand) and resource paths
    model.py                    the entity types: fields and links, free of any binding's names
    orm.py, lake_sql.py         an expression as a Django condition, or as SQL of the lake
    geo.py                      the geospatial functions
    read.py, observations.py    entities and observations for a query, in bulk
    write.py, patch.py          create (deep insert), update, delete
    v11.py                      the names, links and time forms of SensorThings 1.1
    formats.py                  data arrays, CSV and GeoJSON
    views.py, batch.py          HTTP

SensorThings 2.0 is to be a second module beside `v11.py` and `views.py`; all else stays.
"""
