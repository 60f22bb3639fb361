# Tells the time every second, and keeps it in the file `now`.
# Ctrl-C, or a stop of the container, ends it.
trap exit INT TERM
echo "The clock starts."
while sleep 1; do
  date "+$GREETING %H:%M:%S" | tee now
done
