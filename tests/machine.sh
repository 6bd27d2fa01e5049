#!/bin/sh
# What the tests need of the machine: Debian's Chromium and PostgreSQL. Installs them where it may, and says exactly
# what to install where it may not. Nothing is skipped.
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null; then root="sudo -n"; else root="no"; fi
  if [ "$root" != no ]; then
    echo "Installing$missing"
    $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
  fi
fi
echo "The tests need Debian's packages:$missing. Install them: apt-get install$missing" >&2
exit 1
