#!/bin/sh
# Holds the map of the rooms (src/rooms.mk) and who may see which library;
# every public header must compile alone, and nothing may name a path of
# somebody's machine. check-rooms.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/..}"
CC=${CC:-cc}
bad=$(mktemp)
trap 'rm -f "$bad"' EXIT

grep -rnE --include='*.c' --include='*.h' --include='*.def' \
	'^[[:space:]]*#[[:space:]]*include' src include |
awk -F: '
BEGIN {
	while ((getline line < "src/rooms.mk") > 0)
		if (match(line, /^USES_[a-z]+/)) {
			room = substr(line, 6, RLENGTH - 5)
			sub(/^[^=]*=/, "", line)
			uses[room] = " " room " " line " "
		}
	# Library headers, and the files that may see them.
	sees["^sqlite3"] = "^src/store/"
	sees["^curl/"] = "^src/fetch/"
	sees["^ares"] = "^src/resolve/"
	sees["^microhttpd"] = "^src/api/"
	sees["^confuse"] = "^src/core/config[a-z_]*\\.[ch]$"
	sees["^sofia-sip/"] = "^src/(sip/|core/loop\\.c$)"
	sees["^openssl/"] = "^src/(identity/|sip/secure|core/(digest|signature)\\.c$)"
	sees["^jansson"] = "^src/(api|cli|reputation|identity|screen|calls)/"
	sees["^systemd/"] = "^src/app/"
	sees["^jemalloc/"] = "^src/app/"
}
{
	file = $1
	name = $0
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*/, "", name)
	room = file
	sub(/^(src|include\/callsieve)\//, "", room)
	sub(/[\/.].*/, "", room)
	if (!(room in uses))
		print file ": room \"" room "\" is not in src/rooms.mk"
	for (library in sees)
		if (name ~ library && file !~ sees[library])
			print file ":" $2 ": may not see <" name ">"
	if ($0 !~ /include[ \t]*"/)
		next
	if (name ~ /^callsieve\//) {
		other = name
		sub(/^callsieve\//, "", other)
		sub(/[\/.].*/, "", other)
		if (index(uses[room], " " other " ") == 0)
			print file ":" $2 ": " room " may not include " name
		path = "include/" name
	} else {
		path = file
		sub(/[^\/]*$/, name, path)
		while (sub(/[^\/]+\/\.\.\//, "", path))
			;
		if (path !~ ("^src/" room "/"))
			print file ":" $2 ": \"" name "\" is of another room"
	}
	if ((getline line < path) < 0)
		print file ":" $2 ": \"" name "\" is not beside it"
	else
		close(path)
}' >"$bad"

find include -name '*.h' | sort | sed 's:^include/::' | while read -r header; do
	printf '#include "%s"\n' "$header" |
	$CC -std=c11 -Wall -Wextra -Wpedantic -Werror -D_GNU_SOURCE \
		-Iinclude -fsyntax-only -x c - >/dev/null 2>&1 ||
		echo "include/$header: does not compile alone"
done >>"$bad"

# shellcheck disable=SC2046 # only directories that exist
grep -rnIE '(^|[^A-Za-z0-9_.*$})-])/(home|root|work|Users)/' README.md Makefile \
	$(ls -d .ci db etc include man scripts src tests 2>/dev/null) |
	sed 's/$/  <- a path of this machine/' >>"$bad" || :

cat "$bad"
if [ -s "$bad" ]; then
	echo "rooms: 0 passed, 1 failed"
	exit 1
fi
echo "rooms: 1 passed, 0 failed"
