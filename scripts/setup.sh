# SPDX-License-Identifier: BSD-3-Clause
# Sourced by ./run, ./test and .ci/run: what fxscope needs from Debian, and how it is configured and built.
# shellcheck shell=bash

FXSCOPE_PACKAGES=(
    g++ cmake ninja-build ccache pkg-config
    qt6-base-dev libqt6svg6-dev fonts-dejavu-core graphviz
    zlib1g-dev libsimdjson-dev nlohmann-json3-dev libcli11-dev libfmt-dev libdnnl-dev
)

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

# need PACKAGE...: installs what is missing, saying what; asks for root by sudo when not root.
need() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | cut -c1-2)" = ii ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! command -v apt-get >/dev/null; then
        say "fxscope needs these Debian packages, or what your system calls them: ${missing[*]}"
        return 1
    fi
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "Missing packages: ${missing[*]}. Install them as root with: apt-get install ${missing[*]}"
            return 1
        fi
        root=(sudo)
        say "Installing missing Debian packages (sudo may ask for your password): ${missing[*]}"
    else
        say "Installing missing Debian packages: ${missing[*]}"
    fi
    "${root[@]}" apt-get update -qq &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
        say "apt-get could not install: ${missing[*]}. Check the network and your package sources, then try again."
        return 1
    }
}

# build PRESET [TARGET...]: configures build/PRESET once and builds it with all cores.
build() {
    local preset=$1
    shift
    [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" -Wno-dev >/dev/null || return 1
    say "Building build/$preset"
    if [ $# -gt 0 ]; then
        cmake --build "build/$preset" --parallel "$(nproc)" --target "$@"
    else
        cmake --build "build/$preset" --parallel "$(nproc)"
    fi
}
