#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# smoke.sh BUILD [SECONDS] [RUNS]: every reader's fuzz target for so many seconds (20), or so many runs, all readers in
# turn on all cores. Prints the executions of each; fails with the input left in BUILD/fuzz where one finds something.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)/fuzz
seconds=${2:-20}
runs=${3:--1}
data=$here/../data/io

one() {
    local name=$1 files=$2 corpus=$build/corpus/$1 limit=()
    mkdir -p "$corpus"
    for file in $files; do
        find "$data" -maxdepth 1 -name "*$file" -size -24k -exec cp {} "$corpus" \;
    done
    [ ! -d "$here/corpus/$name" ] || cp "$here/corpus/$name"/* "$corpus"
    if [ "$runs" != -1 ]; then limit=("-runs=$runs"); else limit=("-max_total_time=$seconds"); fi
    cd "$build"
    if ! "./fuzz_$name" "$corpus" "${limit[@]}" -max_len=65536 -rss_limit_mb=4096 -timeout=20 \
        -artifact_prefix="$build/$name-" >"$name.log" 2>&1; then
        echo "$name: FOUND SOMETHING"
        tail -40 "$name.log"
        return 1
    fi
    echo "$name: $(grep -E 'Done [0-9]+' "$name.log" | tail -1)"
}
export -f one
export here build seconds runs data
grep '^TARGET' "$here/targets.def" | sed -E 's/TARGET\(([^,]+), "[^"]+", "([^"]*)"\)/\1\n\2/' |
    xargs -d '\n' -n 2 -P "$(nproc)" bash -c 'one "$@"' _
