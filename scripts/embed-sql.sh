#!/bin/sh
# Writes C source that holds the given db/NNN-name.sql files, in their order.
set -eu

n=0
echo '#include <stddef.h>'
echo '#include "store/migrations.h"'
for file; do
	n=$((n + 1))
	printf 'static const unsigned char sql%d[] = {' "$n"
	od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo '0};'
done
echo 'const struct migration migrations[] = {'
n=0
for file; do
	n=$((n + 1))
	name=$(basename "$file" .sql)
	printf '\t{"%s", (const char *)sql%d},\n' "$name" "$n"
done
echo '};'
echo "const size_t migrations_count = $n;"
