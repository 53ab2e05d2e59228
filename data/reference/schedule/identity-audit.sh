#!/bin/sh
# One verb under cron, with the environment file; a failure is told. `crontab` has the lines that call it.
umask 027
set -a
. {{ENV}}
set +a
{{PROGRAM}} "$@" --config {{CONFIG}} >>{{LOG}} 2>&1
code=$?
# 3: a source was not judged, and the workbook says which.
if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then
    sh {{FAILED}} "identity-audit $1" "$code"
fi
exit "$code"
