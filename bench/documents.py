"""Issuing and checking a document: CPU time of each part; rendering beside WeasyPrint.

The peer sets the same certificate from HTML with `pdf_variant="pdf/ua-1"`, where WeasyPrint and the
libraries of the system that it needs are installed: it is no dependency of ours.
"""

from __future__ import annotations

import time

from bench.report import OURS, Bar, Report

SHORT, FULL = 20, 200
ISSUE, RENDER, CHECK = "issue one document", "render one page", "check a signed file"


def run(*, full: bool = False) -> Report:
    """Measure; `full` issues 200 documents."""
    from madang.kernel import orm

    orm.ready()
    from madang.records.proof.documents import checks_per_cpu_s, parts_ms

    rounds = FULL if full else SHORT
    report = Report(
        "documents",
        "papers with signature and credential",
        bars=(Bar(ISSUE, "issue_ms", 400.0), Bar(CHECK, "files_per_cpu_s", 20.0)),
    )
    found = parts_ms(rounds)
    report.add(OURS, ISSUE, **found)
    report.add(OURS, RENDER, render_ms=found["render_ms"])
    report.add(OURS, CHECK, files_per_cpu_s=checks_per_cpu_s(rounds))
    try:
        report.add("WeasyPrint", RENDER, render_ms=_weasyprint_ms(rounds))
    except (ImportError, OSError) as error:  # OSError: Pango is not on this machine
        reason = str(error).splitlines()[0][:80]
        report.notes.append(f"WeasyPrint left out, it is not installed here: {reason}")
    report.notes.append("CPU milliseconds, median; storing the rows is not in it")
    return report


def _weasyprint_ms(rounds: int) -> float:
    from weasyprint import HTML

    from madang.records.fonts import fonts
    from madang.records.proof.documents import paper
    from madang.records.typesetting import paper_data

    folder = fonts().folder
    font = f"@font-face{{font-family:M;src:url(file://{folder}/madang-sans-400.ttf)}}"
    spent = []
    for number in range(rounds + 1):
        said = paper_data(paper(number))
        rows = "".join(
            f"<tr><th>{row['name'][0]['text']}</th><td>{row['value'][0]['text']}</td></tr>"
            for row in said["blocks"][0]["facts"]
        )
        page = (
            f"<html lang=ko><head><title>{said['title']}</title><style>{font}"
            f"body{{font-family:M}}</style></head><body><h1>{said['title']}</h1><table>{rows}"
            f"</table><p>위 사실을 확인합니다.</p>{said['qr']}</body></html>"
        )
        began = time.process_time()
        HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
        spent.append((time.process_time() - began) * 1000)
    return sorted(spent[1:])[rounds // 2]
