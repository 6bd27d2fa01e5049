#!/bin/sh
# What the tests (or, with `bench`, the benchmarks' peers) need of the machine: Debian's packages. Installs them where it
# may, and says exactly what to install where it may not. Nothing is skipped.
missing=""
need() { missing="$missing $*"; }
if [ "${1:-tests}" = bench ]; then
  for tool in cmake pkg-config; do command -v "$tool" >/dev/null 2>&1 || need "$tool"; done
  for library in avcodec avformat avutil swscale avfilter avdevice swresample; do
    { ls -d /usr/include/*/lib$library || ls -d /usr/include/lib$library; } >/dev/null 2>&1 || need "lib$library-dev"
  done
else
  command -v chromium >/dev/null 2>&1 || need chromium
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || need postgresql
fi
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null; then root="sudo -n"; else root="no"; fi
  if [ "$root" != no ]; then
    echo "Installing$missing"
    $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
  fi
fi
echo "Debian's packages are needed:$missing. Install them: apt-get install$missing" >&2
exit 1
