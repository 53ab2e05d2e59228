#!/bin/sh
# The failure notice: to the system's log, and by mail where AUDIT_TELL names an address and `mail` is installed.
# It takes what failed and, where it is known, the exit code; it names nobody whom the audit is about.
# Try it: sh identity-audit-failed.sh test 75
what=${1:-identity-audit}
code=${2:-${MONITOR_EXIT_STATUS:-unknown}}
case $code in
    64) why="the command's words are off" ;;
    65) why="the HR directory, the agencies or the registry cannot be used; yesterday's state is untouched" ;;
    73) why="output or ledger cannot be written or used" ;;
    75) why="another run is at work" ;;
    78) why="audit.toml or a policy pack cannot be used" ;;
    *) why="the log says more" ;;
esac
text="$what failed on $(uname -n), exit code $code: $why."
if command -v logger >/dev/null 2>&1; then
    logger -t identity-audit -p user.err "$text"
fi
echo "$text" >&2
if [ -n "${AUDIT_TELL:-}" ] && command -v mail >/dev/null 2>&1; then
    echo "$text" | mail -s "identity-audit failed" "$AUDIT_TELL"
fi
