# Writes a log as psrecord 1.4 does: its header and its format string are copied from psrecord/main.py of that version.
# The numbers are those of a process that takes 1 MB every 0.1 s, so that the truth is known without reading the file.
import sys

out = sys.stdout
out.write("# {:12s} {:12s} {:12s} {:12s}\n".format("Elapsed time".center(12), "CPU (%)".center(12), "Real (MB)".center(12), "Virtual (MB)".center(12)))
for i in range(40):
    out.write("{:12.3f} {:12.3f} {:12.3f} {:12.3f}\n".format(i * 0.1, 12.5, 10 + i, 100 + i))
